"""What a WhatsApp webhook says: every message, status and notice in it (WhatsApp contract 2).

Reading is tolerant: any id may be absent, unknown types, fields and keys are kept as what they are, and one piece
that makes no sense never costs its neighbours. A repeated piece has the same content id in whatever envelope.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from shared.contracts.gateway import (
    Changed,
    ContactCards,
    Content,
    DeliveryProblem,
    Form,
    Location,
    Media,
    Order,
    Reaction,
    SystemNotice,
    Tap,
    Text,
    Unsupported,
    Welcome,
)

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

Json = dict[str, Any]


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
class InboundUpdate:
    """A message of a person."""

    content_id: str
    phone_number_id: str
    person: Person
    message_id: str
    sent_at: datetime
    profile_name: str | None
    group_id: str | None
    replies_to: str | None
    content: Content


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
    problems: tuple[DeliveryProblem, ...]


@dataclass(frozen=True)
class AccountUpdate:
    """Anything else: about the business account, or of a shape or field that we do not know."""

    content_id: str
    account: str
    field: str
    supported: bool
    at: datetime
    error_codes: tuple[int, ...]


Update = InboundUpdate | StatusUpdate | AccountUpdate


def updates_of(body: Any, received_at: datetime) -> list[Update]:
    """Every update of a parsed webhook body, in its order. Never raises."""
    if not isinstance(body, dict) or body.get("object") != "whatsapp_business_account":
        return []
    return [
        update
        for entry in _dicts(body.get("entry"))
        for change in _dicts(entry.get("changes"))
        for update in _change(entry, change, received_at)
    ]


def _change(entry: Json, change: Json, received_at: datetime) -> Iterator[Update]:
    field = _text(change.get("field")) or "unknown"
    value = _dict(change.get("value"))
    number = _text(_dict(value.get("metadata")).get("phone_number_id")) or ""
    account = number or _text(entry.get("id")) or "unknown"

    def notice(field: str, piece: Any, *, supported: bool) -> AccountUpdate:
        return AccountUpdate(
            content_id=f"account:{account}:{field}:{_digest(piece)}",
            account=account,
            field=field,
            supported=supported,
            at=_time(_dict(piece).get("timestamp"), received_at),
            error_codes=_codes(_dict(piece).get("errors") or ([piece] if field == "errors" else None)),
        )

    if field != "messages":
        yield notice(field, change, supported=field in KNOWN_FIELDS or field.startswith("group_"))
        return
    contacts = list(_dicts(value.get("contacts")))
    for message in _list(value.get("messages")):
        try:
            yield _message(message, number, contacts, received_at)
        except _Senseless:
            yield notice("messages", message, supported=False)
    for status in _list(value.get("statuses")):
        try:
            yield _status(status, number, received_at)
        except _Senseless:
            yield notice("statuses", status, supported=False)
    for error in _list(value.get("errors")):
        yield notice("errors", error, supported=True)
    if not any(name in value for name in ("messages", "statuses", "errors")):
        yield notice("messages", change, supported=False)


class _Senseless(Exception):
    """A message or status without the id that it cannot be without."""


def _message(message: Any, number: str, contacts: list[Json], received_at: datetime) -> InboundUpdate:
    if not isinstance(message, dict) or not (id := _text(message.get("id"))):
        raise _Senseless
    phone, bsuid = _phone(message.get("from")), _text(message.get("from_user_id"))
    contact = _contact_of(phone, bsuid, contacts)
    system = _dict(message.get("system"))
    person = Person(
        phone=phone or _phone(contact.get("wa_id")),
        bsuid=bsuid or _text(contact.get("user_id")) or (_text(system.get("user_id")) if not phone else None),
        parent_bsuid=_text(message.get("from_parent_user_id")) or _text(contact.get("parent_user_id")),
    )
    context = _dict(message.get("context"))
    return InboundUpdate(
        content_id=f"message:{number}:{id}",
        phone_number_id=number,
        person=person,
        message_id=id,
        sent_at=_time(message.get("timestamp"), received_at),
        profile_name=_text(_dict(contact.get("profile")).get("name")),
        group_id=_text(message.get("group_id")),
        replies_to=_text(context.get("id")),
        content=_content(message),
    )


def _contact_of(phone: str | None, bsuid: str | None, contacts: list[Json]) -> Json:
    """The contact that is the sender, by id and never by index (contract 2.1)."""
    for contact in contacts:
        if (phone and _phone(contact.get("wa_id")) == phone) or (bsuid and contact.get("user_id") == bsuid):
            return contact
    return {}


def _status(status: Any, number: str, received_at: datetime) -> StatusUpdate:
    if not isinstance(status, dict):
        raise _Senseless
    id, word = _text(status.get("id")), _text(status.get("status"))
    if not id or not word:
        raise _Senseless
    in_group = status.get("recipient_type") == "group"
    prefix = "recipient_participant" if in_group else "recipient"
    person = Person(
        phone=_phone(status.get(f"{prefix}_id")),
        bsuid=_text(status.get(f"{prefix}_user_id")),
        parent_bsuid=_text(status.get(f"{prefix}_parent_user_id")),
    )
    to = (person.identities or ("",))[0] if in_group else _text(status.get("recipient_id")) or person.bsuid or ""
    return StatusUpdate(
        content_id=f"status:{number}:{id}:{word}:{to}",
        phone_number_id=number,
        person=person,
        message_id=id,
        status=word,
        at=_time(status.get("timestamp"), received_at),
        reference=_text(status.get("biz_opaque_callback_data")),
        problems=tuple(
            DeliveryProblem(
                code=code,
                title=_text(error.get("title")) or "",
                details=_text(_dict(error.get("error_data")).get("details")) or "",
            )
            for error in _dicts(status.get("errors"))
            if (code := _whole(error.get("code"))) is not None
        ),
    )


def _content(message: Json) -> Content:
    """The typed content of a message; Unsupported when its body is not of the shape that its type has."""
    type = _text(message.get("type")) or "unknown"
    read = _READERS.get(type)
    content = read(message) if read else None
    return content or Unsupported(type=type, error_codes=_codes(message.get("errors")))


def _read_text(message: Json) -> Content | None:
    body = _text(_dict(message.get("text")).get("body"))
    return Text(body=body) if body is not None else None


def _read_interactive(message: Json) -> Content | None:
    interactive = _dict(message.get("interactive"))
    match interactive.get("type"):
        case "button_reply":
            return _tap(_dict(interactive.get("button_reply")), "button")
        case "list_reply":
            return _tap(_dict(interactive.get("list_reply")), "row")
        case "nfm_reply":
            answers = _dict(interactive.get("nfm_reply")).get("response_json")
            if isinstance(answers, str):
                try:
                    answers = json.loads(answers)
                except (ValueError, RecursionError):
                    return None
            return Form(answers=answers) if isinstance(answers, dict) else None
        case _:
            return None


def _tap(reply: Json, of: Any) -> Content | None:
    id = _text(reply.get("id"))
    return Tap(id=id, title=_text(reply.get("title")) or "", of=of) if id is not None else None


def _read_template_button(message: Json) -> Content | None:
    button = _dict(message.get("button"))
    payload, text = _text(button.get("payload")), _text(button.get("text"))
    if payload is None and text is None:
        return None
    return Tap(id=payload or text or "", title=text or "", of="template")


def _read_media(message: Json) -> Content | None:
    type = message["type"]
    media = _dict(message.get(type))
    errors = _codes(message.get("errors"))
    if not media and not errors:
        return None
    return Media(
        of=type,
        media_id=_text(media.get("id")),
        mime_type=_text(media.get("mime_type")),
        sha256=_text(media.get("sha256")),
        filename=_text(media.get("filename")),
        caption=_text(media.get("caption")),
        voice=media.get("voice") is True,
        error_codes=errors,
    )


def _read_location(message: Json) -> Content | None:
    place = _dict(message.get("location"))
    latitude, longitude = _number(place.get("latitude")), _number(place.get("longitude"))
    if latitude is None or longitude is None:
        return None
    return Location(
        latitude=latitude, longitude=longitude, name=_text(place.get("name")), address=_text(place.get("address"))
    )


def _read_contacts(message: Json) -> Content | None:
    cards = list(_dicts(message.get("contacts")))
    if not cards:
        return None
    phones = (phone for card in cards for phone in _dicts(card.get("phones")))
    names = (_text(_dict(card.get("name")).get("formatted_name")) for card in cards)
    return ContactCards(
        phones=tuple(number for phone in phones if (number := _text(phone.get("phone")) or _phone(phone.get("wa_id")))),
        names=tuple(name for name in names if name),
        requested=any(card.get("origin") == "contact_request" for card in cards),
    )


def _read_reaction(message: Json) -> Content | None:
    reaction = _dict(message.get("reaction"))
    id = _text(reaction.get("message_id"))
    return Reaction(message_id=id, emoji=_text(reaction.get("emoji"))) if id is not None else None


def _read_order(message: Json) -> Content | None:
    order = _dict(message.get("order"))
    if not order:
        return None
    return Order(catalog_id=_text(order.get("catalog_id")), items=len(_list(order.get("product_items"))))


def _read_system(message: Json) -> Content | None:
    system = _dict(message.get("system"))
    change = _text(system.get("type"))
    if change is None:
        return None
    phone = _phone(system.get("wa_id")) or _phone(system.get("new_wa_id"))
    return SystemNotice(change=change, phone=phone, bsuid=_text(system.get("user_id")))


def _read_edit(message: Json) -> Content | None:
    return Changed(change="edit", message_id=_text(_dict(message.get("edit")).get("original_message_id")))


def _read_revoke(message: Json) -> Content | None:
    return Changed(change="revoke", message_id=_text(_dict(message.get("revoke")).get("original_message_id")))


_READERS: dict[str, Callable[[Json], Content | None]] = {
    "text": _read_text,
    "interactive": _read_interactive,
    "button": _read_template_button,
    "location": _read_location,
    "contacts": _read_contacts,
    "reaction": _read_reaction,
    "order": _read_order,
    "system": _read_system,
    "edit": _read_edit,
    "revoke": _read_revoke,
    "request_welcome": lambda _: Welcome(),
    **dict.fromkeys(("image", "video", "document", "audio", "sticker"), _read_media),
}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _dicts(value: Any) -> Iterator[Json]:
    return (item for item in _list(value) if isinstance(item, dict))


def _dict(value: Any) -> Json:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str | None:
    """A text that UTF-8 can carry: JSON may hold lone surrogates, which neither store nor bus takes."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) and value else None


def _phone(value: Any) -> str | None:
    """E.164 from WhatsApp's digits without `+`."""
    digits = _text(value)
    if digits is None:
        return None
    digits = digits.removeprefix("+")
    return f"+{digits}" if digits.isascii() and digits.isdigit() and len(digits) <= 15 else None


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    number = float(value)
    return number if -1e9 < number < 1e9 else None  # refuses nan and infinity, too


def _codes(errors: Any) -> tuple[int, ...]:
    return tuple(code for error in _dicts(errors) if (code := _whole(error.get("code"))) is not None)


def _time(value: Any, received_at: datetime) -> datetime:
    """Seconds since 1970, as text or number, milliseconds guarded against; the time of receipt for anything else."""
    try:
        seconds = int(value)
    except (TypeError, ValueError, OverflowError):
        return received_at
    if seconds > 100_000_000_000:
        seconds //= 1000
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        return received_at


def _digest(piece: Any) -> str:
    text = json.dumps(piece, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
