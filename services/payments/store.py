"""Payments' documents."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from services.payments.domain.payment import Payment
from services.payments.domain.receipt import Receipt
from shared.store.documents import Kind

PAYMENTS = Kind("payments", Payment)
"""One per intent, under an id derived from it."""

RECEIPTS = Kind("receipts", Receipt, unique=(("code",),), indexes=(("year", "number"),))
"""One per settled payment, under the payment's id."""


class StrayCallback(BaseModel):
    """A callback with a good hash for a payment that Paynow cannot have: staff should look.

    One that we don't know, one of another currency, or one by bank or cash.
    """

    reference: str
    currency: str
    status: str
    paynow_reference: str | None
    amount: str | None
    received_at: datetime


STRAY_CALLBACKS = Kind("stray_callbacks", StrayCallback)
"""Under the SHA-256 of the raw body: a repeated one is the same."""
