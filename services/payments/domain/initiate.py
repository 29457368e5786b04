"""The provider answers the request to charge: it took it, refused it, or the answer was lost."""

from __future__ import annotations

from datetime import datetime

from services.payments.domain.payment import Payment
from shared.contracts.payments import (
    Authorisation,
    PaymentFailed,
    PaymentInitiated,
    PaymentRefused,
    PaymentUncertain,
    Reason,
)


def accepted(
    payment: Payment,
    *,
    poll_url: str,
    paynow_reference: str | None,
    instructions: str | None = None,
    authorisation: Authorisation | None = None,
    one_time_code_url: str | None = None,
    now: datetime,
    evidence: str | None,
) -> bool:
    """Paynow took the request. "Ok" never means paid (Paynow contract 2.3).

    False when the outcome is known already, since a callback was faster than this answer: nothing is to be said then.
    """
    payment.poll_url = poll_url
    payment.paynow_reference = payment.paynow_reference or paynow_reference
    payment.instructions = instructions
    payment.authorisation = authorisation
    payment.one_time_code_url = one_time_code_url
    if payment.state != "initiating":
        payment.note(now, "initiation accepted", evidence)
        return False
    payment.asked_since = now
    payment.move("awaiting_payer", now, "initiation accepted", evidence)
    return True


def initiated(payment: Payment, *, test_mode: bool) -> PaymentInitiated:
    """The event of a payment that waits for its payer."""
    return PaymentInitiated(
        payment_id=payment.id,
        intent=payment.intent,
        payer=payment.payer,
        amount=payment.amount,
        method=payment.method,
        instructions=payment.instructions,
        test_mode=test_mode,
        authorisation=payment.authorisation,
    )


def not_made(payment: Payment, reason: Reason, cause: str, now: datetime, evidence: str | None) -> list[PaymentFailed]:
    """Paynow refused the request, or was certainly never reached. No money moved."""
    if payment.state != "initiating":
        payment.note(now, cause, evidence)
        return []
    payment.move("failed", now, cause, evidence)
    return [failed(payment, reason, now)]


def not_asked(payment: Payment, now: datetime) -> list[PaymentRefused]:
    """The provider is known to be down and was not asked: the payer may try later, or in another way."""
    if payment.state != "initiating":
        return []
    payment.move("failed", now, "not asked: the provider is known to be down")
    return [
        PaymentRefused(intent=payment.intent, payer=payment.payer, amount=payment.amount, rule="provider_away"),
    ]


def failed(payment: Payment, reason: Reason, now: datetime) -> PaymentFailed:
    """The event of a payment that failed."""
    return PaymentFailed(
        payment_id=payment.id,
        intent=payment.intent,
        payer=payment.payer,
        amount=payment.amount,
        method=payment.method,
        purpose=payment.purpose,
        reason=reason,
        failed_at=now,
    )


def answer_lost(payment: Payment, cause: str, now: datetime) -> list[PaymentUncertain]:
    """The payer may have been asked or not: a state to find out from, not an error."""
    if payment.state != "initiating":
        payment.note(now, cause)
        return []
    payment.asked_since = now
    payment.move("uncertain", now, cause)
    return [
        PaymentUncertain(
            payment_id=payment.id,
            intent=payment.intent,
            payer=payment.payer,
            amount=payment.amount,
            method=payment.method,
        )
    ]
