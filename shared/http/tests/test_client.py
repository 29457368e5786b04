"""The client tells apart what certainly did not leave from what may have arrived."""

from __future__ import annotations

import socket

import httpx
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from shared.http.client import make_client
from shared.telemetry.tracing import Tracing, current_traceparent


async def test_a_reset_after_the_request_is_not_called_a_failed_connect() -> None:
    """httpx-aiohttp calls it ConnectTimeout; believed, it sent a message, and would have charged a wallet, twice."""
    arrived = 0

    async def cut(request: web.Request) -> web.Response:
        nonlocal arrived
        arrived += 1
        await request.read()
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    app = web.Application()
    app.router.add_post("/", cut)
    async with TestServer(app) as server, make_client("vendor", 5, tell_trace=False) as client:
        with pytest.raises(httpx.ReadError):
            await client.post(str(server.make_url("/")), content=b"charge")
    assert arrived == 1


async def test_a_refused_connection_is_certain() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    async with make_client("vendor", 5, tell_trace=False) as client:
        with pytest.raises(httpx.ConnectError):
            await client.post(f"http://127.0.0.1:{port}/", content=b"charge")


@pytest.mark.parametrize("tell", [True, False])
async def test_the_trace_is_told_only_to_who_may_know_it(tell: bool) -> None:
    seen: list[str | None] = []

    async def note(request: web.Request) -> web.Response:
        seen.append(request.headers.get("traceparent"))
        return web.Response()

    app = web.Application()
    app.router.add_get("/", note)
    async with TestServer(app) as server, make_client("vendor", 5, tell_trace=tell) as client:
        with Tracing("test").span("call"):
            here = current_traceparent()
            await client.get(str(server.make_url("/")))
    assert seen == [here if tell else None]
