"""Paynow's callback: authentic by the key of the currency in its address, and no more than a hint (contract 3)."""

from __future__ import annotations

import hashlib
from datetime import datetime

from shared.contracts.gateway import PaymentStatusReceived
from shared.kernel.errors import Refusal
from shared.kernel.ids import PaymentId
from shared.kernel.paynow_message import NotAPaynowMessage, PaynowMessage

LARGEST_CALLBACK = 16 * 1024
"""Paynow contract 3.3."""


class NotAuthentic(Refusal):
    """The callback was not made with the key of its currency. Nothing is kept of it."""

    def __init__(self) -> None:
        super().__init__("The hash does not fit; a callback is hashed with the integration key of its currency.")


def read_callback(body: bytes, currency: str, key: str, received_at: datetime) -> PaymentStatusReceived:
    """The event that a raw callback body stands for. Raises NotAuthentic."""
    try:
        message = PaynowMessage.parse(body)
    except NotAPaynowMessage:
        raise NotAuthentic from None
    reference = message.get("reference")
    if len(body) > LARGEST_CALLBACK or not reference or not message.is_authentic(key):
        raise NotAuthentic
    return PaymentStatusReceived(
        payment_id=PaymentId(reference),
        currency=currency,
        status=message.get("status") or "",
        paynow_reference=message.get("paynowreference"),
        amount=message.get("amount"),
        body_digest=hashlib.sha256(body).hexdigest(),
        received_at=received_at,
    )
