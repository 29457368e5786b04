"""How the Graph API says no (WhatsApp contract 4.1), and how a connection breaks."""

from __future__ import annotations

import socket
import struct
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from sandbox.whatsapp.faults import HTTP_BY_CODE
from sandbox.whatsapp.limits import Refused

Json = dict[str, Any]

TITLES = {
    100: "Invalid parameter",
    190: "Access token has expired or is invalid",
    130429: "Rate limit hit",
    131000: "Something went wrong",
    131008: "Required parameter is missing",
    131009: "Parameter value is not valid",
    131021: "Recipient cannot be sender",
    131026: "Message undeliverable",
    131047: "Re-engagement message",
    131053: "Media upload error",
    131056: "(Business Account, Consumer Account) pair rate limit hit",
    131062: "Business-scoped User ID recipients are not supported for this message",
    132000: "Number of parameters does not match the expected number of params",
    132001: "Template name does not exist in the translation",
    132012: "Template parameter format mismatch",
    132015: "Template is paused",
    132016: "Template is disabled",
}


def title_of(code: int) -> str:
    """The title of a code, as errors and failed statuses have it."""
    return TITLES.get(code, "Something went wrong")


def error_answer(refused: Refused, status: int | None = None, headers: Mapping[str, str] | None = None) -> web.Response:
    """The body of the contract's 4.1."""
    code = refused.code
    error: Json = {
        "message": f"(#{code}) {title_of(code)}",
        "type": "OAuthException",
        "code": code,
        "error_data": {"messaging_product": "whatsapp", "details": refused.details},
        "fbtrace_id": "sandbox",
    }
    if refused.subcode is not None:
        error["error_subcode"] = refused.subcode
    return web.json_response({"error": error}, status=status or HTTP_BY_CODE.get(code, 400), headers=headers)


def reset(request: web.Request) -> web.StreamResponse:
    """Cut the connection: whoever sent does not get an answer."""
    if request.transport is not None:
        # Lingering for no time makes the system send RST instead of FIN.
        request.transport.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
        )
        request.transport.abort()
    return web.Response()
