"""A settled payment gets its receipt: one series a year for all currencies, without gaps (product 2)."""

from __future__ import annotations

import hashlib
from datetime import date, datetime

from pydantic import BaseModel, computed_field

from services.payments.domain.payment import Payment
from shared.contracts.payments import Method
from shared.kernel.clock import HARARE
from shared.kernel.ids import PaymentId
from shared.kernel.money import Money


class Receipt(BaseModel):
    """`code` is unique. Never changed once issued, unless the payer is forgotten: a correction is a new one.

    Says nothing of the person, but that a purpose may be in their own words.
    """

    payment_id: PaymentId
    year: int
    number: int
    issued_at: datetime
    amount: Money
    method: Method
    purpose: str
    provider_reference: str | None
    settled_at: datetime
    replaces: str | None = None
    """The number of the receipt that it takes the place of."""
    signed: str = ""
    """What its QR says: see receipt_code."""
    signed_before: str | None = None
    """SHA-256 of what the QR said before the payer was forgotten: the paper in their hand says it still."""

    def replace_purpose(self, purpose: str) -> None:
        """Say another purpose than the payer's own words; to be signed again."""
        self.signed_before = hashlib.sha256(self.signed.encode()).hexdigest()
        self.purpose = purpose

    def has_said(self, signed: str) -> bool:
        """Whether this is, letter for letter, what its QR says or said."""
        return signed == self.signed or hashlib.sha256(signed.encode()).hexdigest() == self.signed_before

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


def next_receipt(payment: Payment, latest: Receipt | None, issued_at: datetime, replaces: str | None = None) -> Receipt:
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
        replaces=replaces,
    )
