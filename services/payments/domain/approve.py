"""Staff decide on bank and cash, and on what is held for review: maker and checker, never one's own (product 4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from services.payments.domain.apply_status import about, settled
from services.payments.domain.initiate import initiated
from services.payments.domain.payment import Approval, Payment
from services.payments.domain.states import FOR_STAFF
from shared.contracts.base import Event
from shared.contracts.payments import ApprovalRefused, PaymentApproved, PaymentInitiated, PaymentRejected
from shared.kernel.ids import MemberId, PaymentId
from shared.kernel.money import Money

Thresholds = Mapping[str, Money]
"""By currency: above this amount two different people must approve."""

Rule = Literal["unknown", "own_payment", "same_person", "not_waiting"]


def await_approval(payment: Payment, details: str, now: datetime) -> PaymentInitiated:
    """A bank or cash payment waits for staff. `details` tell where to pay; the payment's id is the reference."""
    payment.instructions = f"{details}\nReference: {payment.id}"
    payment.move("awaiting_approval", now, "requested")
    return initiated(payment, test_mode=False)


def approve(payment: Payment, approver: MemberId, thresholds: Thresholds, now: datetime) -> list[Event]:
    """One more person says that the money has come; the last one needed settles the payment."""
    refused = _refusal(payment, approver)
    if refused is None and approver in {approval.approver for approval in payment.approvals}:
        refused = "same_person"
    if refused is not None:
        return [refusal(payment.id, approver, refused)]
    payment.approvals.append(Approval(approver=approver, at=now))
    missing = _needed(payment.amount, thresholds) - len(payment.approvals)
    approved = PaymentApproved(
        payment_id=payment.id, payer=payment.payer, approver=approver, missing=max(0, missing), approved_at=now
    )
    if missing > 0:
        payment.note(now, f"approved by {approver}, {missing} missing")
        return [approved]
    before = payment.state
    payment.move("settled", now, f"approved by {approver}")
    return [approved, settled(payment, before, now)]


def reject(payment: Payment, approver: MemberId, reason: str, now: datetime) -> list[Event]:
    """One person says that the money has not come; that is enough."""
    refused = _refusal(payment, approver)
    if refused is not None:
        return [refusal(payment.id, approver, refused)]
    payment.move("rejected", now, f"rejected by {approver}: {reason}")
    return [PaymentRejected(approver=approver, reason=reason, rejected_at=now, **about(payment))]


def refusal(payment_id: PaymentId, approver: MemberId, rule: Rule) -> ApprovalRefused:
    """The event of a decision that does not fit."""
    return ApprovalRefused(payment_id=payment_id, approver=approver, rule=rule)


def _refusal(payment: Payment, approver: MemberId) -> Rule | None:
    if payment.payer == approver:
        return "own_payment"
    return None if payment.state in FOR_STAFF else "not_waiting"


def _needed(amount: Money, thresholds: Thresholds) -> int:
    threshold = thresholds.get(amount.currency)
    return 2 if threshold is not None and threshold < amount else 1
