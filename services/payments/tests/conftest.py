"""Payments against the Paynow stand-in."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import redis.asyncio

from services.payments.tests.world import World
from shared.store.redis import connect


@pytest.fixture
async def client(valkey_url: str) -> AsyncIterator[redis.asyncio.Redis]:
    """Where the circuit around Paynow is kept; a database that nobody else uses, empty."""
    client = connect(valkey_url.rpartition("/")[0] + "/9")
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
