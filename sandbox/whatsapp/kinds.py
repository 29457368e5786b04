"""A message of each type that a person can send (WhatsApp contract 2.3), without id, sender and time."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

Json = dict[str, Any]

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<<>>"
OGG = b"OggS" + bytes(24) + b"OpusHead"

FILES: dict[str, tuple[str, str, bytes]] = {
    "image": ("image", "image/jpeg", b"\xff\xd8\xff\xe0" + bytes(28)),
    "video": ("video", "video/mp4", b"\x00\x00\x00\x18ftypmp42" + bytes(20)),
    "document": ("document", "application/pdf", PDF),
    "audio": ("audio", "audio/mpeg", b"ID3" + bytes(29)),
    "voice": ("audio", "audio/ogg", OGG),
    "sticker": ("sticker", "image/webp", b"RIFF\x24\x00\x00\x00WEBPVP8 " + bytes(20)),
}
"""Kinds with a file: their type, what it is and its bytes."""

_MORE: dict[str, Json] = {
    "image": {"caption": "Our church"},
    "document": {"filename": "slip.pdf"},
    "audio": {"voice": False},
    "voice": {"voice": True},
    "sticker": {"animated": False},
}


def with_file(kind: str, media_id: str, url: str) -> Json:
    """A message with a file that the stand-in keeps under `media_id`."""
    type, mime_type, content = FILES[kind]
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    told = "audio/ogg; codecs=opus" if kind == "voice" else mime_type
    inner = {"mime_type": told, "sha256": digest, "id": media_id, "url": url, **_MORE.get(kind, {})}
    return {"type": type, type: inner}


def kinds(last_wamid: str) -> dict[str, Json]:
    """The kinds without a file. `last_wamid` is the message of the bot that some of them are about."""
    card = {
        "name": {"formatted_name": "Chipo Dube", "first_name": "Chipo"},
        "phones": [{"phone": "+263 77 333 3333", "type": "CELL", "wa_id": "263773333333"}],
    }
    item = {"product_retailer_id": "candle", "quantity": 2, "item_price": 5, "currency": "USD"}
    advertisement = {
        "source_url": "https://fb.me/1",
        "source_id": "120330000000000",
        "source_type": "ad",
        "headline": "Build with us",
        "body": "Give for the new roof",
        "media_type": "image",
        "image_url": "https://example.org/roof.jpg",
        "ctwa_clid": "Aff-1",
        "welcome_message": {"text": "Hello"},
    }
    product = {"catalog_id": "1", "product_retailer_id": "candle"}
    permission = {"response": "accept", "is_permanent": True, "response_source": "user_action"}
    unsupported = {"code": 131051, "title": "Message type unknown", "message": "Message type unknown"}
    not_fetched = {"code": 131052, "title": "Media download error", "message": "Media download error"}
    return {
        "text": {"type": "text", "text": {"body": "hello"}},
        "forwarded": {"type": "text", "text": {"body": "read this"}, "context": {"forwarded": True}},
        "often_forwarded": {"type": "text", "text": {"body": "read"}, "context": {"frequently_forwarded": True}},
        "referral": {"type": "text", "text": {"body": "hello"}, "referral": advertisement},
        "referred_product": {
            "type": "text",
            "text": {"body": "is it there?"},
            "context": {"id": last_wamid, "referred_product": product},
        },
        "group": {"type": "text", "text": {"body": "hello all"}, "group_id": "Y2FwaV9ncm91cDox"},
        "identity_changed": {
            "type": "system",
            "system": {"body": "User identity changed", "type": "customer_identity_changed"},
            "identity": {"acknowledged": False, "hash": "q3Zk8Lr0aT1="},
        },
        "call_permission": {
            "type": "interactive",
            "interactive": {"type": "call_permission_reply", "call_permission_reply": permission},
        },
        "location": {"type": "location", "location": {"latitude": -17.8292, "longitude": 31.0522, "name": "Harare"}},
        "pin": {"type": "location", "location": {"latitude": -17.8292, "longitude": 31.0522}},
        "contacts": {"type": "contacts", "contacts": [card]},
        "contact_answer": {"type": "contacts", "contacts": [{**card, "origin": "contact_request"}]},
        "reaction": {"type": "reaction", "reaction": {"message_id": last_wamid, "emoji": "\U0001f44d"}},
        "reaction_removed": {"type": "reaction", "reaction": {"message_id": last_wamid}},
        "order": {"type": "order", "order": {"catalog_id": "1", "text": "", "product_items": [item]}},
        "template_button": {
            "type": "button",
            "button": {"payload": "THANKS", "text": "Thanks"},
            "context": {"id": last_wamid},
        },
        "unsupported": {"type": "unsupported", "errors": [unsupported], "unsupported": {"type": "poll"}},
        "media_error": {"type": "video", "video": {"mime_type": "video/mp4"}, "errors": [not_fetched]},
        "welcome": {"type": "request_welcome"},
        "edit": {
            "type": "edit",
            "edit": {"original_message_id": last_wamid, "message": {"type": "text", "text": {"body": "hallo"}}},
        },
        "revoke": {"type": "revoke", "revoke": {"original_message_id": last_wamid}},
        "future": {"type": "hologram", "hologram": {"depth": 3}},
    }
