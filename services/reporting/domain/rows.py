"""One payment as finance sees it: a row without the person."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, computed_field

from services.reporting.domain.words import words_of
from shared.kernel.clock import HARARE
from shared.kernel.ids import PaymentId
from shared.kernel.money import Money

RowState = Literal[
    "open", "settled", "cancelled", "failed", "expired", "rejected", "disputed", "refunded", "needs_review"
]

STATES: tuple[RowState, ...] = (
    "settled",
    "open",
    "needs_review",
    "disputed",
    "refunded",
    "cancelled",
    "failed",
    "expired",
    "rejected",
)
"""In the order in which people are told of them."""


class TrailEntry(BaseModel):
    """One word of payments on the payment: the short name of its event, and its cause where there is one."""

    at: datetime
    event: str
    cause: str | None = None


class PaymentRow(BaseModel):
    """The latest word of payments on one payment. `day` is the Harare day of that word."""

    payment_id: PaymentId
    amount: Money
    method: str
    state: RowState
    day: date
    at: datetime
    purpose: str | None = None
    congregation: str | None = None
    province: str | None = None
    receipt_number: str | None = None
    replaced_receipts: list[str] = []
    """Numbers of its receipts whose place a newer one has taken: it is found by them still."""
    provider_reference: str | None = None
    cause: str | None = None
    """Why it failed, or what is to be reviewed."""
    trace_id: str | None = None
    """The trace in which it was first heard of."""
    trail: list[TrailEntry] = []

    @computed_field  # type: ignore[prop-decorator]  # mypy#1362: decorators on top of a property
    @property
    def currency(self) -> str:
        """Beside the amount, for the index."""
        return self.amount.currency

    @computed_field  # type: ignore[prop-decorator]  # mypy#1362
    @property
    def minor(self) -> int:
        """The amount as a whole number, for the index and for sums."""
        return self.amount.minor

    @computed_field  # type: ignore[prop-decorator]  # mypy#1362
    @property
    def words(self) -> list[str]:
        """What the row is found by."""
        found = (self.payment_id, self.receipt_number, self.provider_reference, *self.replaced_receipts)
        return words_of(self.purpose, self.congregation, self.province, exact=found)

    @property
    def settled_on(self) -> date | None:
        """The Harare day on which its money came in, whatever became of it since; None when it never did."""
        return next((harare_day(told.at) for told in self.trail if told.event == "payment_settled"), None)

    def move(self, state: RowState, at: datetime) -> None:
        """The payment is in `state` since `at`."""
        self.state = state
        self.at = at
        self.day = harare_day(at)


def harare_day(at: datetime) -> date:
    """The day in Harare (product 8)."""
    return at.astimezone(HARARE).date()
