"""What notifier needs from outside: sends, read marks and files at WhatsApp, a timer, and the operator's ear."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal

from pydantic import BaseModel

from shared.contracts.files import FileRef
from shared.contracts.gateway import Address
from shared.contracts.notifier import Purpose, TemplateName
from shared.kernel.ids import MemberId
from shared.outcalls.calls import Call


class SendRequest(BaseModel):
    """One message to hand to WhatsApp; reference and member go along and come back in statuses."""

    reference: str
    member: MemberId
    address: Address
    content: dict[str, Any]
    purpose: Purpose
    valid_until: datetime
    answers: str | None = None
    """WhatsApp's id of the message to mark as read along with it."""
    media_id: str | None = None
    """WhatsApp's id of the content's file, once it is uploaded."""


class SendAnswer(BaseModel):
    """WhatsApp took it (`message_id`), refused it (`code`, WhatsApp contract 4.2), or it was too late to ask."""

    message_id: str | None = None
    code: int | None = None
    retry_after: float | None = None
    """Seconds, as WhatsApp said with the refusal."""


SEND = Call(
    "whatsapp.send",
    SendRequest,
    SendAnswer,
    deadline=timedelta(seconds=10),
    repeats=False,
    give_up=timedelta(hours=24),
)


class UploadRequest(BaseModel):
    """A file of one of our services, to be known at WhatsApp before `reference` can be sent (contract 3.4)."""

    reference: str
    number: str
    file: FileRef
    picture: bool
    fresh: bool
    """True when WhatsApp did not know the id that we remembered."""


class UploadAnswer(BaseModel):
    """The id that WhatsApp gave the file, or why it can never have one: for logs, nothing personal."""

    media_id: str | None = None
    problem: str | None = None


UPLOAD = Call(
    "whatsapp.upload",
    UploadRequest,
    UploadAnswer,
    deadline=timedelta(seconds=90),
    repeats=True,  # a file uploaded twice is seen by nobody
    give_up=timedelta(hours=1),
)


class Reconciliation(BaseModel):
    """The delivery whose outcome was lost, for the nth time."""

    reference: str
    lost: int


class Done(BaseModel):
    """The time is over, the mark is set, the operator has been told."""


RECONCILE = Call(
    "reconcile", Reconciliation, Done, deadline=timedelta(seconds=5), repeats=True, give_up=timedelta(hours=24)
)
"""A timer: when it rings, the statuses have had time to tell of an uncertain send."""


class ReadMark(BaseModel):
    number: str
    message_id: str
    typing: bool


MARK_READ = Call(
    "whatsapp.mark_read",
    ReadMark,
    Done,
    deadline=timedelta(seconds=5),
    repeats=True,
    give_up=timedelta(seconds=20),  # typing is shown for 25 seconds (contract 3.2)
)


class Trouble(BaseModel):
    """A message that failed, or a refusal that came by webhook. `reference` is ours and names nobody."""

    number: str
    reference: str
    code: int | None
    watched: bool = False
    purpose: Purpose = "reply"
    template: TemplateName | None = None
    """The template that it went as."""
    failed: bool
    """Whether the message is lost; otherwise it is only the code that others must mind."""


MIND = Call("mind", Trouble, Done, deadline=timedelta(seconds=5), repeats=True)
"""Tells the operator of what they must know, and makes those wait whom the code concerns."""


class AccountTrouble(BaseModel):
    """What WhatsApp says of the account or a number outside of any message (contract 1.5, 2.5)."""

    account: str
    field: str
    event: str | None
    codes: tuple[int, ...]


HEED = Call("heed account", AccountTrouble, Done, deadline=timedelta(seconds=5), repeats=True)
"""As MIND, for what is about nobody's message."""


class MediaRequest(BaseModel):
    """Bytes that a person sent (contract 2.3)."""

    number: str
    media_id: str
    sha256: str | None
    filename: str | None


class MediaAnswer(BaseModel):
    """Where the bytes are kept now, or why there are none."""

    file: FileRef | None = None
    problem: Literal["gone", "too large", "damaged"] | None = None


FETCH = Call(
    "whatsapp.fetch_media",
    MediaRequest,
    MediaAnswer,
    deadline=timedelta(seconds=60),
    repeats=True,
    give_up=timedelta(hours=1),
)


class Farewell(BaseModel):
    """What was under way to a person who is to be forgotten has had its time."""


FORGET = Call("forget mailbox", Farewell, Done, deadline=timedelta(seconds=5), repeats=True)
"""A timer: the person still hears that they are forgotten, and then their address goes."""


async def ring(_: Farewell) -> Done:
    """The timer's call: it has nothing to do but to be due."""
    return Done()
