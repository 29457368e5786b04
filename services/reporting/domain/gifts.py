"""A gift with its donor: the only read model of payments that knows the person, so that erasure has one place."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, computed_field

from services.reporting.domain.words import words_of
from shared.kernel.ids import MemberId, PaymentId
from shared.kernel.money import Money


class Gift(BaseModel):
    """Under the payment's id. `counts` is 1 while the money is in: settled, not disputed or given back."""

    payment_id: PaymentId
    member: MemberId | None
    """None: the person was erased."""
    name: str | None = None
    amount: Money
    day: date
    """The Harare day of the settlement."""
    counts: int = 1

    @computed_field  # type: ignore[prop-decorator]  # mypy#1362: decorators on top of a property
    @property
    def currency(self) -> str:
        """Beside the amount, for the index."""
        return self.amount.currency

    @computed_field  # type: ignore[prop-decorator]  # mypy#1362
    @property
    def minor(self) -> int:
        """The amount as a whole number, for sums."""
        return self.amount.minor

    @computed_field  # type: ignore[prop-decorator]  # mypy#1362
    @property
    def words(self) -> list[str]:
        """What the gift is found by."""
        return words_of(self.name)

    def forget(self) -> None:
        """The person asked to be forgotten: the money record stays, without them."""
        self.member = None
        self.name = None
