"""Webhooks as WhatsApp sends them (WhatsApp contract 1.2, 2.1, 2.4), signed, as whole HTTP requests."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

NUMBER_ID = "100000000000001"
"""The business number; the development settings' own."""


def phone_of(person: int) -> str:
    """The number, as WhatsApp writes it, of the person with this number."""
    return f"26377{person:07}"


def _user_id_of(phone: str) -> str:
    """The business-scoped id beside it."""
    return f"ZW.{int(phone):020}"


def message(person: int, wamid: str, text: str) -> bytes:
    """A text message of a person."""
    phone = phone_of(person)
    user_id = _user_id_of(phone)
    contact = {"wa_id": phone, "user_id": user_id, "profile": {"name": "Tariro Moyo"}}
    content = {
        "from": phone,
        "from_user_id": user_id,
        "id": wamid,
        "timestamp": _timestamp(),
        "type": "text",
        "text": {"body": text},
    }
    return _body(contacts=[contact], messages=[content])


def status(phone: str, wamid: str, word: str, reference: str | None) -> bytes:
    """A delivery status of a message of ours."""
    user_id = _user_id_of(phone)
    content = {
        "id": wamid,
        "status": word,
        "timestamp": _timestamp(),
        "recipient_id": phone,
        "recipient_user_id": user_id,
        "biz_opaque_callback_data": reference,
    }
    return _body(contacts=[{"wa_id": phone, "user_id": user_id}], statuses=[content])


def request(body: bytes, secret: str, path: str = "/webhook") -> bytes:
    """The POST of a webhook, or of a form's question, signed."""
    digest = hmac.digest(secret.encode(), body, hashlib.sha256).hex()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"X-Hub-Signature-256: sha256={digest}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _body(**updates: Any) -> bytes:
    metadata = {"display_phone_number": "263780000000", "phone_number_id": NUMBER_ID}
    value = {"messaging_product": "whatsapp", "metadata": metadata, **updates}
    entry = {"id": "104996122399160", "changes": [{"value": value, "field": "messages"}]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}, separators=(",", ":")).encode()


def _timestamp() -> str:
    return str(int(datetime.now(UTC).timestamp()))
