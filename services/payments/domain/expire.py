"""The last word on a payment that stayed open for a day: expired only if the provider says that there is no money."""

from __future__ import annotations

from datetime import datetime

from services.payments.domain.apply_status import NOT_BEGUN, about, to_review
from services.payments.domain.payment import Payment
from shared.contracts.base import Event
from shared.contracts.payments import PaymentExpired


def expire(payment: Payment, now: datetime, evidence: str) -> list[Event]:
    """Conclude, once the last poll is over and the last trace was answered.

    A prompt that was sent may still be paid: such a payment goes to staff, as does one for which Paynow uses a word
    that we don't know. Without any word, the trace has just proved that Paynow has no such request.
    """
    if payment.state != "awaiting_payer":
        return []
    if payment.status_word is not None and payment.status_word not in NOT_BEGUN:
        return to_review(payment, "open_too_long", f"open too long: {payment.status_word}", now, evidence)
    payment.move("expired", now, "no money after the last poll and trace", evidence)
    return [PaymentExpired(expired_at=now, **about(payment))]
