"""Credex against the credex-core stand-in, with a real Valkey for rate and tokens."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator

import pytest
import redis.asyncio

from services.credex.tests.world import World
from shared.store.redis import connect


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
async def valkey(valkey_url: str) -> AsyncIterator[redis.asyncio.Redis]:
    client = connect(valkey_url)
    await client.flushdb()
    yield client
    await client.aclose()


@pytest.fixture
async def world(
    valkey: redis.asyncio.Redis, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> AsyncIterator[World]:
    """Everything at work; `indirect` parameters are settings of the service, and `down`."""
    world = World(valkey, free_port(), **getattr(request, "param", {}))
    for name, value in world.environment.items():
        monkeypatch.setenv(name, value)
    async with world:
        yield world
