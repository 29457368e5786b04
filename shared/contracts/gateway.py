"""What the gateway says: everything that arrived from outside, verified, normalised and tied to a member."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from shared.contracts.base import Command, Event
from shared.contracts.gateway_parts import (
    ContactCard,
    ConversationPriced,
    OrderedItem,
    Part,
    Problem,
    Product,
    Referral,
)
from shared.kernel.ids import MemberId, PaymentId


class Address(Part):
    """How a member is reached on WhatsApp: over which business number, and by which identities (contract 2.6)."""

    phone_number_id: str
    phone: str | None = None
    """E.164; absent when WhatsApp hides it."""
    bsuid: str | None = None


class Text(Part):
    kind: Literal["text"] = "text"
    body: str


class Tap(Part):
    """A button, a list row or a template's quick reply was tapped; `id` is what we sent with it."""

    kind: Literal["tap"] = "tap"
    id: str
    title: str
    of: Literal["button", "row", "template"]


class Form(Part):
    """A WhatsApp Flow was sent off. The answers come from the person's device: check them like any text."""

    kind: Literal["form"] = "form"
    answers: dict[str, object]
    name: str | None = None
    """`flow`, or `address_message`."""
    body: str | None = None
    """What the chat shows in the form's place: `Sent`."""


class CallPermission(Part):
    """A person's answer to whether the business may call them."""

    kind: Literal["call_permission"] = "call_permission"
    accepted: bool
    permanent: bool = False
    expires_at: datetime | None = None
    source: str | None = None


class Media(Part):
    kind: Literal["media"] = "media"
    of: Literal["image", "video", "document", "audio", "sticker"]
    media_id: str | None = None
    url: str | None = None
    """Alive for 5 minutes, and only for who shows the token: `media_id` lives 7 days."""
    mime_type: str | None = None
    """Without parameters such as `codecs`."""
    sha256: str | None = None
    filename: str | None = None
    """As the person's phone said it: untrusted, never a path."""
    caption: str | None = None
    voice: bool = False
    animated: bool = False
    error_codes: tuple[int, ...] = ()


class Location(Part):
    kind: Literal["location"] = "location"
    latitude: float
    longitude: float
    name: str | None = None
    address: str | None = None
    url: str | None = None


class ContactCards(Part):
    kind: Literal["contacts"] = "contacts"
    phones: tuple[str, ...]
    names: tuple[str, ...]
    requested: bool = False
    """True when the card answers our request for contact details (contract 2.6)."""
    cards: tuple[ContactCard, ...] = ()


class Reaction(Part):
    kind: Literal["reaction"] = "reaction"
    message_id: str
    emoji: str | None = None
    """Absent: the reaction was taken back."""


class Order(Part):
    kind: Literal["order"] = "order"
    catalog_id: str | None = None
    items: int
    text: str | None = None
    lines: tuple[OrderedItem, ...] = ()


class SystemNotice(Part):
    """WhatsApp tells of a change of number, id or device. Nothing is ever moved on this alone (contract 2.3)."""

    kind: Literal["system"] = "system"
    change: str
    phone: str | None = None
    bsuid: str | None = None
    body: str | None = None
    identity_hash: str | None = None
    """Another one than before: the person's WhatsApp was set up anew."""


class Welcome(Part):
    kind: Literal["welcome"] = "welcome"


class Changed(Part):
    """An earlier message was edited or deleted."""

    kind: Literal["changed"] = "changed"
    change: Literal["edit", "revoke"]
    message_id: str | None = None
    text: str | None = None
    """What an edited message, or its caption, says now."""


class Unsupported(Part):
    """A type that WhatsApp or this build does not know; `type` is the wire's word."""

    kind: Literal["unsupported"] = "unsupported"
    type: str
    subtype: str | None = None
    """What WhatsApp calls it that it does not hand over: `poll`, …"""
    error_codes: tuple[int, ...] = ()


Content = Annotated[
    Text
    | Tap
    | Form
    | CallPermission
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
    username: str | None = None
    """Changes as the person likes: never a key (contract 2.6)."""
    identity_key_hash: str | None = None
    """Only with identity checks switched on."""
    group_id: str | None = None
    replies_to: str | None = None
    replies_to_author: str | None = None
    """Who wrote the message that this one quotes, E.164."""
    forwarded: bool = False
    frequently_forwarded: bool = False
    """More than a few times; `forwarded` is true as well."""
    about_product: Product | None = None
    referral: Referral | None = None
    """The advertisement that brought the person here."""
    problems: tuple[Problem, ...] = ()
    content: Content


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
    problems: tuple[Problem, ...] = ()
    recipient: Address | None = None
    """Whom it went to, as far as WhatsApp tells."""
    group_id: str | None = None
    identity_key_hash: str | None = None
    conversation: ConversationPriced | None = None
    pricing: dict[str, object] | None = None
    """As WhatsApp says it, on `sent` and one more status (contract 2.4): data, since its rules change too often."""


class MemberMet(Event, name="gateway.member_met", version=1, key="member"):
    """Somebody was seen who is not known by any of their identities: a new member. What they did is told by itself."""

    member: MemberId
    address: Address


class IdentityChanged(Event, name="gateway.identity_changed", version=1, key="member"):
    """A known member was seen under one more identity, or became an alias of an older one."""

    member: MemberId
    address: Address
    alias_of: MemberId | None = None
    follows: MemberId | None = None
    """WhatsApp says that this is who that other member was before a change of number or id (WhatsApp contract 2.6).
    Nothing was moved, and nothing may be on this alone: ask the person for a proof first."""


class MarketingPreferenceChanged(Event, name="gateway.marketing_preference_changed", version=1, key="member"):
    """A person said in WhatsApp that they want no marketing of a number of ours, or that they want it again."""

    member: MemberId
    address: Address
    stopped: bool
    at: datetime
    """When they said so. Words may come in any order: the latest holds."""


class AccountNoticed(Event, name="gateway.account_noticed", version=1, key="account"):
    """WhatsApp tells of the business account: errors, quality, templates, flows; or a field that we do not know."""

    account: str
    """Phone number id where there is one, else the id of the WhatsApp Business Account."""
    field: str
    """The wire's field (contract 1.5); `errors` for errors outside a message."""
    at: datetime
    supported: bool
    error_codes: tuple[int, ...] = ()
    problems: tuple[Problem, ...] = ()
    details: dict[str, object] | None = None
    """The texts, numbers and switches that the field tells: a template's name and state, a number's quality, …"""


class WebhooksMissing(Event, name="gateway.webhooks_missing", version=1, key="channel"):
    """Nothing has come from a channel for so long that it may be cut off (WhatsApp contract 1.3, auto-disable)."""

    channel: Literal["whatsapp"] = "whatsapp"
    since: datetime
    hours: int


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


class PersonErased(Event, name="gateway.person_erased", version=1, key="member"):
    """The gateway keeps nothing more that tells who this was: the answer to `conversation.erasure_requested`."""

    OF_ERASURE: ClassVar[bool] = True

    member: MemberId
    at: datetime


class ShowHealth(Command, name="gateway.show_health", version=1, key="asked_by"):
    """Tell how every service is, for staff in the chat."""

    asked_by: MemberId


class ServiceHealth(Part):
    """One service, by its latest heartbeat."""

    service: str
    beats: bool
    """False: no process of it was heard of in the last seconds."""
    ready: bool
    troubles: tuple[str, ...] = ()
    """Parts that are not well, with what is known of it: `bus`, `paynow USD: open` (the circuit around it)."""
    backlog: int = 0
    """Messages that wait for it."""
    backlog_age_seconds: float = 0.0
    """Age of the oldest message that it has not handed over, or of the oldest call that is due."""


class HealthShown(Event, name="gateway.health_shown", version=1, key="asked_by"):
    """The answer to `show_health`. `status` is `healthy`, `degraded` or `unhealthy`, as on the page /health."""

    asked_by: MemberId
    status: str
    at: datetime
    services: tuple[ServiceHealth, ...]
