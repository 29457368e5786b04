"""Who has answered to the wish of a person to be forgotten."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

OTHERS = frozenset({"gateway", "payments", "notifier", "credex", "reporting"})


class Erasure(BaseModel):
    """Under the member's id, which leads to nobody any more."""

    asked_at: datetime
    answers: dict[str, datetime] = {}
    """By service: when it had nothing more."""

    @property
    def missing(self) -> set[str]:
        """The services that have not answered."""
        return set(OTHERS - self.answers.keys())
