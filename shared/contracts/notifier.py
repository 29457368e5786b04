"""What the notifier is asked to send, and what it says of the delivery."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.base import Command, Event
from shared.contracts.files import FileRef
from shared.contracts.gateway import Address
from shared.kernel.ids import MemberId


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class PlainText(_Part):
    """1 to 4096 characters (WhatsApp contract 3.2)."""

    kind: Literal["text"] = "text"
    body: str = Field(min_length=1, max_length=4096)


class Choice(_Part):
    """A button or row; `id` comes back when it is tapped."""

    id: str = Field(min_length=1, max_length=200)
    title: str = Field(min_length=1, max_length=24)
    description: str | None = Field(default=None, max_length=72)


class Buttons(_Part):
    """A text with one to three reply buttons, titles of at most 20 characters (WhatsApp contract 3.2)."""

    kind: Literal["buttons"] = "buttons"
    body: str = Field(min_length=1, max_length=1024)
    footer: str | None = Field(default=None, max_length=60)
    buttons: tuple[Choice, ...] = Field(min_length=1, max_length=3)


class ListSection(_Part):
    title: str | None = Field(default=None, max_length=24)
    rows: tuple[Choice, ...] = Field(min_length=1, max_length=10)


class ChoiceList(_Part):
    """A text with a button that opens a list of at most ten rows in all (WhatsApp contract 3.2)."""

    kind: Literal["list"] = "list"
    body: str = Field(min_length=1, max_length=1024)
    footer: str | None = Field(default=None, max_length=60)
    open: str = Field(min_length=1, max_length=20)
    sections: tuple[ListSection, ...] = Field(min_length=1, max_length=10)


class LinkButton(_Part):
    """A text with one button that opens a web page."""

    kind: Literal["link"] = "link"
    body: str = Field(min_length=1, max_length=1024)
    title: str = Field(min_length=1, max_length=20)
    url: str


class Document(_Part):
    """A file to open, such as a receipt or a report (WhatsApp contract 3.4: at most 100 MB)."""

    kind: Literal["document"] = "document"
    file: FileRef
    caption: str | None = Field(default=None, max_length=1024)


class Picture(_Part):
    """A PNG or JPEG to look at, such as a QR code (WhatsApp contract 3.4: at most 5 MB)."""

    kind: Literal["picture"] = "picture"
    file: FileRef
    caption: str | None = Field(default=None, max_length=1024)


Outgoing = Annotated[
    PlainText | Buttons | ChoiceList | LinkButton | Document | Picture,
    Field(discriminator="kind"),
]


class SendMessage(Command, name="notifier.send_message", version=1, key="member"):
    """Say something to a member. One command, one message; the envelope's id is the message's id everywhere."""

    member: MemberId
    address: Address | None = None
    """Where to; None: the address last seen for the member."""
    content: Outgoing
    purpose: Literal["reply", "notice", "report"]
    """Replies go before notices, notices before reports."""
    answers_at: datetime | None = None
    """When the person wrote the message that this answers: opens the 24-hour window (product 9)."""


class MessageAccepted(Event, name="notifier.message_accepted", version=1, key="member"):
    """WhatsApp took the message (not: delivered)."""

    member: MemberId
    reference: str
    at: datetime


class MessageDelivered(Event, name="notifier.message_delivered", version=1, key="member"):
    member: MemberId
    reference: str
    at: datetime


class MessageRead(Event, name="notifier.message_read", version=1, key="member"):
    member: MemberId
    reference: str
    at: datetime


class MessageFailed(Event, name="notifier.message_failed", version=1, key="member"):
    """The message will not arrive; `code` is WhatsApp's (contract 4.2), None when it could never be handed over."""

    member: MemberId
    reference: str
    code: int | None
    at: datetime
