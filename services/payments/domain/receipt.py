"""A settled payment gets its receipt: one series a year for all currencies, without gaps (product 2)."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, computed_field

from services.payments.domain.payment import Payment
from shared.contracts.payments import Method
from shared.kernel.clock import HARARE
from shared.kernel.ids import PaymentId
from shared.kernel.money import Money


class Receipt(BaseModel):
    """Stored under the payment's id; `code` is unique. Never changed once issued. Says nothing of the person."""

    payment_id: PaymentId
    year: int
    number: int
    issued_at: datetime
    amount: Money
    method: Method
    purpose: str
    provider_reference: str | None
    settled_at: datetime
    signed: str = ""
    """What its QR says: see receipt_code."""

    @computed_field  # type: ignore[prop-decorator]  # mypy#1362: decorators on top of a property
    @property
    def code(self) -> str:
        """The number that people see: `2026-000001`."""
        return f"{self.year}-{self.number:06}"

    @property
    def issued_on(self) -> date:
        """The date in Harare, which decides the year."""
        return self.issued_at.astimezone(HARARE).date()


def year_of(issued_at: datetime) -> int:
    """The year of the series: that of the issue date in Harare."""
    return issued_at.astimezone(HARARE).year


def next_receipt(payment: Payment, latest: Receipt | None, issued_at: datetime) -> Receipt:
    """The receipt that follows `latest`, the last one of the same year. Who loses the race for it asks again."""
    return Receipt(
        payment_id=payment.id,
        year=year_of(issued_at),
        number=latest.number + 1 if latest else 1,
        issued_at=issued_at,
        amount=payment.amount,
        method=payment.method,
        purpose=payment.purpose,
        provider_reference=payment.paynow_reference,
        settled_at=payment.settled_at or issued_at,
    )
