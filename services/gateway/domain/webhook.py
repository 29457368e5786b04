"""What a WhatsApp webhook says: every message, status and notice in it (WhatsApp contract 2).

Reading is tolerant: any id may be absent, unknown types, fields and keys are kept as what they are, and one piece
that makes no sense never costs its neighbours. A repeated piece has the same content id in whatever envelope.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from services.gateway.domain.content import NOT_HANDED_OVER, content_of
from services.gateway.domain.deeds import call_of, preference_of
from services.gateway.domain.people import completed, contact_of
from services.gateway.domain.updates import (
    AccountUpdate,
    CallUpdate,
    InboundUpdate,
    Person,
    PreferenceUpdate,
    StatusUpdate,
    Succession,
    Update,
)
from services.gateway.domain.wire import (
    Json,
    as_dict,
    as_dicts,
    as_list,
    as_moment,
    as_phone,
    as_text,
    digest_of,
    problems_of,
    scalars_of,
)
from shared.contracts.gateway import Content, SystemNotice, Unsupported
from shared.contracts.gateway_parts import ConversationPriced, Product, Referral
from shared.kernel.ids import MemberId

KNOWN_FIELDS = frozenset(
    {
        "account_alerts",
        "account_review_update",
        "account_update",
        "automatic_events",
        "business_capability_update",
        "business_username_updates",
        "calls",
        "errors",
        "flows",
        "history",
        "message_template_components_update",
        "message_template_quality_update",
        "message_template_status_update",
        "messages",
        "partner_solutions",
        "payment_configuration_update",
        "phone_number_name_update",
        "phone_number_quality_update",
        "security",
        "smb_app_state_sync",
        "smb_message_echoes",
        "template_category_update",
        "user_id_update",
        "user_preferences",
    }
)
"""WhatsApp contract 1.5, and `errors` for errors outside of any message (2.5); `group_…` is known by its start."""

_DEEDS: dict[str, Callable[[Json, str, list[Json], datetime], CallUpdate | PreferenceUpdate | None]] = {
    "calls": call_of,
    "user_preferences": preference_of,
}
_LISTS_OF_UPDATES = frozenset({"messages", "statuses", "errors"})
_BESIDE_UPDATES = frozenset({"messaging_product", "metadata", "contacts"})
_READ_INSIDE = _BESIDE_UPDATES | {"errors", "error_data", "user_id", "parent_user_id", "user_id_update"}
_MEMBER = re.compile(r"M-[0-9A-HJKMNP-TV-Z]{1,20}")
"""The notifier sends `reference/member` along with each message."""


def updates_of(body: Any, received_at: datetime) -> list[Update]:
    """Every update of a parsed webhook body, in its order. Never raises."""
    if not isinstance(body, dict) or body.get("object") != "whatsapp_business_account":
        return []
    return list(_updates(body, received_at))


def _updates(body: Json, received_at: datetime) -> Iterator[Update]:
    if not isinstance(body.get("entry"), list):
        yield _notice("unknown", "unknown", body, {}, received_at, supported=False)
    for entry in as_list(body.get("entry")):
        changes = as_dict(entry).get("changes")
        if not isinstance(changes, list):
            yield _notice("unknown", "unknown", entry, as_dict(entry), received_at, supported=False)
        for change in as_list(changes):
            yield from _change(as_dict(entry), change, received_at)


def _change(entry: Json, change: Any, received_at: datetime) -> Iterator[Update]:
    field = as_text(as_dict(change).get("field")) or "unknown"
    value = as_dict(as_dict(change).get("value"))
    number = as_text(as_dict(value.get("metadata")).get("phone_number_id")) or ""
    account = number or as_text(entry.get("id")) or "unknown"
    at = as_moment(entry.get("time")) or received_at
    contacts = list(as_dicts(value.get("contacts")))
    if field in _DEEDS:
        yield from _deeds(account, field, change, contacts, number, at)
        return
    if field != "messages":
        supported = field in KNOWN_FIELDS or field.startswith("group_")
        notice = _notice(account, field, change, value, at, supported=supported)
        successions = tuple(_successions_of(value)) if field == "user_id_update" else ()
        yield replace(notice, successions=successions, phone_number_id=number)
        return
    for message in as_list(value.get("messages")):
        try:
            yield _message(message, number, contacts, received_at)
        except _Senseless:
            yield _notice(account, "messages", message, as_dict(message), at, supported=False)
    for status in as_list(value.get("statuses")):
        try:
            yield _status(status, number, contacts, received_at)
        except _Senseless:
            yield _notice(account, "statuses", status, as_dict(status), at, supported=False)
    for error in as_list(value.get("errors")):
        has_code = bool(problems_of([error]))
        yield _notice(account, "errors", error, as_dict(error), at, supported=has_code)
    for piece in _unread(value, change):
        yield _notice(account, "messages", piece, as_dict(piece), at, supported=False)


def _deeds(account: str, field: str, change: Json, contacts: list[Json], number: str, at: datetime) -> Iterator[Update]:
    """What people did, in the list that is named as its field; the change as it is where anything else is in it."""
    value = as_dict(change.get("value"))
    pieces = as_list(value.get(field)) if number else []
    found = [_DEEDS[field](as_dict(piece), number, contacts, at) for piece in pieces]
    yield from filter(None, found)
    if not found or None in found or value.keys() - _BESIDE_UPDATES - {field}:
        # The rest of `calls` has no use here: rings, answers, ends. Another word on marketing would be news.
        yield _notice(account, field, change, value, at, supported=field == "calls")


def _unread(value: Json, change: Any) -> list[Any]:
    """What may be updates of the field `messages` in a shape that is new."""
    told = {name: piece for name, piece in value.items() if piece is not None and name not in _BESIDE_UPDATES}
    if not _LISTS_OF_UPDATES & told.keys():
        return [change]
    return [{name: piece} for name, piece in told.items() if (name in _LISTS_OF_UPDATES) != isinstance(piece, list)]


def _notice(account: str, field: str, piece: Any, told: Json, at: datetime, *, supported: bool) -> AccountUpdate:
    """Of a piece, of which `told` are the members that say something; `at` unless they tell when it was."""
    return AccountUpdate(
        content_id=f"account:{account}:{field}:{digest_of(piece)}",
        account=account,
        field=field,
        supported=supported,
        at=as_moment(told.get("timestamp")) or at,
        problems=problems_of([piece] if field == "errors" else told.get("errors")),
        details=scalars_of(told) if supported and field not in ("errors", "user_id_update") else None,
        unread=None if supported and not _has_more(told) else piece,
    )


def _has_more(told: Json) -> bool:
    """Whether it tells more than details hold, which nobody can ask for later (contract 0, rule 2)."""
    return any(
        value and isinstance(value, dict | list | float) for name, value in told.items() if name not in _READ_INSIDE
    )


class _Senseless(Exception):
    """A message or status without the id that it cannot be without."""


def _message(message: Any, number: str, contacts: list[Json], received_at: datetime) -> InboundUpdate:
    if not isinstance(message, dict) or not (id := as_text(message.get("id"))):
        raise _Senseless
    phone, bsuid = as_phone(message.get("from")), as_text(message.get("from_user_id"))
    contact = contact_of(phone, bsuid, contacts)
    person = completed(Person(phone, bsuid, as_text(message.get("from_parent_user_id"))), contact)
    if not person.identities:
        person = Person(bsuid=as_text(as_dict(message.get("system")).get("user_id")))
    profile, context = as_dict(contact.get("profile")), as_dict(message.get("context"))
    often = context.get("frequently_forwarded") is True
    content = content_of(message)
    is_unread = isinstance(content, Unsupported) and as_text(message.get("type")) not in NOT_HANDED_OVER
    return InboundUpdate(
        content_id=f"message:{number}:{id}",
        phone_number_id=number,
        person=person,
        message_id=id,
        sent_at=as_moment(message.get("timestamp")) or received_at,
        profile_name=as_text(profile.get("name")),
        username=as_text(profile.get("username")),
        identity_key_hash=as_text(contact.get("identity_key_hash")),
        group_id=as_text(message.get("group_id")),
        replies_to=as_text(context.get("id")),
        replies_to_author=as_phone(context.get("from")),
        forwarded=context.get("forwarded") is True or often,
        frequently_forwarded=often,
        about_product=_product_of(as_dict(context.get("referred_product"))),
        referral=_referral_of(as_dict(message.get("referral"))),
        problems=problems_of(message.get("errors")),
        content=content,
        successions=_announced(person, content),
        unread=message if is_unread else None,
    )


def _product_of(product: Json) -> Product | None:
    if not product:
        return None
    return Product(
        catalog_id=as_text(product.get("catalog_id")), product_id=as_text(product.get("product_retailer_id"))
    )


def _referral_of(referral: Json) -> Referral | None:
    if not referral:
        return None
    same = (name for name in Referral.model_fields if name not in ("click_id", "welcome_text"))
    return Referral(
        **{name: as_text(referral.get(name)) for name in same},
        click_id=as_text(referral.get("ctwa_clid")),
        welcome_text=as_text(as_dict(referral.get("welcome_message")).get("text")),
    )


def _announced(person: Person, content: Content) -> tuple[Succession, ...]:
    """Who the person of a system message about a change of number or id is from now on."""
    if not isinstance(content, SystemNotice) or content.change == "customer_identity_changed":
        return ()
    after = Person(phone=content.phone, bsuid=content.bsuid)
    return (Succession(person, after),) if after.identities and person.identities else ()


def _successions_of(value: Json) -> Iterator[Succession]:
    """The changes that the field `user_id_update` tells; their ids stand in the value or in entries inside (2.6)."""
    inside = value.get("user_id_update")
    for place in (value, inside if isinstance(inside, dict) else {}, *as_dicts(inside)):
        ids, parents = as_dict(place.get("user_id")), as_dict(place.get("parent_user_id"))
        before = Person(bsuid=as_text(ids.get("previous")), parent_bsuid=as_text(parents.get("previous")))
        after = Person(
            phone=as_phone(place.get("wa_id")),
            bsuid=as_text(ids.get("current")),
            parent_bsuid=as_text(parents.get("current")),
        )
        if before.identities and after.identities:
            yield Succession(before, after)


def _status(status: Any, number: str, contacts: list[Json], received_at: datetime) -> StatusUpdate:
    if not isinstance(status, dict):
        raise _Senseless
    id, word = as_text(status.get("id")), as_text(status.get("status"))
    if not id or not word:
        raise _Senseless
    in_group = status.get("recipient_type") == "group" or "recipient_participant_id" in status
    prefix = "recipient_participant" if in_group else "recipient"
    person = Person(
        phone=as_phone(status.get(f"{prefix}_id")),
        bsuid=as_text(status.get(f"{prefix}_user_id")),
        parent_bsuid=as_text(status.get(f"{prefix}_parent_user_id")),
    )
    # Of the status alone: the contacts beside it may differ in another envelope.
    to = (person.identities or ("",))[0] if in_group else as_text(status.get("recipient_id")) or person.bsuid or ""
    reference, _slash, member = (as_text(status.get("biz_opaque_callback_data")) or "").partition("/")
    return StatusUpdate(
        content_id=f"status:{number}:{id}:{word}:{to}",
        phone_number_id=number,
        person=completed(person, contact_of(person.phone, person.bsuid, contacts)),
        message_id=id,
        status=word,
        at=as_moment(status.get("timestamp")) or received_at,
        reference=reference or None,
        member=MemberId(member) if _MEMBER.fullmatch(member) else None,
        problems=problems_of(status.get("errors")),
        group_id=as_text(status.get("recipient_id")) if in_group else None,
        identity_key_hash=as_text(status.get("recipient_identity_key_hash")),
        conversation=_conversation_of(as_dict(status.get("conversation"))),
        pricing=scalars_of(as_dict(status.get("pricing"))) or None,
    )


def _conversation_of(conversation: Json) -> ConversationPriced | None:
    if not conversation:
        return None
    return ConversationPriced(
        id=as_text(conversation.get("id")),
        origin=as_text(as_dict(conversation.get("origin")).get("type")),
        expires_at=as_moment(conversation.get("expiration_timestamp")),
    )
