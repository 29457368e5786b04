"""Updates of a webhook as events, once it is known who the people in them are."""

from __future__ import annotations

from services.gateway.domain.updates import (
    AccountUpdate,
    CallUpdate,
    InboundUpdate,
    PersonUpdate,
    PreferenceUpdate,
    StatusUpdate,
)
from shared.contracts.base import Message
from shared.contracts.gateway import (
    AccountNoticed,
    Address,
    DeliveryStatusChanged,
    MarketingPreferenceChanged,
    MessageReceived,
)
from shared.contracts.notifier import OpenWindow
from shared.kernel.ids import MemberId


def address_of(update: PersonUpdate) -> Address:
    """How the person of an update is reached."""
    return Address(phone_number_id=update.phone_number_id, phone=update.person.phone, bsuid=update.person.bsuid)


def inbound_event(update: InboundUpdate, member: MemberId) -> MessageReceived:
    """A message."""
    return MessageReceived(
        member=member,
        address=address_of(update),
        message_id=update.message_id,
        sent_at=update.sent_at,
        profile_name=update.profile_name,
        username=update.username,
        identity_key_hash=update.identity_key_hash,
        group_id=update.group_id,
        replies_to=update.replies_to,
        replies_to_author=update.replies_to_author,
        forwarded=update.forwarded,
        frequently_forwarded=update.frequently_forwarded,
        about_product=update.about_product,
        referral=update.referral,
        problems=update.problems,
        content=update.content,
    )


def status_event(update: StatusUpdate, member: MemberId) -> DeliveryStatusChanged:
    """A delivery status."""
    return DeliveryStatusChanged(
        member=member,
        phone_number_id=update.phone_number_id,
        message_id=update.message_id,
        status=update.status,
        at=update.at,
        reference=update.reference,
        problems=update.problems,
        recipient=address_of(update),
        group_id=update.group_id,
        identity_key_hash=update.identity_key_hash,
        conversation=update.conversation,
        pricing=update.pricing,
    )


def message_about(update: PersonUpdate, member: MemberId) -> Message:
    """What a person did, or what became of what we said to them."""
    match update:
        case InboundUpdate():
            return inbound_event(update, member)
        case StatusUpdate():
            return status_event(update, member)
        case CallUpdate():
            return call_command(update, member)
        case PreferenceUpdate():
            return preference_event(update, member)


def call_command(update: CallUpdate, member: MemberId) -> OpenWindow:
    """A call opens the window as a message does (contract 4.5)."""
    return OpenWindow(member=member, address=address_of(update), at=update.at)


def preference_event(update: PreferenceUpdate, member: MemberId) -> MarketingPreferenceChanged:
    """A word on marketing."""
    return MarketingPreferenceChanged(member=member, address=address_of(update), stopped=update.stopped, at=update.at)


def account_event(update: AccountUpdate) -> AccountNoticed:
    """A notice about the account, or something that we do not know."""
    return AccountNoticed(
        account=update.account,
        field=update.field,
        at=update.at,
        supported=update.supported,
        error_codes=tuple(problem.code for problem in update.problems),
        problems=update.problems,
        details=update.details,
    )
