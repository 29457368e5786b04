"""Passes requests on to another service's own port: with a deadline, the service token, and nothing of the hop.

    answer = await self._forward.pass_on(request, "payments", f"/verify/{code}", seconds=5)

Beside routes, since several of them use it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable

import httpx
from aiohttp import web

from shared.http.inside import TOKEN_HEADER
from shared.http.server import problem
from shared.runtime.settings import CommonSettings

log = logging.getLogger(__name__)

_OF_THE_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""RFC 9110 7.6.1: headers of one connection, which no intermediary passes on."""
_REMADE = frozenset({"host", "content-length", "content-encoding", "date", "server"})
_NOT_FROM_STRANGERS = frozenset(
    {TOKEN_HEADER, "accept-encoding", "traceparent", "tracestate", "x-forwarded-for", "forwarded"}
)


class Forward:
    """The way to the other services. Safe for concurrent use; keeps no cookies of anybody."""

    def __init__(self, client: httpx.AsyncClient, common: CommonSettings) -> None:
        self._client = client
        self._common = common

    async def pass_on(
        self, request: web.Request, service: str, path: str, *, seconds: float, body: bytes | None = None
    ) -> web.Response:
        """The service's answer to the same request at `path`, with the caller's query.

        `body` is the raw body where the caller has read it already. 504 when the service takes longer than
        `seconds`, 503 when it cannot be reached; neither says whether the service has acted.
        """
        headers = _kept(request.headers.items(), request.headers.get("connection"), _REMADE | _NOT_FROM_STRANGERS)
        headers.append((TOKEN_HEADER, self._common.service_token.get_secret_value()))
        headers.append(("x-forwarded-for", request.remote or ""))
        content = body if body is not None else await request.read()
        url = httpx.URL(self._common.url_of(service) + path, query=request.rel_url.raw_query_string.encode())
        try:
            async with asyncio.timeout(seconds):
                answer = await self._client.request(request.method, url, content=content, headers=headers)
        except (TimeoutError, httpx.TimeoutException):
            log.warning("a service takes too long", extra={"to": service})
            return problem(504, "The answer takes too long; try again soon.")
        except httpx.HTTPError as error:
            log.warning("a service cannot be reached", extra={"to": service, "reason": type(error).__name__})
            return problem(503, "Something that is needed for this is away; try again soon.", **{"retry-after": "5"})
        response = web.Response(status=answer.status_code, body=answer.content)
        response.headers.popall("content-type", None)
        for name, value in _kept(answer.headers.multi_items(), answer.headers.get("connection"), _REMADE):
            response.headers.add(name, value)
        return response


def _kept(headers: Iterable[tuple[str, str]], connection: str | None, without: frozenset[str]) -> list[tuple[str, str]]:
    """The headers to pass on: not those of the hop, nor those that `Connection` names."""
    named = {name.strip().lower() for name in (connection or "").split(",")}
    return [(name, value) for name, value in headers if name.lower() not in _OF_THE_HOP | named | without]
