"""What the notifier is asked to send, and what it says of the delivery."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from shared.contracts.base import Command, Event
from shared.contracts.files import FileRef
from shared.contracts.gateway import Address
from shared.kernel.ids import MemberId


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


def _not_blank(text: str) -> str:
    """WhatsApp refuses a text of blanks alone (WhatsApp contract 3.2)."""
    if text and not text.strip():
        raise ValueError("a text of blanks alone is refused")
    return text


Words = Annotated[str, AfterValidator(_not_blank)]


def _unique(values: list[str], of_what: str) -> None:
    if len(set(values)) != len(values):
        raise ValueError(f"{of_what} must differ")


class PlainText(_Part):
    """1 to 4096 characters (WhatsApp contract 3.2)."""

    kind: Literal["text"] = "text"
    body: Words = Field(min_length=1, max_length=4096)


class Choice(_Part):
    """A button or row; `id` comes back when it is tapped."""

    id: Words = Field(min_length=1, max_length=200)
    title: Words = Field(min_length=1, max_length=24)
    description: Words | None = Field(default=None, max_length=72)


class Buttons(_Part):
    """A text with one to three reply buttons, titles of at most 20 characters (WhatsApp contract 3.2)."""

    kind: Literal["buttons"] = "buttons"
    body: Words = Field(min_length=1, max_length=1024)
    footer: Words | None = Field(default=None, max_length=60)
    buttons: tuple[Choice, ...] = Field(min_length=1, max_length=3)

    @model_validator(mode="after")
    def _fit(self) -> Self:
        if any(len(choice.title) > 20 for choice in self.buttons):
            raise ValueError("a button's title has at most 20 characters; a list has room for more")
        _unique([choice.title for choice in self.buttons], "titles of buttons")
        _unique([choice.id for choice in self.buttons], "ids of buttons")
        return self


class ListSection(_Part):
    title: Words | None = Field(default=None, max_length=24)
    rows: tuple[Choice, ...] = Field(min_length=1, max_length=10)


class ChoiceList(_Part):
    """A text with a button that opens a list of at most ten rows in all (WhatsApp contract 3.2)."""

    kind: Literal["list"] = "list"
    body: Words = Field(min_length=1, max_length=1024)
    footer: Words | None = Field(default=None, max_length=60)
    open: Words = Field(min_length=1, max_length=20)
    sections: tuple[ListSection, ...] = Field(min_length=1, max_length=10)

    @model_validator(mode="after")
    def _fit(self) -> Self:
        rows = [row for section in self.sections for row in section.rows]
        if len(rows) > 10:
            raise ValueError("a list has at most ten rows in all sections together; page longer ones")
        if len(self.sections) > 1 and not all(section.title for section in self.sections):
            raise ValueError("each of several sections needs a title")
        _unique([row.id for row in rows], "ids of rows")
        return self


class LinkButton(_Part):
    """A text with one button that opens a web page."""

    kind: Literal["link"] = "link"
    body: Words = Field(min_length=1, max_length=1024)
    title: Words = Field(min_length=1, max_length=20)
    url: str = Field(pattern=r"^https?://")


class FlowButton(_Part):
    """A text with one button that opens a form (a WhatsApp Flow, contract 3.2 and 5).

    With `screen` the form opens there, filled with `data`; without it our own endpoint is asked for the first screen.
    """

    kind: Literal["flow"] = "flow"
    body: Words = Field(min_length=1, max_length=1024)
    title: Words = Field(min_length=1, max_length=20)
    flow_id: Words = Field(min_length=1)
    token: str = Field(min_length=16)
    """Ours, not to be guessed: the only link between the form and the person (contract 5.3)."""
    screen: Words | None = Field(default=None, min_length=1)
    data: dict[str, Any] | None = None
    draft: bool = False
    """True for a form that is not published yet."""
    in_chat: Buttons | None = None
    """What goes in its place when WhatsApp does not take the form: blocked, throttled, unknown (contract 4.2)."""

    @model_validator(mode="after")
    def _fit(self) -> Self:
        if any(unicodedata.category(sign) in ("So", "Sk", "Cs") or sign == "\ufe0f" for sign in self.title):
            raise ValueError("the title of a form's button has no emoji")
        return self


class Document(_Part):
    """A file to open, such as a receipt or a report (WhatsApp contract 3.4: at most 100 MB)."""

    kind: Literal["document"] = "document"
    file: FileRef
    caption: Words | None = Field(default=None, max_length=1024)


class Picture(_Part):
    """A PNG or JPEG to look at, such as a QR code (WhatsApp contract 3.4: at most 5 MB)."""

    kind: Literal["picture"] = "picture"
    file: FileRef
    caption: Words | None = Field(default=None, max_length=1024)


class ContactRequest(_Part):
    """Asks a person whose number WhatsApp hides to share it (contract 2.6)."""

    kind: Literal["contact_request"] = "contact_request"
    body: Words = Field(min_length=1, max_length=1024)


TemplateName = Literal["payment_update", "receipt_ready", "offer_notice", "report_ready", "sign_in_code", "notice"]
"""The templates of product 9, by our own names; settings say what they are called at WhatsApp."""

TEMPLATE_PARAMETERS: dict[TemplateName, tuple[str, ...]] = {
    "payment_update": ("status line", "reference"),
    "receipt_ready": ("number", "amount"),
    "offer_notice": ("who", "amount", "action"),
    "report_ready": ("title", "period"),
    "sign_in_code": ("code",),
    "notice": ("title", "text"),
}


class TemplateFallback(_Part):
    """What is said instead when 24 hours have passed since the person wrote: only templates go then (product 9).

    `parameters` are those of TEMPLATE_PARAMETERS; line breaks and rows of blanks in them become one blank.
    `report_ready` carries a file: its own, or that of the document which it stands for.
    """

    name: TemplateName
    parameters: tuple[Annotated[Words, Field(min_length=1, max_length=1024)], ...]
    file: FileRef | None = None

    @model_validator(mode="after")
    def _fit(self) -> Self:
        wanted = TEMPLATE_PARAMETERS[self.name]
        if len(self.parameters) != len(wanted):
            raise ValueError(f"{self.name} takes {', '.join(wanted)}")
        return self


class Template(TemplateFallback):
    """A template, whether or not the window is open."""

    kind: Literal["template"] = "template"


Outgoing = Annotated[
    PlainText | Buttons | ChoiceList | LinkButton | FlowButton | Document | Picture | ContactRequest | Template,
    Field(discriminator="kind"),
]

Purpose = Literal["reply", "notice", "report"]
"""Replies go before notices, notices before reports."""


class SendMessage(Command, name="notifier.send_message", version=1, key="member"):
    """Say something to a member. One command, one message; the envelope's id is the message's id everywhere."""

    member: MemberId
    address: Address | None = None
    """Where to; None: the address last seen for the member."""
    content: Outgoing
    purpose: Purpose
    answers_at: datetime | None = None
    """When the person wrote the message that this answers: opens the 24-hour window (product 9)."""
    answers: str | None = None
    """WhatsApp's id of that message: the person sees it as read when this goes out."""
    template: TemplateFallback | None = None
    """What goes outside the window; None: the message fails there with code 131047."""
    valid_until: datetime | None = None
    """After it the message is of no use and fails; None: a day after it was asked for (WhatsApp contract 4.2)."""
    watched: bool = False
    """True for what finance must get: a failure is told to the operator. Reports always are watched."""


class OpenWindow(Command, name="notifier.open_window", version=1, key="member"):
    """The person wrote, and nothing is said to that at once, or called: the 24-hour window opens (product 9, WhatsApp
    contract 4.5) and we know where.

    What answers at once opens it, too (`SendMessage.answers_at`).
    """

    member: MemberId
    address: Address
    at: datetime
    """When they wrote or called."""


class MarkRead(Command, name="notifier.mark_read", version=1, key="member"):
    """Show the person that their message was read and, with `typing`, that an answer is being written.

    What answers at once shows it, too (`SendMessage.answers`).
    """

    member: MemberId
    phone_number_id: str
    message_id: str
    typing: bool = False
    """Ends with the next message or after 25 seconds (WhatsApp contract 3.2)."""


class FileDeliveries(Command, name="notifier.file_deliveries", version=1, key="member"):
    """Keep what is known of these finished messages outside of the mailbox; the notifier asks it of itself."""

    member: MemberId
    deliveries: tuple[dict[str, Any], ...]
    """As the mailbox kept them."""


class NoteLateStatus(Command, name="notifier.note_late_status", version=1, key="member"):
    """A status came of a message that is filed; the notifier asks it of itself."""

    member: MemberId
    filing: str
    reference: str
    evidence: dict[str, Any]
    """As the notifier keeps what WhatsApp said."""


class FetchMedia(Command, name="notifier.fetch_media", version=1, key="member"):
    """Get the bytes of a picture, document or voice note that a person sent, while WhatsApp keeps them: 7 days."""

    member: MemberId
    phone_number_id: str
    media_id: str
    sha256: str | None = None
    """As the webhook said it: base64 or hexadecimal (WhatsApp contract 2.3)."""
    mime_type: str | None = None
    filename: str | None = None
    """As the person's phone said it: untrusted, for show only."""


class MediaFetched(Event, name="notifier.media_fetched", version=1, key="member"):
    """The bytes are here; `file` says where, for as long as its address is valid."""

    member: MemberId
    media_id: str
    file: FileRef


class MediaUnavailable(Event, name="notifier.media_unavailable", version=1, key="member"):
    """The bytes cannot be had: ask the person to send them again, or something smaller."""

    member: MemberId
    media_id: str
    reason: Literal["gone", "too large", "damaged"]


class MessageFailed(Event, name="notifier.message_failed", version=1, key="member"):
    """The message will not arrive; `code` is WhatsApp's (contract 4.2), None when it could never be handed over."""

    member: MemberId
    reference: str
    code: int | None
    at: datetime
    purpose: Purpose = "reply"
    watched: bool = False
    """Whether finance was to get it; the operator has been told."""


class PersonErased(Event, name="notifier.person_erased", version=1, key="member"):
    """The notifier keeps nothing more that tells who this was: the answer to `conversation.erasure_requested`."""

    OF_ERASURE: ClassVar[bool] = True

    member: MemberId
    at: datetime
