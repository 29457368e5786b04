"""A member's mailbox: what is said to them, in order, one message under way at a time over each business number.

A person may write to several numbers of ours. Each is a line of its own, with its own window and address, so that
trouble with one number never holds up what goes by another (decision 0040).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import BaseModel

from services.notifier.domain.delivery import Delivery, Evidence
from services.notifier.domain.refusals import rule_of
from shared.contracts.gateway import Address
from shared.contracts.notifier import Purpose, Template

WINDOW = timedelta(hours=23, minutes=55)
"""Free-form messages may follow a person's own for 24 hours; the check is Meta's, so we stop short of it."""
MOST_FINISHED = 16
"""Finished deliveries here; the whole mailbox is written at each step of each message."""
KEPT_FINISHED = 8
"""So many stay when there were more."""
MOST_ACCEPTED = 100
"""Deliveries, and strays, of which nothing more was heard."""

_RANK: dict[Purpose, int] = {"reply": 0, "notice": 1, "report": 2}


class Stray(BaseModel):
    """A status that came before we knew its message: under load it may precede the answer to the send."""

    message_id: str
    evidence: Evidence


class MarketingWord(BaseModel):
    """What a person said last about marketing, and when."""

    stopped: bool
    at: datetime


class Line(BaseModel):
    """A person over one business number."""

    address: Address
    last_heard_at: datetime | None = None
    """When the person last wrote to this number."""
    seen_at: datetime | None = None
    """When the address was last seen in use."""
    marketing: MarketingWord | None = None
    """None: not a word yet. A record alone (WhatsApp contract 4.2, 131050): it keeps nothing from going out, since no
    template of product 9 is of the marketing category. One that were must not go to who stopped."""

    @property
    def leads_somewhere(self) -> bool:
        """Whether WhatsApp has named the person by an id that can be written to."""
        return bool(self.address.phone or self.address.bsuid)

    def window_is_open(self, now: datetime) -> bool:
        """Whether a free-form message may go out now (WhatsApp contract 4.5)."""
        return self.last_heard_at is not None and now - self.last_heard_at < WINDOW

    def note_marketing(self, *, stopped: bool, at: datetime) -> None:
        """Keep the latest word, in whatever order they come; of two at one time the stop."""
        known = self.marketing
        if known is None or (at, stopped) > (known.at, known.stopped):
            self.marketing = MarketingWord(stopped=stopped, at=at)


class Mailbox(BaseModel):
    """All that the notifier knows of a member. The order of `deliveries` is the order of speaking."""

    lines: dict[str, Line] = {}
    """By the business number's id."""
    deliveries: list[Delivery] = []
    strays: list[Stray] = []

    def heard_from(self, address: Address, at: datetime | None) -> None:
        """The person wrote at this time, from this address; None: the address is known, but not by writing."""
        line = self.lines.setdefault(address.phone_number_id, Line(address=address))
        if at is None or line.seen_at is None or at >= line.seen_at:
            line.address = address
        if at is not None:
            line.last_heard_at = max(at, line.last_heard_at or at)
            line.seen_at = max(at, line.seen_at or at)

    def know(self, address: Address) -> None:
        """An address that others hold; what was seen in use here is newer."""
        self.lines.setdefault(address.phone_number_id, Line(address=address))

    def note_code(self, number: str, code: int, at: datetime) -> None:
        """Keep what a refusal, or a failure, of a message tells of the person."""
        line = self.lines.get(number)
        if line is not None and rule_of(code).stopped_marketing:
            line.note_marketing(stopped=True, at=at)

    def latest_number(self) -> str | None:
        """The number that the person last wrote to, else any that they are known at."""
        heard = {number: line.last_heard_at for number, line in self.lines.items() if line.last_heard_at}
        return max(heard, key=lambda number: heard[number]) if heard else next(iter(self.lines), None)

    def may_go(self, delivery: Delivery, now: datetime) -> bool:
        """Whether the message may go as it is: in the window, or as a template."""
        line = self.lines.get(delivery.number)
        return line is not None and (isinstance(delivery.content, Template) or line.window_is_open(now))

    def take(self, delivery: Delivery) -> list[Delivery]:
        """Queue one more message. What is returned leaves, since there are many; it and the finished lose content."""
        self.deliveries.append(delivery)
        finished = [known for known in self.deliveries if known.is_finished]
        leaving = finished[:-KEPT_FINISHED] if len(finished) > MOST_FINISHED else []
        leaving += [known for known in self.deliveries if known.state == "accepted"][:-MOST_ACCEPTED]
        for known in (*finished, *leaving):
            known.content = known.template = known.answers = None
        references = {known.reference for known in leaving}
        self.deliveries = [known for known in self.deliveries if known.reference not in references]
        return leaving

    def next_to_send(self, number: str) -> Delivery | None:
        """The next message over a number, unless one is under way: replies first, each kind in order."""
        on_line = [delivery for delivery in self.deliveries if delivery.number == number]
        if any(delivery.is_under_way for delivery in on_line):
            return None
        queued = [delivery for delivery in on_line if delivery.state == "queued"]
        return min(queued, key=lambda delivery: _RANK[delivery.purpose], default=None)

    def held_up_by(self, number: str) -> Delivery | None:
        """The message on its way over a number that keeps one from going which is before it; None when none does."""
        on_line = [delivery for delivery in self.deliveries if delivery.number == number]
        first = min((_RANK[delivery.purpose] for delivery in on_line if delivery.state == "queued"), default=None)
        sending = next((delivery for delivery in on_line if delivery.state == "sending"), None)
        return sending if sending and first is not None and first < _RANK[sending.purpose] else None

    def find(self, reference: str | None, message_id: str | None = None) -> Delivery | None:
        """The delivery of our reference, or of WhatsApp's id."""
        for delivery in self.deliveries:
            if delivery.reference == reference:
                return delivery
            if message_id and (delivery.message_id == message_id or message_id in delivery.failed_ids):
                return delivery
        return None

    def remember_stray(self, stray: Stray) -> None:
        """Keep a status whose message is not known yet."""
        if stray not in self.strays:
            self.strays = [*self.strays, stray][-MOST_ACCEPTED:]

    def strays_of(self, message_id: str) -> list[Evidence]:
        """Take the statuses that were waiting for this message id."""
        mine = [stray.evidence for stray in self.strays if stray.message_id == message_id]
        self.strays = [stray for stray in self.strays if stray.message_id != message_id]
        return mine
