"""Fixtures: the conversation service in memory, and people who talk with it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from services.conversation.tests.core import CredexTalk
from services.conversation.tests.talk import ENVIRONMENT, Talk, make
from shared.testing.harness import Harness


@pytest.fixture
def environment() -> dict[str, str]:
    """Settings beyond the usual ones; modules and classes of tests say their own."""
    return {}


@pytest.fixture
async def harness(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]) -> AsyncIterator[Harness]:
    for name, value in {**ENVIRONMENT, **environment}.items():
        monkeypatch.setenv(name, value)
    async with Harness({"conversation": make}) as harness:
        yield harness


@pytest.fixture
def tariro(harness: Harness) -> Talk:
    return Talk(harness)


@pytest.fixture
def person(harness: Harness) -> CredexTalk:
    """Somebody who trades; the module's `environment` switches credex on."""
    return CredexTalk(harness)


@pytest.fixture
def nyasha(harness: Harness) -> Talk:
    """Another donor."""
    return Talk(harness, "+263772222222")


@pytest.fixture
def rudo(harness: Harness) -> Talk:
    """Staff."""
    return Talk(harness, "+263773000001")
