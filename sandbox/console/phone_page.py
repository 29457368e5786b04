"""What the phone page is rendered with; the rest it hears from WhatsApp's stand-in by server-sent events."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from sandbox.console.pages import STATIC, page

FAULTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("Refused: too many messages to this person (131056)", {"effect": "code", "code": 131056}),
    ("Refused: too many messages in all (130429)", {"effect": "code", "code": 130429}),
    ("Refused: a fault at WhatsApp (131000)", {"effect": "code", "code": 131000}),
    ("Refused: a parameter is wrong (131009)", {"effect": "code", "code": 131009}),
    ("An error page instead of JSON (502)", {"effect": "html"}),
    ("The connection is cut before it is taken", {"effect": "reset_before"}),
    ("The connection is cut after it is taken", {"effect": "reset_after"}),
    ("The answer comes 30 seconds late", {"effect": "delay", "seconds": 30}),
)
"""Faults of `sandbox/whatsapp/faults.py` by the names under which the page offers them."""

_MODULES = sorted(file.stem for file in (STATIC / "phone").glob("*.js"))


async def phone_page(_: web.Request) -> web.Response:
    return page("phone.html", modules=_MODULES, faults=FAULTS)
