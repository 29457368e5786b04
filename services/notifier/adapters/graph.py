"""Sends messages by the WhatsApp Graph API (WhatsApp contract 3 and 4)."""

from __future__ import annotations

import logging
from typing import Any

import httpx

from services.notifier.adapters.graph_bodies import body_of
from services.notifier.ports import SendAnswer, SendRequest
from shared.outcalls.calls import NotSent, Unclear

log = logging.getLogger(__name__)

WAIT_AND_RETRY: dict[int, float] = {
    1: 5.0,
    2: 1.0,
    4: 30.0,
    130429: 1.0,
    131000: 2.0,
    131016: 1.0,
    131056: 6.0,
    131057: 60.0,
    133004: 1.0,
    2494100: 60.0,
    80007: 60.0,
}
"""Codes after which the same message may be sent again, and the seconds to wait (contract 4.2)."""

OPERATOR: dict[int, float] = {
    0: 60.0,
    3: 60.0,
    10: 60.0,
    190: 60.0,
    131005: 60.0,
    131031: 600.0,
    131037: 60.0,
    131045: 60.0,
    131048: 600.0,
    133010: 60.0,
    368: 600.0,
}
"""Codes that only the operator can mend: keep the message, say so loudly, look again after these seconds."""


class Graph:
    """One business account at the Graph API. Safe for concurrent use."""

    def __init__(self, client: httpx.AsyncClient, url: str, token: str) -> None:
        self._client = client
        self._url = url.rstrip("/")
        self._headers = {"authorization": f"Bearer {token}"}

    async def send(self, request: SendRequest) -> SendAnswer:
        """Hand one message over. Raises NotSent when WhatsApp has certainly not taken it, Unclear otherwise."""
        body = body_of(request.address, request.content, request.reference)
        url = f"{self._url}/{request.address.phone_number_id}/messages"
        try:
            response = await self._client.post(url, json=body, headers=self._headers)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise NotSent(type(error).__name__) from error
        except httpx.HTTPError as error:
            raise Unclear(type(error).__name__) from error
        return _answer_of(response)


def _answer_of(response: httpx.Response) -> SendAnswer:
    try:
        answer: Any = response.json()
    except ValueError as error:
        raise Unclear(f"not JSON, HTTP {response.status_code}") from error
    match answer:
        case {"messages": [{"id": str() as message_id}, *_]}:
            return SendAnswer(message_id=message_id)
        case {"error": {"code": int() as code}}:
            return _refusal(code, response)
        case _:
            raise Unclear(f"an answer of unknown shape, HTTP {response.status_code}")


def _refusal(code: int, response: httpx.Response) -> SendAnswer:
    """Decided by the code alone, never by HTTP status or text (contract 0, rule 12)."""
    wait = WAIT_AND_RETRY.get(code)
    if wait is not None:
        raise NotSent(f"code {code}", retry_after=_retry_after(response) or wait)
    if code in OPERATOR or 200 <= code <= 299:
        log.error("WhatsApp refuses to serve us; the operator must look", extra={"code": code})
        raise NotSent(f"code {code}", retry_after=OPERATOR.get(code, 60.0))
    log.warning("WhatsApp refused a message", extra={"code": code})
    return SendAnswer(code=code)


def _retry_after(response: httpx.Response) -> float | None:
    text = response.headers.get("retry-after", "")
    return float(text) if text.isascii() and text.isdecimal() else None
