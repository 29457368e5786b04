"""The typed content of a person's message (WhatsApp contract 2.3); what has not its type's shape is unsupported."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from services.gateway.domain.wire import (
    Json,
    as_decimal,
    as_dict,
    as_dicts,
    as_list,
    as_moment,
    as_number,
    as_phone,
    as_plain,
    as_text,
    as_whole,
    problems_of,
)
from shared.contracts.gateway import (
    CallPermission,
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
from shared.contracts.gateway_parts import CardPhone, ContactCard, OrderedItem

NOT_HANDED_OVER = frozenset({"unsupported", "unknown"})
"""WhatsApp's own words for what it keeps to itself: polls, view-once pictures and more."""


def content_of(message: Json) -> Content:
    """The typed content of a message; Unsupported when its body is not of the shape that its type has."""
    type = as_text(message.get("type")) or "unknown"
    read = _READERS.get(type)
    content = read(message) if read else None
    return content or Unsupported(
        type=type,
        subtype=as_text(as_dict(message.get("unsupported")).get("type")),
        error_codes=_codes(message),
    )


def _codes(message: Json) -> tuple[int, ...]:
    return tuple(problem.code for problem in problems_of(message.get("errors")))


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
            return _form(as_dict(interactive.get("nfm_reply")))
        case "call_permission_reply":
            return _call_permission(as_dict(interactive.get("call_permission_reply")))
        case _:
            return None


def _form(reply: Json) -> Content | None:
    answers = reply.get("response_json")
    if isinstance(answers, str):
        try:
            answers = json.loads(answers)
        except (ValueError, RecursionError):
            return None
    if not isinstance(answers, dict):
        return None
    return Form(answers=as_plain(answers), name=as_text(reply.get("name")), body=as_text(reply.get("body")))


def _call_permission(reply: Json) -> Content | None:
    response = as_text(reply.get("response"))
    if response is None:
        return None
    return CallPermission(
        accepted=response == "accept",
        permanent=reply.get("is_permanent") is True,
        expires_at=as_moment(reply.get("expiration_timestamp")),
        source=as_text(reply.get("response_source")),
    )


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
    errors = _codes(message)
    media_id, url = as_text(media.get("id")), as_text(media.get("url"))
    if media_id is None and url is None and not errors:
        return None
    return Media(
        of=type,
        media_id=media_id,
        url=url,
        mime_type=as_text((as_text(media.get("mime_type")) or "").partition(";")[0].strip().lower()),
        sha256=as_text(media.get("sha256")),
        filename=as_text(media.get("filename")),
        caption=as_text(media.get("caption")),
        voice=media.get("voice") is True,
        animated=media.get("animated") is True,
        error_codes=errors,
    )


def _read_location(message: Json) -> Content | None:
    place = as_dict(message.get("location"))
    latitude, longitude = as_number(place.get("latitude")), as_number(place.get("longitude"))
    if latitude is None or longitude is None:
        return None
    words = {name: as_text(place.get(name)) for name in ("name", "address", "url")}
    return Location(latitude=latitude, longitude=longitude, **words)


def _read_contacts(message: Json) -> Content | None:
    cards = tuple(_card(card) for card in as_dicts(message.get("contacts")))
    if not cards:
        return None
    numbers = (phone.phone or phone.whatsapp for card in cards for phone in card.phones)
    return ContactCards(
        phones=tuple(number for number in numbers if number),
        names=tuple(card.name for card in cards if card.name),
        requested=any(card.origin == "contact_request" for card in cards),
        cards=cards,
    )


def _card(card: Json) -> ContactCard:
    name = as_dict(card.get("name"))
    origin = card.get("origin")
    return ContactCard(
        name=as_text(name.get("formatted_name")),
        first_name=as_text(name.get("first_name")),
        last_name=as_text(name.get("last_name")),
        phones=tuple(
            CardPhone(
                phone=as_text(phone.get("phone")),
                whatsapp=as_phone(phone.get("wa_id")),
                type=as_text(phone.get("type")),
            )
            for phone in as_dicts(card.get("phones"))
        ),
        emails=_texts(card.get("emails"), "email"),
        addresses=_texts(card.get("addresses"), "street", "city", "state", "zip", "country"),
        urls=_texts(card.get("urls"), "url"),
        organisation=as_text(as_dict(card.get("org")).get("company")),
        birthday=as_text(card.get("birthday")),
        origin=origin if origin in ("contact_request", "other") else None,
        vcard=as_text(card.get("vcard")),
    )


def _texts(values: Any, *names: str) -> tuple[str, ...]:
    """Of each object in a list the members of these names on one line."""
    lines = (", ".join(text for name in names if (text := as_text(value.get(name)))) for value in as_dicts(values))
    return tuple(line for line in lines if line)


def _read_reaction(message: Json) -> Content | None:
    reaction = as_dict(message.get("reaction"))
    id = as_text(reaction.get("message_id"))
    return Reaction(message_id=id, emoji=as_text(reaction.get("emoji"))) if id is not None else None


def _read_order(message: Json) -> Content | None:
    order = as_dict(message.get("order"))
    if not order:
        return None
    items = as_list(order.get("product_items"))
    return Order(
        catalog_id=as_text(order.get("catalog_id")),
        items=len(items),
        text=as_text(order.get("text")),
        lines=tuple(
            OrderedItem(
                product_id=as_text(item.get("product_retailer_id")),
                quantity=as_whole(item.get("quantity")),
                price=as_decimal(item.get("item_price")),
                currency=as_text(item.get("currency")),
            )
            for item in as_dicts(items)
        ),
    )


def _read_system(message: Json) -> Content | None:
    system = as_dict(message.get("system"))
    change = as_text(system.get("type"))
    if change is None:
        return None
    identity = as_dict(system.get("identity")) or as_dict(message.get("identity"))
    return SystemNotice(
        change=change,
        phone=as_phone(system.get("wa_id")) or as_phone(system.get("new_wa_id")),
        bsuid=as_text(system.get("user_id")),
        body=as_text(system.get("body")),
        identity_hash=as_text(identity.get("hash")),
    )


def _read_edit(message: Json) -> Content | None:
    edit = as_dict(message.get("edit"))
    id = as_text(edit.get("original_message_id"))
    now = as_dict(edit.get("message"))
    inner = as_dict(now.get(as_text(now.get("type")) or ""))
    text = as_text(inner.get("body")) or as_text(inner.get("caption"))
    return Changed(change="edit", message_id=id, text=text) if id is not None else None


def _read_revoke(message: Json) -> Content | None:
    id = as_text(as_dict(message.get("revoke")).get("original_message_id"))
    return Changed(change="revoke", message_id=id) if id is not None else None


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
