"""A member's mailbox: what is said to them, in order, one message under way at a time."""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import BaseModel

from services.notifier.domain.delivery import Delivery, Evidence
from shared.contracts.gateway import Address

WINDOW = timedelta(hours=23, minutes=55)
"""Free-form messages may follow a person's own for 24 hours; the check is Meta's, so we stop short of it."""
REMEMBERED = 100
"""Finished deliveries kept for late statuses."""
MOST_TRIES = 3
"""How often an uncertain message is sent again before it counts as failed."""


class Stray(BaseModel):
    """A status that came before we knew its message: under load it may precede the answer to the send."""

    message_id: str
    evidence: Evidence


class Mailbox(BaseModel):
    """All that the notifier knows of a member. The order of `deliveries` is the order of speaking."""

    address: Address | None = None
    last_heard_at: datetime | None = None
    deliveries: list[Delivery] = []
    strays: list[Stray] = []

    def heard_from(self, address: Address | None, at: datetime | None) -> None:
        """The person wrote at this time, from this address."""
        if address is not None and (at is None or self.last_heard_at is None or at >= self.last_heard_at):
            self.address = address
        if at is not None:
            self.last_heard_at = max(at, self.last_heard_at or at)

    def window_is_open(self, now: datetime) -> bool:
        """Whether a free-form message may go out now (WhatsApp contract 4.5)."""
        return self.last_heard_at is not None and now - self.last_heard_at < WINDOW

    def take(self, delivery: Delivery) -> None:
        """Queue one more message; finished ones beyond the remembered number go."""
        self.deliveries.append(delivery)
        finished = [known for known in self.deliveries if known.state in {"delivered", "read", "failed"}]
        for old in finished[: max(0, len(self.deliveries) - REMEMBERED)]:
            self.deliveries.remove(old)

    def next_to_send(self) -> Delivery | None:
        """The oldest queued message, unless one is under way."""
        if any(delivery.is_under_way for delivery in self.deliveries):
            return None
        return next((delivery for delivery in self.deliveries if delivery.state == "queued"), None)

    def find(self, reference: str | None, message_id: str | None = None) -> Delivery | None:
        """The delivery of our reference, or of WhatsApp's id."""
        for delivery in self.deliveries:
            if delivery.reference == reference or (message_id and delivery.message_id == message_id):
                return delivery
        return None

    def remember_stray(self, stray: Stray) -> None:
        """Keep a status whose message is not known yet."""
        if stray not in self.strays:
            self.strays = [*self.strays, stray][-REMEMBERED:]

    def strays_of(self, message_id: str) -> list[Evidence]:
        """Take the statuses that were waiting for this message id."""
        mine = [stray.evidence for stray in self.strays if stray.message_id == message_id]
        self.strays = [stray for stray in self.strays if stray.message_id != message_id]
        return mine
