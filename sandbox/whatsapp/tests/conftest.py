"""A running stand-in under `/graph`, on a clock that stands still until it is moved."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from sandbox.whatsapp.tests.gateway import WhatsApp, start


@pytest.fixture
async def whatsapp() -> AsyncIterator[WhatsApp]:
    async with AsyncExitStack() as stack:
        yield await start(stack)
