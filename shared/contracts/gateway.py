"""What the gateway says: everything that arrived from outside, verified, normalised and tied to a member."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.base import Event
from shared.kernel.ids import MemberId, PaymentId


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Address(_Part):
    """How a member is reached on WhatsApp: over which business number, and by which identities (contract 2.6)."""

    phone_number_id: str
    phone: str | None = None
    """E.164; absent when WhatsApp hides it."""
    bsuid: str | None = None


class Text(_Part):
    kind: Literal["text"] = "text"
    body: str


class Tap(_Part):
    """A button, a list row or a template's quick reply was tapped; `id` is what we sent with it."""

    kind: Literal["tap"] = "tap"
    id: str
    title: str
    of: Literal["button", "row", "template"]


class Form(_Part):
    """A WhatsApp Flow was sent off. The answers come from the person's device: check them like any text."""

    kind: Literal["form"] = "form"
    answers: dict[str, object]


class Media(_Part):
    kind: Literal["media"] = "media"
    of: Literal["image", "video", "document", "audio", "sticker"]
    media_id: str | None = None
    mime_type: str | None = None
    sha256: str | None = None
    filename: str | None = None
    caption: str | None = None
    voice: bool = False
    error_codes: tuple[int, ...] = ()


class Location(_Part):
    kind: Literal["location"] = "location"
    latitude: float
    longitude: float
    name: str | None = None
    address: str | None = None


class ContactCards(_Part):
    kind: Literal["contacts"] = "contacts"
    phones: tuple[str, ...]
    names: tuple[str, ...]
    requested: bool = False
    """True when the card answers our request for contact details (contract 2.6)."""


class Reaction(_Part):
    kind: Literal["reaction"] = "reaction"
    message_id: str
    emoji: str | None = None
    """Absent: the reaction was taken back."""


class Order(_Part):
    kind: Literal["order"] = "order"
    catalog_id: str | None = None
    items: int


class SystemNotice(_Part):
    """WhatsApp tells of a change of number, id or device. Nothing is ever moved on this alone (contract 2.3)."""

    kind: Literal["system"] = "system"
    change: str
    phone: str | None = None
    bsuid: str | None = None


class Welcome(_Part):
    kind: Literal["welcome"] = "welcome"


class Changed(_Part):
    """An earlier message was edited or deleted."""

    kind: Literal["changed"] = "changed"
    change: Literal["edit", "revoke"]
    message_id: str | None = None


class Unsupported(_Part):
    """A type that WhatsApp or this build does not know; `type` is the wire's word."""

    kind: Literal["unsupported"] = "unsupported"
    type: str
    error_codes: tuple[int, ...] = ()


Content = Annotated[
    Text
    | Tap
    | Form
    | Media
    | Location
    | ContactCards
    | Reaction
    | Order
    | SystemNotice
    | Welcome
    | Changed
    | Unsupported,
    Field(discriminator="kind"),
]


class MessageReceived(Event, name="gateway.message_received", version=1, key="member"):
    """A person wrote, tapped, or sent something (WhatsApp contract 2.2, 2.3)."""

    member: MemberId
    address: Address
    message_id: str
    """WhatsApp's wamid. It holds the phone number: personal, never logged."""
    sent_at: datetime
    profile_name: str | None = None
    """As the person chose it in WhatsApp: untrusted."""
    group_id: str | None = None
    replies_to: str | None = None
    content: Content


class InboundNoticed(Event, name="gateway.inbound_noticed", version=1, key="member"):
    """A person was heard of at this time: what the 24-hour window and the address book need, without the text."""

    member: MemberId
    address: Address
    at: datetime


class DeliveryProblem(_Part):
    code: int
    title: str = ""
    details: str = ""


class DeliveryStatusChanged(Event, name="gateway.delivery_status_changed", version=1, key="member"):
    """WhatsApp reports on a message of ours (WhatsApp contract 2.4). Comes in any order, more than once."""

    member: MemberId
    phone_number_id: str
    message_id: str
    """The wamid that the send returned."""
    status: str
    """`sent`, `delivered`, `read`, `played`, `failed`; expect new ones."""
    at: datetime
    reference: str | None = None
    """Our own id, echoed from `biz_opaque_callback_data`."""
    problems: tuple[DeliveryProblem, ...] = ()
    pricing: dict[str, object] | None = None
    """As WhatsApp says it, on `sent` and one more status (contract 2.4): data, since its rules change too often."""


class IdentityChanged(Event, name="gateway.identity_changed", version=1, key="member"):
    """An identity of a member was seen for the first time, or a member became an alias of an older one."""

    member: MemberId
    address: Address
    alias_of: MemberId | None = None
    follows: MemberId | None = None
    """WhatsApp says that this is who that other member was before a change of number or id (WhatsApp contract 2.6).
    Nothing was moved, and nothing may be on this alone: ask the person for a proof first."""


class AccountNoticed(Event, name="gateway.account_noticed", version=1, key="account"):
    """WhatsApp tells of the business account: errors, quality, templates, flows; or a field that we do not know."""

    account: str
    """Phone number id where there is one, else the id of the WhatsApp Business Account."""
    field: str
    """The wire's field (contract 1.5); `errors` for errors outside a message."""
    at: datetime
    supported: bool
    error_codes: tuple[int, ...] = ()


class CoreNoticeReceived(Event, name="gateway.core_notice_received", version=1, key="member"):
    """credex-core, by `POST /notify` with the key, asks to tell a member something. The words are the core's own."""

    member: MemberId
    text: str
    received_at: datetime


class PaymentStatusReceived(Event, name="gateway.payment_status_received", version=1, key="payment_id"):
    """Paynow called back with a good hash (Paynow contract 3). A hint only: the poll is the truth."""

    payment_id: PaymentId
    currency: str
    status: str
    paynow_reference: str | None = None
    amount: str | None = None
    body_digest: str
    """SHA-256 of the raw body, hexadecimal: the evidence in the payment's trail."""
    received_at: datetime
