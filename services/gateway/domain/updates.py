"""What can stand in a WhatsApp webhook, once it is read: messages, statuses and notices (WhatsApp contract 2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.gateway.domain.wire import Json
from shared.contracts.gateway import Content
from shared.contracts.gateway_parts import ConversationPriced, Problem, Product, Referral
from shared.kernel.ids import MemberId


@dataclass(frozen=True)
class Person:
    """The identities under which WhatsApp names a person; any may be missing (contract 2.6)."""

    phone: str | None = None
    """E.164."""
    bsuid: str | None = None
    parent_bsuid: str | None = None

    @property
    def identities(self) -> tuple[str, ...]:
        """`kind:value` of each that is known."""
        pairs = (("phone", self.phone), ("bsuid", self.bsuid), ("parent", self.parent_bsuid))
        return tuple(f"{kind}:{value}" for kind, value in pairs if value)


@dataclass(frozen=True)
class Succession:
    """WhatsApp says that a person goes by other identities now (contract 2.6). Nothing is moved on that alone."""

    before: Person
    after: Person


@dataclass(frozen=True)
class InboundUpdate:
    """A message of a person, or a system message about them."""

    content_id: str
    phone_number_id: str
    person: Person
    message_id: str
    sent_at: datetime
    profile_name: str | None
    username: str | None
    identity_key_hash: str | None
    group_id: str | None
    replies_to: str | None
    replies_to_author: str | None
    forwarded: bool
    frequently_forwarded: bool
    about_product: Product | None
    referral: Referral | None
    problems: tuple[Problem, ...]
    content: Content
    successions: tuple[Succession, ...] = ()
    unread: Any = None
    """The message as it came, when this build cannot read it."""


@dataclass(frozen=True)
class StatusUpdate:
    """WhatsApp's word on a message of ours."""

    content_id: str
    phone_number_id: str
    person: Person
    message_id: str
    status: str
    at: datetime
    reference: str | None
    member: MemberId | None
    """Whom we wrote to, as our own reference says: known even where WhatsApp names nobody."""
    problems: tuple[Problem, ...]
    group_id: str | None
    identity_key_hash: str | None
    conversation: ConversationPriced | None
    pricing: Json | None
    unread: Any = None
    """A status is always read; its word may be a new one."""


@dataclass(frozen=True)
class CallUpdate:
    """A person called a number of ours."""

    content_id: str
    phone_number_id: str
    person: Person
    at: datetime
    unread: Any = None


@dataclass(frozen=True)
class PreferenceUpdate:
    """A person stopped or resumed marketing."""

    content_id: str
    phone_number_id: str
    person: Person
    stopped: bool
    at: datetime
    unread: Any = None


@dataclass(frozen=True)
class AccountUpdate:
    """Anything else: about the business account, or of a shape or field that we do not know."""

    content_id: str
    account: str
    field: str
    supported: bool
    at: datetime
    problems: tuple[Problem, ...]
    details: Json | None
    unread: Any
    """The piece as it came, when this build cannot read all of it."""
    successions: tuple[Succession, ...] = ()
    phone_number_id: str = ""


PersonUpdate = InboundUpdate | StatusUpdate | CallUpdate | PreferenceUpdate
"""What is about a person."""

Update = PersonUpdate | AccountUpdate
