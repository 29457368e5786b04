"""Payments' documents."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from services.payments.domain.payment import Payment
from services.payments.domain.receipt import Receipt
from shared.contracts.payments import CallbackUnmatched
from shared.kernel.money import Money
from shared.store.documents import Kind

PAYMENTS = Kind("payments", Payment, indexes=(("payer",),))
"""One per intent, under an id derived from it."""

RECEIPTS = Kind("receipts", Receipt, unique=(("code",),), indexes=(("year", "number"),))
"""The first of a settled payment under the payment's id; a correction under the number whose place it takes, which
so can be taken once only."""


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

    def told(self) -> CallbackUnmatched:
        """What finance hears of it."""
        try:
            amount = Money.of(self.amount, self.currency) if self.amount else None
        except (ValueError, ArithmeticError):
            amount = None
        return CallbackUnmatched(
            reference=self.reference,
            currency=self.currency,
            status=self.status,
            provider_reference=self.paynow_reference,
            amount=amount,
            received_at=self.received_at,
        )


STRAY_CALLBACKS = Kind("stray_callbacks", StrayCallback)
"""Under the SHA-256 of the raw body: a repeated one is the same."""
