"""A running stand-in under `/paynow`, on a clock that stands still until it is moved."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from sandbox.paynow.tests.merchant import Paynow, Starter


@pytest.fixture
async def start() -> AsyncIterator[Starter]:
    async with AsyncExitStack() as stack:
        yield Starter(stack)


@pytest.fixture
async def paynow(start: Starter) -> Paynow:
    return await start()
