"""The typed content of a person's message (WhatsApp contract 2.3); what has not its type's shape is unsupported."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from services.gateway.domain.wire import (
    Json,
    as_dict,
    as_dicts,
    as_list,
    as_number,
    as_phone,
    as_text,
    codes_of,
)
from shared.contracts.gateway import (
    Changed,
    ContactCards,
    Content,
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


def content_of(message: Json) -> Content:
    """The typed content of a message; Unsupported when its body is not of the shape that its type has."""
    type = as_text(message.get("type")) or "unknown"
    read = _READERS.get(type)
    content = read(message) if read else None
    return content or Unsupported(type=type, error_codes=codes_of(message.get("errors")))


def _read_text(message: Json) -> Content | None:
    body = as_text(as_dict(message.get("text")).get("body"))
    return Text(body=body) if body is not None else None


def _read_interactive(message: Json) -> Content | None:
    interactive = as_dict(message.get("interactive"))
    match interactive.get("type"):
        case "button_reply":
            return _tap(as_dict(interactive.get("button_reply")), "button")
        case "list_reply":
            return _tap(as_dict(interactive.get("list_reply")), "row")
        case "nfm_reply":
            answers = as_dict(interactive.get("nfm_reply")).get("response_json")
            if isinstance(answers, str):
                try:
                    answers = json.loads(answers)
                except (ValueError, RecursionError):
                    return None
            return Form(answers=answers) if isinstance(answers, dict) else None
        case _:
            return None


def _tap(reply: Json, of: Any) -> Content | None:
    id = as_text(reply.get("id"))
    return Tap(id=id, title=as_text(reply.get("title")) or "", of=of) if id is not None else None


def _read_template_button(message: Json) -> Content | None:
    button = as_dict(message.get("button"))
    payload, text = as_text(button.get("payload")), as_text(button.get("text"))
    if payload is None and text is None:
        return None
    return Tap(id=payload or text or "", title=text or "", of="template")


def _read_media(message: Json) -> Content | None:
    type = message["type"]
    media = as_dict(message.get(type))
    errors = codes_of(message.get("errors"))
    if not media and not errors:
        return None
    return Media(
        of=type,
        media_id=as_text(media.get("id")),
        mime_type=as_text(media.get("mime_type")),
        sha256=as_text(media.get("sha256")),
        filename=as_text(media.get("filename")),
        caption=as_text(media.get("caption")),
        voice=media.get("voice") is True,
        error_codes=errors,
    )


def _read_location(message: Json) -> Content | None:
    place = as_dict(message.get("location"))
    latitude, longitude = as_number(place.get("latitude")), as_number(place.get("longitude"))
    if latitude is None or longitude is None:
        return None
    return Location(
        latitude=latitude, longitude=longitude, name=as_text(place.get("name")), address=as_text(place.get("address"))
    )


def _read_contacts(message: Json) -> Content | None:
    cards = list(as_dicts(message.get("contacts")))
    if not cards:
        return None
    phones = (phone for card in cards for phone in as_dicts(card.get("phones")))
    numbers = (as_text(phone.get("phone")) or as_phone(phone.get("wa_id")) for phone in phones)
    names = (as_text(as_dict(card.get("name")).get("formatted_name")) for card in cards)
    return ContactCards(
        phones=tuple(number for number in numbers if number),
        names=tuple(name for name in names if name),
        requested=any(card.get("origin") == "contact_request" for card in cards),
    )


def _read_reaction(message: Json) -> Content | None:
    reaction = as_dict(message.get("reaction"))
    id = as_text(reaction.get("message_id"))
    return Reaction(message_id=id, emoji=as_text(reaction.get("emoji"))) if id is not None else None


def _read_order(message: Json) -> Content | None:
    order = as_dict(message.get("order"))
    if not order:
        return None
    return Order(catalog_id=as_text(order.get("catalog_id")), items=len(as_list(order.get("product_items"))))


def _read_system(message: Json) -> Content | None:
    system = as_dict(message.get("system"))
    change = as_text(system.get("type"))
    if change is None:
        return None
    phone = as_phone(system.get("wa_id")) or as_phone(system.get("new_wa_id"))
    return SystemNotice(change=change, phone=phone, bsuid=as_text(system.get("user_id")))


def _read_edit(message: Json) -> Content | None:
    return Changed(change="edit", message_id=as_text(as_dict(message.get("edit")).get("original_message_id")))


def _read_revoke(message: Json) -> Content | None:
    return Changed(change="revoke", message_id=as_text(as_dict(message.get("revoke")).get("original_message_id")))


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
