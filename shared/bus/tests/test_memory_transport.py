"""The embedded transport against the suite of all transports."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from shared.bus.memory import MemoryTransport
from shared.testing.transport_suite import Inbox, Transports, TransportSuite, dashboard


class TestMemoryTransport(TransportSuite):
    @pytest.fixture
    async def transports(self) -> AsyncIterator[Transports]:
        made: list[MemoryTransport] = []

        async def make() -> MemoryTransport:
            transport = MemoryTransport()
            await transport.start()
            made.append(transport)
            return transport

        yield make
        for transport in made:
            await transport.stop_consuming(0)

    async def expect_redelivery(self, transports: Transports) -> None:
        """Here the outbox is the queue, so what must hold is that the outbox was not told to forget."""
        transport = MemoryTransport()
        await transport.start()
        kept = await transport.publish([dashboard("M-1")])
        inbox = Inbox()
        await transport.consume("reporting", inbox.deliver)
        await transport.stop_consuming(0)
        assert not kept.done() or kept.cancelled()
