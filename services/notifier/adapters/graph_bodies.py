"""The JSON bodies of messages to WhatsApp, one builder per kind (WhatsApp contract 3.1, 3.2).

The limits of each kind are those of its class in the published language: what breaks one cannot be made.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, assert_never

from pydantic import TypeAdapter

from shared.contracts.gateway import Address
from shared.contracts.notifier import (
    Buttons,
    Choice,
    ChoiceList,
    ContactRequest,
    Document,
    FlowButton,
    LinkButton,
    Outgoing,
    Picture,
    PlainText,
    Template,
    TemplateName,
)

Json = dict[str, Any]

OUTGOING: TypeAdapter[Outgoing] = TypeAdapter(Outgoing)


class Bodies:
    """Builds request bodies. `templates` says what our templates are called at WhatsApp."""

    def __init__(self, templates: Mapping[TemplateName, str], language: str) -> None:
        self._templates = templates
        self._language = language

    def of(self, address: Address, content: Outgoing, reference: str, media_id: str | None) -> Json:
        """The whole request body. `reference` comes back as `biz_opaque_callback_data` in every status.

        `media_id` is WhatsApp's id of the content's file, once it is uploaded (contract 3.4).
        """
        return {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            # The number wins over the user id when both are known; without `+` Meta may add its own country code.
            **({"to": address.phone} if address.phone else {"recipient": address.bsuid}),
            "biz_opaque_callback_data": reference,
            **self._typed(content, media_id),
        }

    def template_of(self, content: Outgoing) -> str | None:
        """WhatsApp's name of the template that the content is, None when it is none."""
        return self.name_of(content.name) if isinstance(content, Template) else None

    def name_of(self, template: TemplateName) -> str:
        """WhatsApp's name of a template of ours."""
        return self._templates[template]

    def _typed(self, content: Outgoing, media_id: str | None) -> Json:  # noqa: PLR0911 one line per kind reads best
        match content:
            case PlainText():
                return {"type": "text", "text": {"body": content.body, "preview_url": False}}
            case Buttons():
                return _interactive("button", content.body, content.footer, _buttons(content))
            case ChoiceList():
                return _interactive("list", content.body, content.footer, _list(content))
            case LinkButton():
                parameters = {"display_text": content.title, "url": content.url}
                return _interactive("cta_url", content.body, None, {"name": "cta_url", "parameters": parameters})
            case FlowButton():
                return _interactive("flow", content.body, None, _flow(content))
            case ContactRequest():
                return _interactive("request_contact_info", content.body, None, {"name": "request_contact_info"})
            case Document():
                caption = {"caption": content.caption} if content.caption else {}
                return {"type": "document", "document": {"id": media_id, "filename": content.file.name, **caption}}
            case Picture():
                caption = {"caption": content.caption} if content.caption else {}
                return {"type": "image", "image": {"id": media_id, **caption}}
            case Template():
                return {"type": "template", "template": self._template(content, media_id)}
            case _:
                assert_never(content)

    def _template(self, template: Template, media_id: str | None) -> Json:
        words = [{"type": "text", "text": _on_one_line(parameter)} for parameter in template.parameters]
        components: list[Json] = [{"type": "body", "parameters": words}]
        if template.file is not None:
            document = {"id": media_id, "filename": template.file.name}
            components.insert(0, {"type": "header", "parameters": [{"type": "document", "document": document}]})
        if template.name == "sign_in_code":
            # An authentication template shows the code and has a button that copies it: the code goes to both.
            components.append({"type": "button", "sub_type": "url", "index": "0", "parameters": words})
        return {"name": self.name_of(template.name), "language": {"code": self._language}, "components": components}


def read_mark(message_id: str, *, typing: bool) -> Json:
    """Marks a message and those before it as read; `typing` shows that an answer is coming."""
    body: Json = {"messaging_product": "whatsapp", "status": "read", "message_id": message_id}
    return {**body, "typing_indicator": {"type": "text"}} if typing else body


def _on_one_line(text: str) -> str:
    """Line breaks, tabs and rows of blanks are refused in parameters, sometimes after the 200 (contract 3.2)."""
    return " ".join(text.split())


def _interactive(kind: str, body: str, footer: str | None, action: Json) -> Json:
    return {
        "type": "interactive",
        "interactive": {
            "type": kind,
            "body": {"text": body},
            **({"footer": {"text": footer}} if footer else {}),
            "action": action,
        },
    }


def _buttons(content: Buttons) -> Json:
    replies = [{"type": "reply", "reply": {"id": choice.id, "title": choice.title}} for choice in content.buttons]
    return {"buttons": replies}


def _list(content: ChoiceList) -> Json:
    sections = [
        {**({"title": section.title} if section.title else {}), "rows": [_row(row) for row in section.rows]}
        for section in content.sections
    ]
    return {"button": content.open, "sections": sections}


def _row(choice: Choice) -> dict[str, str]:
    row = {"id": choice.id, "title": choice.title}
    return {**row, "description": choice.description} if choice.description else row


def _flow(content: FlowButton) -> Json:
    parameters: Json = {
        "flow_message_version": "3",
        "flow_token": content.token,
        "flow_id": content.flow_id,
        "flow_cta": content.title,
        **({"mode": "draft"} if content.draft else {}),
    }
    if content.screen is None:
        return {"name": "flow", "parameters": {**parameters, "flow_action": "data_exchange"}}
    # `data` may be missing but not be `{}` (contract 3.2).
    payload = {"screen": content.screen, **({"data": content.data} if content.data else {})}
    return {
        "name": "flow",
        "parameters": {**parameters, "flow_action": "navigate", "flow_action_payload": payload},
    }
