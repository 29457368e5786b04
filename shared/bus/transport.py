"""The port of all transports: a topic exchange with one queue per lane of each service.

Two implementations: `shared.bus.rabbit` and, in one process, `shared.bus.memory`. One suite, in
`shared.testing.transport_suite`, holds both to what is said here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from shared.bus.envelope import Envelope

Deliver = Callable[[bytes], Awaitable[None]]
"""Handles one message as it came over the wire. It returns when the message may be acknowledged; it raises only
when cancelled, and then the message will be delivered again."""


class Transport(Protocol):
    """Moves envelopes, at least once, in order per key and publisher; it may repeat, it never invents or drops."""

    async def start(self) -> None:
        """Connect and declare the whole topology, of all services; returns when publishing is possible.

        Later losses of the connection are mended in the background, consumers included.
        """

    async def publish(self, envelopes: Sequence[Envelope]) -> asyncio.Future[None]:
        """Hand envelopes over in this order; raises `Away` when they could not be handed over.

        When it returns, whoever holds them in an outbox may acknowledge what caused them. The future is done once
        every subscriber's queue keeps them (RabbitMQ: at once, the broker confirmed) or every subscriber has
        handled them (in one process): then the outbox may forget them.
        """

    async def consume(self, service: str, deliver: Deliver) -> None:
        """Begin to deliver the service's messages: per key one at a time and in order, keys side by side.

        No delivery before publishing is possible.
        """

    async def stop_consuming(self, seconds: float) -> None:
        """Take no new messages; wait up to `seconds` for those in hand, cancel the rest."""

    async def ready(self) -> None:
        """Return when connected and consuming as asked; raise Away otherwise."""

    async def backlog(self, service: str) -> int:
        """How many messages wait in the service's queues."""

    async def close(self) -> None: ...
