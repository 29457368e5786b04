"""The provider answers the request to charge: it took it, refused it, or the answer was lost."""

from __future__ import annotations

from datetime import datetime

from services.payments.domain.payment import Payment
from shared.contracts.payments import PaymentFailed, PaymentInitiated, PaymentUncertain, Reason


def accepted(
    payment: Payment,
    *,
    poll_url: str,
    paynow_reference: str | None,
    instructions: str | None,
    test_mode: bool,
    now: datetime,
    evidence: str,
) -> list[PaymentInitiated]:
    """Paynow took the request. "Ok" never means paid (Paynow contract 2.3).

    The outcome may be known already, when a callback was faster than this answer: then nothing is said again.
    """
    payment.poll_url = poll_url
    payment.paynow_reference = payment.paynow_reference or paynow_reference
    if payment.state != "initiating":
        payment.note(now, "initiation accepted", evidence)
        return []
    payment.asked_since = now
    payment.move("awaiting_payer", now, "initiation accepted", evidence)
    return [initiated(payment, instructions=instructions, test_mode=test_mode)]


def initiated(payment: Payment, *, instructions: str | None, test_mode: bool) -> PaymentInitiated:
    """The event of a payment that waits for its payer."""
    return PaymentInitiated(
        payment_id=payment.id,
        intent=payment.intent,
        payer=payment.payer,
        amount=payment.amount,
        method=payment.method,
        instructions=instructions,
        test_mode=test_mode,
    )


def not_made(payment: Payment, reason: Reason, cause: str, now: datetime, evidence: str | None) -> list[PaymentFailed]:
    """Paynow refused the request, or was certainly never reached. No money moved."""
    if payment.state != "initiating":
        payment.note(now, cause, evidence)
        return []
    payment.move("failed", now, cause, evidence)
    return [failed(payment, reason, now)]


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
