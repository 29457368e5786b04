"""A credex as finance sees it: what was offered, and what became of it, without the people and their accounts.

Only what went through us is known: credex-core tells nothing by itself. Amounts of different denominations are never
added together, and never to money.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, computed_field

from services.reporting.domain.accounts import ACCEPTED, UPGRADED, units_of
from services.reporting.domain.rows import harare_day
from shared.contracts.reporting import Fact, LogEvent
from shared.kernel.credit import Credit

Outcome = Literal["open", "accepted", "declined", "cancelled", "upgraded"]

_EVENTS: dict[Outcome, str] = {
    "open": "credex.offer_made",
    "accepted": ACCEPTED,
    "declined": "credex.offer_declined",
    "cancelled": "credex.offer_cancelled",
    "upgraded": UPGRADED,
}


class Credex(BaseModel):
    """Under the core's id. Events of both sides come in any order; each thing is noted once, when first heard of."""

    credex_id: str
    amount: Credit | None = None
    """None while nothing that we heard told it."""
    made_at: datetime | None = None
    """None: it was not offered through us."""
    outcome: Outcome = "open"
    ended_at: datetime | None = None
    logged: list[str] = []
    """The events that the log was told of."""

    @computed_field  # type: ignore[prop-decorator]  # mypy#1362: decorators on top of a property
    @property
    def made(self) -> date | None:
        """The Harare day of the offer."""
        return harare_day(self.made_at) if self.made_at else None

    @computed_field  # type: ignore[prop-decorator]  # mypy#1362
    @property
    def ended(self) -> date | None:
        """The Harare day of the outcome."""
        return harare_day(self.ended_at) if self.ended_at else None

    @computed_field  # type: ignore[prop-decorator]  # mypy#1362
    @property
    def denomination(self) -> str | None:
        """Beside the amount, for the index."""
        return self.amount.denomination if self.amount else None

    @computed_field  # type: ignore[prop-decorator]  # mypy#1362
    @property
    def units(self) -> int:
        """The amount as a whole number, for sums."""
        return units_of(self.amount) if self.amount else 0

    def offer(self, at: datetime) -> None:
        """It was offered."""
        self.made_at = self.made_at or at

    def end(self, outcome: Outcome, at: datetime) -> None:
        """What became of it: the first word holds, since the core ends an offer once."""
        if self.outcome == "open":
            self.outcome, self.ended_at = outcome, at

    def know(self, amount: Credit | None) -> None:
        """How much it is."""
        self.amount = self.amount or amount

    def to_log(self) -> list[LogEvent]:
        """What the log has not been told of. It waits for the amount: an event can be posted only once."""
        if self.amount is None:
            return []
        steps: list[tuple[Outcome, datetime | None]] = [("open", self.made_at)]
        if self.outcome != "open":
            steps.append((self.outcome, self.ended_at))
        new = [(_EVENTS[step], at) for step, at in steps if at is not None and _EVENTS[step] not in self.logged]
        self.logged += [event for event, _ in new]
        fact = Fact(credex_id=self.credex_id, credex=self.amount)
        return [LogEvent(event_id=f"{event} {self.credex_id}", event=event, at=at, fact=fact) for event, at in new]
