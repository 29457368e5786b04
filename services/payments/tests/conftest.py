"""Payments against the Paynow stand-in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import aiohttp
import pytest
import redis.asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from services.payments.adapters.paynow import Paynow
from services.payments.ports import Integration
from services.payments.tests.script import Script
from services.payments.tests.world import USD_KEY, World, listener, serve
from shared.http.breaker import Breaker
from shared.http.client import make_client
from shared.kernel.clock import VirtualClock
from shared.store.redis import connect as connect_redis


@pytest.fixture
async def client(valkey_url: str) -> AsyncIterator[redis.asyncio.Redis]:
    """Where the circuit around Paynow is kept; a database that nobody else uses, empty."""
    client = connect_redis(valkey_url.rpartition("/")[0] + "/9")
    await client.flushdb()
    yield client
    await client.aclose()


@pytest.fixture
async def world(
    client: redis.asyncio.Redis, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> AsyncIterator[World]:
    """Everything at work; `indirect` parameters are those of World."""
    world = World(client, **getattr(request, "param", {}))
    for name, value in world.environment.items():
        monkeypatch.setenv(name, value)
    async with world:
        await world.open_paynow()
        yield world


@pytest.fixture
async def world_without_paynow(client: redis.asyncio.Redis, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    """Everything at work but Paynow, where no connection can be made."""
    world = World(client)
    for name, value in world.environment.items():
        monkeypatch.setenv(name, value)
    async with world:
        yield world


@pytest.fixture
async def page(world: World) -> AsyncIterator[aiohttp.ClientSession]:
    """Payments' own HTTP, asked by somebody who has still to show the service token."""
    routes = world.harness.services["payments"].routes
    assert routes is not None
    app = web.Application()
    routes(app)
    async with TestServer(app) as server, aiohttp.ClientSession(server.make_url("/")) as http:
        yield http


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        yield stack


@pytest.fixture
async def script(stack: AsyncExitStack) -> Script:
    script = Script()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", script.answer)
    script.origin = await serve(app, listener(), stack)
    return script


@pytest.fixture
def connect(stack: AsyncExitStack, client: redis.asyncio.Redis) -> Callable[..., Awaitable[Paynow]]:
    async def connect(origin: str, key: str = USD_KEY, seconds: float = 5) -> Paynow:
        http = await stack.enter_async_context(make_client("paynow", seconds, tell_trace=False))
        integration = Integration(30101, SecretStr(key), "treasurer@example.org")
        breaker = Breaker("payments:paynow", client, VirtualClock())
        return Paynow(http, origin, "https://give.example.org/", {"USD": integration}, breaker)

    return connect
