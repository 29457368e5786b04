"""The delivery of one message: states that only move forward, with all evidence kept (WhatsApp contract 2.4)."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any, Literal

from pydantic import BaseModel

from services.notifier.domain.refusals import rule_of
from shared.contracts.files import FileRef
from shared.contracts.notifier import Document, FlowButton, Outgoing, Picture, Purpose, Template, TemplateFallback

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

MOST_LOST = 8
"""How often an uncertain message is sent again before it counts as failed."""
LONGEST_LIFE = timedelta(hours=24)
"""How long a message is worth sending unless its sender knows better (WhatsApp contract 4.2)."""


class Evidence(BaseModel):
    """What WhatsApp said of the message: its own word, when, the error code of a failure, and of which wamid."""

    status: str
    at: datetime
    code: int | None = None
    message_id: str | None = None


class Delivery(BaseModel):
    """One outgoing message. `reference` is our id, which WhatsApp echoes in statuses."""

    reference: str
    number: str
    """The business number's id that it goes out by."""
    answers: str | None = None
    """WhatsApp's id of the person's message that is shown as read with it."""
    content: Outgoing | None
    """None once it has arrived or failed: what was said is no more our business."""
    purpose: Purpose
    watched: bool = False
    template: TemplateFallback | None = None
    """What may go in its place; gone once it has taken it."""
    asked_at: datetime
    traceparent: str | None = None
    """The trace that asked for it: its send belongs there, though it may go on from the answer to the one before."""
    valid_until: datetime
    state: State = "queued"
    not_before: datetime | None = None
    lost: int = 0
    """How often the answer to a send was lost."""
    refusals: dict[int, int] = {}
    """How often it was refused, by code."""
    uploads: int = 0
    message_id: str | None = None
    """WhatsApp's id of the latest send, once it is known."""
    failed_ids: list[str] = []
    """Ids of sends that WhatsApp took and then failed, and that were followed by another."""
    evidence: list[Evidence] = []

    @property
    def is_finished(self) -> bool:
        """Whether it will not be sent again."""
        return self.state in {"delivered", "read", "failed"}

    @property
    def is_under_way(self) -> bool:
        """Whether the next message over the same number must wait for this one."""
        return self.state in {"sending", "uncertain"}

    @property
    def file(self) -> FileRef | None:
        """The file that must be at WhatsApp before the message can go."""
        match self.content:
            case Document(file=file) | Picture(file=file):
                return file
            case Template(file=file):
                return file
            case _:
                return None

    @property
    def body(self) -> dict[str, Any]:
        """The content as an outcall carries it. Only for what is not finished."""
        if self.content is None:
            raise RuntimeError("a finished delivery has no content to send")
        return self.content.model_dump(mode="json")

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
        if evidence.message_id in self.failed_ids and state in {"accepted", "failed"}:
            return None  # of a send that failed and was followed by another; only an arrival is news
        return state if state is not None and self.move(state) else None

    def again_after(self, code: int, retry_after: float | None, now: datetime) -> bool:
        """Queue it once more after a refusal, in another form or later, if the code and the time allow; else False."""
        rule = rule_of(code)
        refusals = self.refusals[code] = self.refusals.get(code, 0) + 1
        if rule.instead == "template" and self.become_template():
            return self._queue(now)
        if rule.instead == "upload" and self.file is not None and self.uploads < 2:
            return self._queue(now)
        if rule.finds_fault and isinstance(self.content, FlowButton) and self.content.in_chat is not None:
            self.content = self.content.in_chat
            return self._queue(now)
        if not rule.may_try_again(refusals):
            return False
        wait = max(rule.wait_after(refusals) * self._jitter(refusals), timedelta(seconds=retry_after or 0))
        return now + wait < self.valid_until and self._queue(now + wait)

    def again_after_silence(self, now: datetime) -> bool:
        """Queue it once more when no status told of a send whose answer was lost; False when that was often enough."""
        return self.lost < MOST_LOST and now < self.valid_until and self._queue(now)

    def step_back(self, due: datetime) -> None:
        """Queue it once more before it was sent: it was to go when it is due, and others pass it until then."""
        self.uploads = max(0, self.uploads - 1)
        self._queue(due)

    def become_template(self) -> bool:
        """Take the form that may go outside the window; False when there is none (left)."""
        if self.template is None:
            return False
        file = self.template.file
        if file is None and self.template.name == "report_ready" and isinstance(self.content, Document):
            file = self.content.file
        self.content = Template(name=self.template.name, parameters=self.template.parameters, file=file)
        self.template = None
        self.uploads = 0
        return True

    def _queue(self, not_before: datetime) -> bool:
        if self.message_id is not None:
            self.failed_ids.append(self.message_id)
            self.message_id = None
        self.state = "queued"
        self.not_before = not_before
        return True

    def _jitter(self, number: int) -> float:
        """0.75 to 1.25, the same for the same message and try, so that a handler stays pure."""
        digest = hashlib.sha256(f"{self.reference}:{number}".encode()).digest()
        return 0.75 + digest[0] / 510


def waiting_time(lost: int, first: timedelta) -> timedelta:
    """How long statuses may take to tell of a send whose answer was lost the nth time, from 1 up."""
    return min(first * float(2 ** (lost - 1)), max(first, timedelta(minutes=5)))
