"""One payment as finance sees it: a row without the person."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel

from shared.kernel.clock import HARARE
from shared.kernel.ids import PaymentId
from shared.kernel.money import Money

RowState = Literal["open", "settled", "cancelled", "failed", "expired", "disputed", "refunded", "needs_review"]


class PaymentRow(BaseModel):
    """The latest word of payments on one payment. `day` is the Harare day of that word."""

    payment_id: PaymentId
    amount: Money
    method: str
    state: RowState
    day: date
    purpose: str | None = None
    receipt_number: str | None = None

    def move(self, state: RowState, at: datetime) -> None:
        """The payment is in `state` since `at`."""
        self.state = state
        self.day = harare_day(at)


def harare_day(at: datetime) -> date:
    """The day in Harare (product 8)."""
    return at.astimezone(HARARE).date()
