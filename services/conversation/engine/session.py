"""A member's session: which flow runs, its journal, and what guards it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel

from services.conversation.engine.journal import Journal
from shared.contracts.gateway import Address

BUCKET = 30.0
REFILL_PER_SECOND = 0.5
"""Messages that a person may send in a burst, and how fast that comes back (product 9)."""


class Session(BaseModel):
    """The document of a member's conversation. `run` numbers the flows begun, so that taps and intents have an age."""

    run: int = 0
    flow: str | None = None
    facts: dict[str, Any] = {}
    journal: Journal = Journal()
    page: int = 0
    asked: int = 0
    """Questions asked so far, each with a number of its own."""
    waiting: bool = False
    """A request is out whose first answer has not come."""
    address: Address | None = None
    heard_at: datetime | None = None
    tokens: float = BUCKET
    told_to_slow_down: bool = False

    @property
    def mark(self) -> str:
        """What taps on the question that is open now begin with."""
        return f"{self.run}.{self.asked}"

    def begin(self, flow: str, facts: dict[str, Any], answers: dict[str, str]) -> None:
        """Start a flow; `answers` are given already, by key."""
        self.end()
        self.run += 1
        self.flow = flow
        self.facts = facts
        for key, typed in answers.items():
            self.journal.add_answer(key, typed)

    def end(self) -> None:
        """Leave the flow, keeping nothing half done."""
        self.flow = None
        self.facts = {}
        self.journal = Journal()
        self.page = 0
        self.waiting = False

    def hear(self, at: datetime) -> bool:
        """Note a message of the person; True when they are to be told, once, to slow down."""
        if self.heard_at is not None:
            self.tokens = min(BUCKET, self.tokens + max(0.0, (at - self.heard_at).total_seconds()) * REFILL_PER_SECOND)
        self.heard_at = max(at, self.heard_at or at)
        if self.tokens >= 1:
            self.tokens -= 1
            if self.tokens > BUCKET / 2:
                self.told_to_slow_down = False
            return False
        first, self.told_to_slow_down = not self.told_to_slow_down, True
        return first
