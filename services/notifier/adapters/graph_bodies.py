"""The JSON bodies of messages to WhatsApp (WhatsApp contract 3.1, 3.2)."""

from __future__ import annotations

from typing import Any, assert_never

from pydantic import TypeAdapter

from shared.contracts.gateway import Address
from shared.contracts.notifier import Buttons, Choice, ChoiceList, Document, LinkButton, Outgoing, Picture, PlainText

_OUTGOING: TypeAdapter[Outgoing] = TypeAdapter(Outgoing)


def body_of(address: Address, content: dict[str, Any], reference: str, media_id: str | None = None) -> dict[str, Any]:
    """The whole request body. `reference` comes back as `biz_opaque_callback_data` in every status.

    `media_id` is WhatsApp's id of the file of a document or picture, once it is uploaded (contract 3.4).
    """
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        # The number wins over the user id when both are known; without `+` Meta may add its own country code.
        **({"to": address.phone} if address.phone else {"recipient": address.bsuid}),
        "biz_opaque_callback_data": reference,
        **_typed(_OUTGOING.validate_python(content), media_id),
    }


def _typed(content: Outgoing, media_id: str | None) -> dict[str, Any]:
    match content:
        case PlainText():
            return {"type": "text", "text": {"body": content.body, "preview_url": False}}
        case Buttons():
            replies = [
                {"type": "reply", "reply": {"id": choice.id, "title": choice.title}} for choice in content.buttons
            ]
            return _interactive("button", content.body, content.footer, {"buttons": replies})
        case ChoiceList():
            sections = [
                {
                    **({"title": section.title} if section.title else {}),
                    "rows": [_row(row) for row in section.rows],
                }
                for section in content.sections
            ]
            return _interactive("list", content.body, content.footer, {"button": content.open, "sections": sections})
        case LinkButton():
            parameters = {"display_text": content.title, "url": content.url}
            return _interactive("cta_url", content.body, None, {"name": "cta_url", "parameters": parameters})
        case Document():
            caption = {"caption": content.caption} if content.caption else {}
            return {"type": "document", "document": {"id": media_id, "filename": content.file.name, **caption}}
        case Picture():
            caption = {"caption": content.caption} if content.caption else {}
            return {"type": "image", "image": {"id": media_id, **caption}}
        case _:
            assert_never(content)


def _interactive(kind: str, body: str, footer: str | None, action: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "interactive",
        "interactive": {
            "type": kind,
            "body": {"text": body},
            **({"footer": {"text": footer}} if footer else {}),
            "action": action,
        },
    }


def _row(choice: Choice) -> dict[str, str]:
    row = {"id": choice.id, "title": choice.title}
    return {**row, "description": choice.description} if choice.description else row
