"""Payments against the Paynow stand-in."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from services.payments.tests.world import World


@pytest.fixture
async def world(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> AsyncIterator[World]:
    """Everything at work; `indirect` parameters are settings of the stand-in."""
    world = World(**getattr(request, "param", {}))
    for name, value in world.environment.items():
        monkeypatch.setenv(name, value)
    async with world:
        await world.open_paynow()
        yield world


@pytest.fixture
async def world_without_paynow(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    """Everything at work but Paynow, where no connection can be made."""
    world = World()
    for name, value in world.environment.items():
        monkeypatch.setenv(name, value)
    async with world:
        yield world
