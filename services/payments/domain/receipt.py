"""A settled payment gets its receipt: one series a year for all currencies, without gaps (product 2)."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, computed_field

from shared.kernel.clock import HARARE
from shared.kernel.ids import PaymentId


class Receipt(BaseModel):
    """Stored under the payment's id; `code` is unique. Never changed once issued."""

    payment_id: PaymentId
    year: int
    number: int
    issued_at: datetime

    @computed_field  # type: ignore[prop-decorator]  # mypy#1362: decorators on top of a property
    @property
    def code(self) -> str:
        """The number that people see: `2026-000001`."""
        return f"{self.year}-{self.number:06}"


def year_of(issued_at: datetime) -> int:
    """The year of the series: that of the issue date in Harare."""
    return issued_at.astimezone(HARARE).year


def next_receipt(payment_id: PaymentId, latest: Receipt | None, issued_at: datetime) -> Receipt:
    """The receipt that follows `latest`, the last one of the same year. Who loses the race for it asks again."""
    number = latest.number + 1 if latest else 1
    return Receipt(payment_id=payment_id, year=year_of(issued_at), number=number, issued_at=issued_at)
