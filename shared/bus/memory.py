"""The embedded transport: exchange, bindings and lanes in one process, still passing bytes (architecture 4).

It hands over at once and tells later when every subscriber has committed. The outbox in the store is the
queue: what a crash interrupts is published again by the sweep. No lane waits for another service's commit.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence

from shared.bus.envelope import Envelope
from shared.bus.lanes import KeyedTasks
from shared.bus.transport import Deliver
from shared.contracts.topology import EVENTS_HEARD, heard_by
from shared.kernel.errors import Away


class MemoryTransport:
    """One process, all services. Safe for any number of tasks of one event loop."""

    def __init__(self) -> None:
        self._subscribers: dict[str, list[str]] = defaultdict(list)
        for service in EVENTS_HEARD:
            for message in heard_by(service):
                self._subscribers[message.NAME].append(service)
        self._lanes = {service: KeyedTasks() for service in EVENTS_HEARD}
        self._deliver: dict[str, asyncio.Future[Deliver]] = {}
        self._waiting: dict[str, int] = dict.fromkeys(EVENTS_HEARD, 0)
        self._stopped = False

    def services(self) -> set[str]:
        """All services that the contracts know."""
        return set(self._lanes)

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._deliver = {service: loop.create_future() for service in EVENTS_HEARD}

    async def publish(self, envelopes: Sequence[Envelope]) -> asyncio.Future[None]:
        if self._stopped:
            raise Away("the embedded transport")
        kept: list[asyncio.Future[None]] = []
        for envelope in envelopes:
            body = envelope.model_dump_json().encode()
            kept.extend(self._hand_over(service, envelope.key, body) for service in self._subscribers[envelope.type])
        return asyncio.ensure_future(_all_of(kept))

    async def consume(self, service: str, deliver: Deliver) -> None:
        self._deliver[service].set_result(deliver)

    async def stop_consuming(self, seconds: float) -> None:
        self._stopped = True
        await asyncio.gather(*(lane.drain(seconds) for lane in self._lanes.values()))

    async def ready(self) -> None:
        if self._stopped or not self._deliver:
            raise Away("the embedded transport")

    async def backlog(self, service: str) -> int:
        return self._waiting[service]

    async def close(self) -> None:
        self._stopped = True

    def _hand_over(self, service: str, key: str, body: bytes) -> asyncio.Future[None]:
        kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        async def handled() -> None:
            deliver = await self._deliver[service]
            try:
                await deliver(body)
            except BaseException:
                kept.cancel()
                raise
            else:
                kept.set_result(None)
            finally:
                self._waiting[service] -= 1

        self._waiting[service] += 1
        self._lanes[service].submit(key, handled)
        return kept


async def _all_of(kept: Sequence[asyncio.Future[None]]) -> None:
    await asyncio.gather(*kept)
