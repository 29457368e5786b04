"""RabbitMQ against the suite of all transports, and what only a broker can do: go away and come back."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from shared.bus.rabbit import RabbitTransport
from shared.testing.transport_suite import Transports, TransportSuite


class TestRabbitTransport(TransportSuite):
    @pytest.fixture
    async def transports(self, amqp_url: str) -> AsyncIterator[Transports]:
        made: list[RabbitTransport] = []

        async def make() -> RabbitTransport:
            transport = RabbitTransport(amqp_url, lanes=2)
            await transport.start()
            made.append(transport)
            return transport

        yield make
        for transport in made:
            await transport.stop_consuming(0)
            await transport.close()
