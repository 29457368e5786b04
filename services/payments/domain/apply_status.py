"""The provider tells a payment's status, asked by poll or trace: the only thing that settles one (contract 5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Literal, assert_never

from pydantic import BaseModel

from services.payments.domain.initiate import failed
from services.payments.domain.one_time_code import no_tries_left
from services.payments.domain.payment import Payment
from services.payments.domain.states import State
from shared.contracts.base import Event
from shared.contracts.payments import (
    PaymentCancelled,
    PaymentDisputed,
    PaymentNeedsReview,
    PaymentRefunded,
    PaymentSettled,
)

ReviewCause = Literal["amount_differs", "reference_differs", "open_too_long", "outcome_unknown"]

Outcome = Literal["settled", "cancelled", "failed", "disputed", "refunded"]

OUTCOMES: Mapping[str, Outcome] = {
    "paid": "settled",
    "awaiting delivery": "settled",
    "delivered": "settled",
    "cancelled": "cancelled",
    "failed": "failed",
    "disputed": "disputed",
    "refunded": "refunded",
}
"""Paynow's words in normal form, and what each makes of a payment (contract 5.1)."""

NOT_BEGUN = frozenset({"created", "created but not paid", "awaiting redirect"})
"""Words for a request that was handed to nobody yet: there is no money in it."""

PENDING = NOT_BEGUN | {"pending", "pending3ds", "sent"}
"""Words for a request whose outcome is open. A word that is in no table changes nothing (contract 5.1)."""


class StatusReport(BaseModel):
    """What Paynow said of a transaction, with a good hash, when we asked. `evidence`: SHA-256 of the raw body."""

    reference: str
    paynow_reference: str | None
    amount: Decimal
    status: str
    evidence: str

    @property
    def word(self) -> str:
        """The status in its normal form: lower case, single blanks."""
        return normal_word(self.status)


def normal_word(status: str) -> str:
    """A status as the tables have it: statuses are compared without case or extra blanks (contract 5.1)."""
    return " ".join(status.split()).lower()


def apply_status(payment: Payment, report: StatusReport, source: str, now: datetime) -> list[Event]:
    """Move the payment as far as the report allows, and tell of it. Reports may come twice and in any order.

    `source` is how we asked, for the trail. A report that does not fit the payment puts it to review, since the
    hash does not prove where a value ends (contract 8.2).
    """
    cause = f"{source}: {report.word}"
    differs = mismatch(payment, report)
    if differs is not None:
        return to_review(payment, differs, f"{cause}, {differs.replace('_', ' ')}", now, report.evidence)
    payment.paynow_reference = payment.paynow_reference or report.paynow_reference
    is_news = payment.status_word != report.word
    payment.status_word = report.word
    target = OUTCOMES.get(report.word)
    if target is None or not payment.may_become(target):
        if is_news:
            payment.note(now, cause, report.evidence)
        return []
    before = payment.state
    payment.move(target, now, cause, report.evidence)
    return _events(payment, target, before, now)


def would_be_news(payment: Payment, status: str) -> bool:
    """Whether a status that a callback claims is reason to ask the provider before the schedule does."""
    word = normal_word(status)
    return OUTCOMES.get(word) != payment.state and not (word in PENDING and payment.state == "awaiting_payer")


def to_review(
    payment: Payment, cause: ReviewCause, told: str, now: datetime, evidence: str | None = None
) -> list[Event]:
    """Staff must look. A payment whose money is in stays as it is; the trail tells what was seen."""
    if not payment.may_become("needs_review"):
        payment.note(now, told, evidence)
        return []
    payment.move("needs_review", now, told, evidence)
    return [PaymentNeedsReview(cause=cause, noticed_at=now, **about(payment))]


def about(payment: Payment) -> dict[str, object]:
    """What every event of an outcome tells."""
    return {
        "payment_id": payment.id,
        "payer": payment.payer,
        "amount": payment.amount,
        "method": payment.method,
        "purpose": payment.purpose,
    }


def settled(payment: Payment, before: State, now: datetime) -> PaymentSettled:
    """The event of a payment whose money is in; the first time counts, whatever is disputed later."""
    payment.settled_at = payment.settled_at or now
    reference = payment.paynow_reference
    return PaymentSettled(
        provider_reference=reference,
        settled_at=payment.settled_at,
        after=before,
        congregation=payment.congregation,
        province=payment.province,
        **about(payment),
    )


def _events(payment: Payment, state: Outcome, before: State, now: datetime) -> list[Event]:
    match state:
        case "settled":
            return [settled(payment, before, now)]
        case "cancelled":
            return [PaymentCancelled(cancelled_at=now, wrong_codes=no_tries_left(payment), **about(payment))]
        case "failed":
            return [failed(payment, "declined", now)]
        case "disputed":
            return [PaymentDisputed(disputed_at=now, after=before, **about(payment))]
        case "refunded":
            return [PaymentRefunded(refunded_at=now, after=before, **about(payment))]
        case _:
            assert_never(state)


def mismatch(payment: Payment, report: StatusReport) -> ReviewCause | None:
    """What of the report does not fit the payment, if anything."""
    if report.reference != payment.id:
        return "reference_differs"
    if report.amount != payment.amount.amount:
        return "amount_differs"
    known, told = _digits(payment.paynow_reference), _digits(report.paynow_reference)
    return "reference_differs" if known and told and known != told else None


def _digits(paynow_reference: str | None) -> str | None:
    """Without the thousands commas that Paynow's documentation shows (contract 3.1)."""
    return paynow_reference.replace(",", "") if paynow_reference else None
