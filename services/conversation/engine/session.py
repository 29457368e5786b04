"""A member's session: which flow runs, its journal, the draft that is kept, and what guards it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel

from services.conversation.domain.credex import CredexView
from services.conversation.engine.journal import Journal
from shared.contracts.base import Event
from shared.contracts.gateway import Address
from shared.kernel.clock import HARARE

BUCKET = 30.0
REFILL_PER_SECOND = 0.5
"""Messages that a person may send in a burst, and how fast that comes back (product 9)."""


class Wait(BaseModel):
    """A request that is out: which step it is, which events answer it, and until when they are waited for."""

    key: str
    answers: tuple[str, ...]
    about: dict[str, str]
    """Fields of an event, any of which tells that it belongs to this request."""
    patience: float
    """Seconds."""
    until: datetime | None = None

    @property
    def is_payment(self) -> bool:
        """Whether money is about to be charged."""
        return any(name.startswith("payments.") for name in self.answers)

    def is_answered_by(self, event: Event) -> bool:
        """Whether the flow goes on with this event."""
        return event.NAME in self.answers and any(
            getattr(event, field, None) == value for field, value in self.about.items()
        )


class Draft(BaseModel):
    """A flow that was left in the middle, as it was."""

    run: int
    flow: str
    facts: dict[str, Any]
    journal: Journal
    until: datetime


class Doubt(BaseModel):
    """A text that could be a word for me or the answer to the open question: asked once."""

    typed: str
    word: str


class Session(BaseModel):
    """The document of a member's conversation."""

    runs: int = 0
    """Flows begun so far: numbers them, so that taps and intents have an age."""
    run: int = 0
    """The flow that runs now, or ran last."""
    flow: str | None = None
    done: str | None = None
    """The flow that ran to its end last, if nothing was begun or left since."""
    facts: dict[str, Any] = {}
    journal: Journal = Journal()
    keep: bool = True
    """Whether the flow is worth keeping when it is left in the middle."""
    page: int = 0
    asked_key: str = ""
    """The question that was asked last: new code may ask another one in its place."""
    waiting: Wait | None = None
    doubt: Doubt | None = None
    draft: Draft | None = None
    offered: tuple[str, ...] = ()
    """What was offered last and not followed by a question: numbers mean these."""
    form: str | None = None
    """The token of the form that was offered last and is not sent off: the only one that is taken."""
    rest: list[str] = []
    """What is left of a text that was too long to say at once; *more* shows it."""
    credex: CredexView | None = None
    """The member's credex accounts as they were last shown."""
    address: Address | None = None
    heard_at: datetime | None = None
    """WhatsApp's time of the latest message."""
    active_at: datetime | None = None
    """When a question was last asked or answered, by our clock: silence counts from here."""
    recovered: bool = False
    """Whether the flow was begun anew because it could not go on: not a second time, whatever it is told then."""
    warned: bool = False
    tokens: float = BUCKET
    told_to_slow_down: bool = False
    day: date | None = None
    heard_today: int = 0

    @property
    def in_flow(self) -> bool:
        """Whether a question is open."""
        return self.flow is not None and self.waiting is None

    def for_trial(self) -> Session:
        """A copy whose journal a replay may change; the steps themselves are never changed by one."""
        journal = Journal.model_construct(steps=list(self.journal.steps), aside=list(self.journal.aside))
        return self.model_copy(update={"journal": journal})

    def begin(self, flow: str, facts: dict[str, Any], answers: dict[str, str], *, keep: bool = True) -> None:
        """Start a flow; `answers` are given already, by key."""
        self.end()
        self.runs += 1
        self.run = self.runs
        self.flow = flow
        self.facts = facts
        self.keep = keep
        for key, typed in answers.items():
            self.journal.add_answer(key, typed)

    def end(self, *, done: bool = False) -> None:
        """Leave the flow, keeping nothing half done."""
        self.done = self.flow if done else None
        self.flow = None
        self.facts = {}
        self.keep = True
        self.journal = Journal()
        self.page = 0
        self.asked_key = ""
        self.waiting = None
        self.doubt = None
        self.warned = False
        self.recovered = False

    def park(self, until: datetime) -> bool:
        """Leave the flow, keeping it as the draft; False when there is nothing worth keeping."""
        worth = self.in_flow and self.keep and bool(self.journal.steps)
        if worth and self.flow is not None:
            self.draft = Draft(run=self.run, flow=self.flow, facts=self.facts, journal=self.journal, until=until)
        self.end()
        return worth

    def take_up(self) -> None:
        """Go on with the draft."""
        draft, self.draft = self.draft, None
        if draft is not None:
            self.end()
            self.run, self.flow, self.facts, self.journal = draft.run, draft.flow, draft.facts, draft.journal

    @property
    def left_answers(self) -> dict[str, str]:
        """What was answered in the flow that runs and in the draft."""
        draft = self.draft.journal.answers if self.draft else {}
        return draft | self.journal.answers

    def draft_at(self, now: datetime) -> Draft | None:
        """The draft, as long as it is kept."""
        if self.draft is not None and self.draft.until <= now:
            self.draft = None
        return self.draft

    def hear(self, at: datetime) -> bool:
        """Note a message of the person; True when they are to be told, once, to slow down."""
        if self.heard_at is not None:
            self.tokens = min(BUCKET, self.tokens + max(0.0, (at - self.heard_at).total_seconds()) * REFILL_PER_SECOND)
        self.heard_at = max(at, self.heard_at or at)
        self.warned = False
        if self.tokens >= 1:
            self.tokens -= 1
            if self.tokens > BUCKET / 2:
                self.told_to_slow_down = False
            return False
        first, self.told_to_slow_down = not self.told_to_slow_down, True
        return first

    def count(self, at: datetime) -> int:
        """How many messages this is today, in Harare."""
        today = at.astimezone(HARARE).date()
        self.heard_today = self.heard_today + 1 if self.day == today else 1
        self.day = today
        return self.heard_today
