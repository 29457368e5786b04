"""The delivery of one message: states that only move forward, with all evidence kept (WhatsApp contract 2.4)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel

State = Literal["queued", "sending", "uncertain", "accepted", "delivered", "read", "failed"]

_RANK: dict[State, int] = {
    "queued": 0,
    "sending": 1,
    "uncertain": 2,
    "accepted": 3,
    "failed": 4,  # not delivered, as far as we know; a later `delivered` knows better
    "delivered": 5,
    "read": 6,
}
_OF_STATUS: dict[str, State] = {
    "sent": "accepted",
    "delivered": "delivered",
    "read": "read",
    "played": "read",
    "failed": "failed",
}


class Evidence(BaseModel):
    """What WhatsApp said of the message: its own word, when, and the error code of a failure."""

    status: str
    at: datetime
    code: int | None = None


class Delivery(BaseModel):
    """One outgoing message. `reference` is our id, which WhatsApp echoes in statuses."""

    reference: str
    content: dict[str, Any]
    asked_at: datetime
    state: State = "queued"
    tries: int = 0
    message_id: str | None = None
    """WhatsApp's id, once it has answered."""
    evidence: list[Evidence] = []

    @property
    def is_under_way(self) -> bool:
        """Whether the next message of the member must wait for this one."""
        return self.state in {"sending", "uncertain"}

    def move(self, state: State) -> bool:
        """Go forward to `state`; False when the delivery is there or further already."""
        if _RANK[state] <= _RANK[self.state]:
            return False
        self.state = state
        return True

    def note(self, evidence: Evidence) -> State | None:
        """Keep what WhatsApp said; the new state if that moved the delivery forward.

        An unknown word is kept and moves nothing (contract 2.4: expect new ones).
        """
        if evidence in self.evidence:
            return None
        self.evidence.append(evidence)
        state = _OF_STATUS.get(evidence.status)
        return state if state is not None and self.move(state) else None
