"""What we remember of a person between conversations."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from shared.kernel.ids import PaymentId
from shared.kernel.money import Money

REMEMBERED = 50


class KnownPayment(BaseModel):
    """A payment as its payer sees it."""

    id: PaymentId
    amount: Money
    method: str
    purpose: str | None = None
    state: str
    at: datetime
    receipt_number: str | None = None


class Profile(BaseModel):
    """Kept under the member id. `answers` are those of the last confirmed gift, as they were typed."""

    name: str | None = None
    answers: dict[str, str] = {}
    payments: list[KnownPayment] = []

    @property
    def first_name(self) -> str | None:
        return self.name.split()[0] if self.name else None

    @property
    def latest(self) -> KnownPayment | None:
        """The payment begun last."""
        return self.payments[-1] if self.payments else None

    def note(self, payment: KnownPayment) -> None:
        """Keep the latest word on a payment, without losing what was known before."""
        for index, known in enumerate(self.payments):
            if known.id == payment.id:
                payment.at = known.at
                payment.purpose = payment.purpose or known.purpose
                payment.receipt_number = payment.receipt_number or known.receipt_number
                self.payments[index] = payment
                return
        self.payments = [*self.payments, payment][-REMEMBERED:]
