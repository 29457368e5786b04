"""The channel's limits on what is sent (WhatsApp contract 3.2). A body that breaks one is refused, naming the field."""

from __future__ import annotations

from typing import Any
from unicodedata import category

Json = dict[str, Any]

MEDIA = ("image", "video", "document", "audio", "sticker")


class Refused(Exception):
    """The request is refused with a code of the contract's table 4.2; `details` names the field."""

    def __init__(self, code: int, details: str, subcode: int | None = None) -> None:
        self.code = code
        self.details = details
        self.subcode = subcode
        super().__init__(details)


def check_message(body: Json) -> str:
    """The type of a message body that keeps all limits. Raises Refused."""
    if not (_is_text(body.get("to")) or _is_text(body.get("recipient"))):
        raise Refused(131008, "to or recipient is required")
    _text(body.get("biz_opaque_callback_data", "x"), "biz_opaque_callback_data", 512)
    if body.get("recipient_type", "individual") not in ("individual", "group"):
        raise Refused(131009, "recipient_type is individual or group")
    type = str(body.get("type", "text"))
    if "context" in body:
        _text(_object(body, "context").get("message_id"), "context.message_id", 512)
    if type in MEDIA:
        _media(_object(body, type), type)
    elif type in _CHECKS:
        _CHECKS[type](_object(body, type) if type != "contacts" else body)
        if type == "reaction" and "context" in body:
            raise Refused(131009, "context is not possible with a reaction")
    else:
        raise Refused(131009, f"type {type!r} is not known")
    return type


def _check_text(text: Json) -> None:
    _text(text.get("body"), "text.body", 4096)


def _media(media: Json, type: str) -> None:
    if not (_is_text(media.get("id")) or _is_text(media.get("link"))):
        raise Refused(131008, f"{type}.id or {type}.link is required")
    if "caption" in media:
        if type in ("audio", "sticker"):
            raise Refused(131009, f"{type} has no caption")
        _text(media["caption"], f"{type}.caption", 1024)
    if "link" in media and not str(media["link"]).startswith("https://"):
        raise Refused(131009, f"{type}.link must begin with https://")
    if "filename" in media:
        _text(media["filename"], f"{type}.filename", 240)


def _interactive(interactive: Json) -> None:
    type = interactive.get("type")
    _text(_object(interactive, "body").get("text"), "interactive.body.text", 1024)
    if "footer" in interactive:
        _text(_object(interactive, "footer").get("text"), "interactive.footer.text", 60)
    if "header" in interactive:
        _header(_object(interactive, "header"), type)
    action = _object(interactive, "action")
    if type in _NAMES and action.get("name") != _NAMES[type]:
        raise Refused(131009, f"interactive.action.name is {_NAMES[type]}")
    if type == "button":
        _buttons(action)
    elif type == "list":
        _list(action)
    elif type == "cta_url":
        parameters = _object(action, "parameters")
        _text(parameters.get("display_text"), "interactive.action.parameters.display_text", 20)
        if not str(parameters.get("url", "")).startswith(("http://", "https://")):
            raise Refused(131009, "interactive.action.parameters.url must be a web address")
    elif type == "flow":
        _flow(_object(action, "parameters"))
    elif type not in _NAMES:
        raise Refused(131009, f"interactive.type {type!r} is not known")


_NAMES = {
    "cta_url": "cta_url",
    "flow": "flow",
    "location_request_message": "send_location",
    "request_contact_info": "request_contact_info",
}
"""What the action of a type is called."""


def _header(header: Json, type: Any) -> None:
    kind = header.get("type")
    if kind == "text":
        _text(header.get("text"), "interactive.header.text", 60)
    elif type == "list" or kind not in ("image", "video", "document"):
        raise Refused(131009, "interactive.header.type is not possible here")
    else:
        _media(_object(header, kind), kind)


def _flow(parameters: Json) -> None:
    name = "interactive.action.parameters"
    _text(parameters.get("flow_cta"), f"{name}.flow_cta", 30)
    if any(category(sign) == "So" for sign in parameters["flow_cta"]):
        raise Refused(131009, f"{name}.flow_cta has an emoji")
    if not (_is_text(parameters.get("flow_id")) or _is_text(parameters.get("flow_name"))):
        raise Refused(131008, f"{name}.flow_id or flow_name is required")
    if parameters.get("flow_message_version") != "3":
        raise Refused(131009, f"{name}.flow_message_version is 3")
    _one_of(parameters.get("mode", "published"), f"{name}.mode", "draft", "published")
    _one_of(parameters.get("flow_action", "navigate"), f"{name}.flow_action", "navigate", "data_exchange")
    if parameters.get("flow_action") == "data_exchange":
        return
    payload = _object(parameters, "flow_action_payload")
    _text(payload.get("screen"), f"{name}.flow_action_payload.screen", 512)
    if payload.get("data") == {}:
        raise Refused(131009, f"{name}.flow_action_payload.data is empty; leave it out")


def _buttons(action: Json) -> None:
    buttons = _objects(action.get("buttons"), "interactive.action.buttons", 3)
    for button in buttons:
        _one_of(button.get("type"), "interactive.action.buttons.type", "reply")
    replies = [_object(button, "reply") for button in buttons]
    for reply in replies:
        _text(reply.get("title"), "interactive.action.buttons.reply.title", 20)
        _text(reply.get("id"), "interactive.action.buttons.reply.id", 256)
    _unique([reply["title"] for reply in replies], "interactive.action.buttons.reply.title")
    _unique([reply["id"] for reply in replies], "interactive.action.buttons.reply.id")


def _list(action: Json) -> None:
    _text(action.get("button"), "interactive.action.button", 20)
    sections = _objects(action.get("sections"), "interactive.action.sections", 10)
    rows = [
        row for section in sections for row in _objects(section.get("rows"), "interactive.action.sections.rows", 10)
    ]
    if len(rows) > 10:
        raise Refused(131009, "interactive.action.sections has more than 10 rows in all")
    for section in sections:
        if len(sections) > 1 or "title" in section:
            _text(section.get("title"), "interactive.action.sections.title", 24)
    for row in rows:
        _text(row.get("title"), "interactive.action.sections.rows.title", 24)
        _text(row.get("id"), "interactive.action.sections.rows.id", 200)
        if "description" in row:
            _text(row["description"], "interactive.action.sections.rows.description", 72)
    _unique([row["id"] for row in rows], "interactive.action.sections.rows.id")


def _template(template: Json) -> None:
    _text(template.get("name"), "template.name", 512)
    _text(_object(template, "language").get("code"), "template.language.code", 20)
    for component in _objects(template["components"], "template.components", 20) if "components" in template else []:
        _one_of(component.get("type"), "template.components.type", "header", "body", "button")
        if component["type"] == "button":
            _one_of(component.get("sub_type"), "template.components.sub_type", *_TEMPLATE_BUTTONS)
            if not str(component.get("index", "")).isdecimal():
                raise Refused(131008, "template.components.index is required")
        if "parameters" not in component:
            continue
        for parameter in _objects(component["parameters"], "template.components.parameters", 100):
            text = parameter.get("text")
            if isinstance(text, str) and ("\n" in text or "\t" in text or "     " in text):
                raise Refused(132018, "template.components.parameters.text has a newline, tab or many blanks")


_TEMPLATE_BUTTONS = ("quick_reply", "url", "copy_code", "flow")


def _location(location: Json) -> None:
    for name, most in (("latitude", 90), ("longitude", 180)):
        degrees = location.get(name)
        if isinstance(degrees, bool) or not isinstance(degrees, int | float):
            raise Refused(131008, f"location.{name} is required")
        if not -most <= degrees <= most:
            raise Refused(131009, f"location.{name} is from -{most} to {most}")


def _reaction(reaction: Json) -> None:
    _text(reaction.get("message_id"), "reaction.message_id", 512)
    if not isinstance(reaction.get("emoji"), str):
        raise Refused(131008, "reaction.emoji is required; an empty one removes it")


def _contacts(body: Json) -> None:
    _objects(body.get("contacts"), "contacts", 257)


_CHECKS = {
    "text": _check_text,
    "interactive": _interactive,
    "template": _template,
    "location": _location,
    "reaction": _reaction,
    "contacts": _contacts,
}


def _object(parent: Json, name: str) -> Json:
    value = parent.get(name)
    if not isinstance(value, dict):
        raise Refused(131008, f"{name} is required")
    return value


def _objects(value: Any, name: str, most: int) -> list[Json]:
    if not isinstance(value, list) or not value or not all(isinstance(item, dict) for item in value):
        raise Refused(131008, f"{name} is required")
    if len(value) > most:
        raise Refused(131009, f"{name} has more than {most} entries")
    return value


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _text(value: Any, name: str, most: int) -> None:
    if value is None:
        raise Refused(131008, f"{name} is required")
    if not _is_text(value):
        raise Refused(131009, f"{name} is empty or not a text")
    if len(value) > most:
        raise Refused(131009, f"{name} is longer than {most} characters")


def _one_of(value: Any, name: str, *known: str) -> None:
    if value not in known:
        raise Refused(131009, f"{name} is {' or '.join(known)}")


def _unique(values: list[Any], name: str) -> None:
    if len(set(values)) != len(values):
        raise Refused(131009, f"{name} is not unique")
