"""One service at work: its pipeline, runner, publisher and entry on given stores and a given transport.

The host runs services this way on real servers, the tests on memory and a virtual clock.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from shared.bus.dead_letters import DEAD_LETTERS, DeadLetters
from shared.bus.entry import Entry
from shared.bus.erasure import TOMBSTONES, Erasure
from shared.bus.handlers import declared_in
from shared.bus.pipeline import HANDLED, Pipeline
from shared.bus.publisher import Publisher
from shared.bus.transport import Transport
from shared.kernel.clock import Clock
from shared.kernel.errors import Away
from shared.kernel.ids import Chance
from shared.outcalls.runner import Runner
from shared.runtime.service import Service
from shared.store.stores import Stores
from shared.telemetry.pseudonyms import Pseudonyms
from shared.telemetry.tracing import Tracing

log = logging.getLogger(__name__)

YOUNG_SECONDS = 30.0
"""Ready means that no outbox entry and no due call is older than this."""


class Running:
    """Built in two steps, since a service is wired with the entry that its routes use: `Running(…)`, then `begin`."""

    def __init__(
        self,
        name: str,
        *,
        stores: Stores,
        transport: Transport,
        clock: Clock,
        chance: Chance,
        tracing: Tracing,
        pseudonyms: Pseudonyms,
    ) -> None:
        self.name = name
        self.stores = stores
        self.tracing = tracing
        self._transport = transport
        self._clock = clock
        self._chance = chance
        self._pseudonyms = pseudonyms
        self.dead_letters = DeadLetters(name, stores, clock)
        self.publisher = Publisher(stores, transport, clock)
        self.erasure = Erasure(stores, pseudonyms)
        self.entry = Entry(name, stores, self.publisher, self.dead_letters, self.erasure, clock)
        self._tasks: list[asyncio.Task[None]] = []
        self.service: Service | None = None
        self.pipeline: Pipeline | None = None
        self.runner: Runner | None = None

    async def begin(self, service: Service) -> None:
        """Prepare the stores, then hear, call and publish."""
        handlers, answers = declared_in(service.handlers)
        parts = {
            "settings": service.settings,
            "stores": self.stores,
            "publisher": self.publisher,
            "dead_letters": self.dead_letters,
            "clock": self._clock,
            "chance": self._chance,
            "tracing": self.tracing,
            "erasure": self.erasure,
        }
        self.runner = Runner(service.name, answers, service.calls, **parts)
        self.pipeline = Pipeline(service.name, handlers, pseudonyms=self._pseudonyms, calls=self.runner, **parts)
        self.service = service
        await self.stores.prepare([*service.kinds, HANDLED, DEAD_LETTERS, TOMBSTONES])
        await self._transport.consume(service.name, self.pipeline.deliver)
        for work in (self.publisher.run, self.runner.run):
            self._tasks.append(asyncio.get_running_loop().create_task(work()))

    async def ready(self) -> None:
        """Return when the service can do its work now; raise Away, naming what is missing."""
        if self.pipeline is None or self.runner is None:
            raise Away(self.name)
        if self.pipeline.waiting_for:
            raise Away(self.pipeline.waiting_for)
        await self.stores.ping()
        await self._transport.ready()
        if self.publisher.oldest_unsent_seconds > YOUNG_SECONDS:
            raise Away("the broker, for messages that wait in the outbox")
        if self.runner.oldest_due_seconds > YOUNG_SECONDS:
            raise Away("whoever makes the calls that are due")

    def calls_under_way(self) -> set[asyncio.Task[None]]:
        """The tasks that make outcalls now."""
        return self.runner.under_way() if self.runner else set()

    async def drain(self, seconds: float) -> None:
        """After the transport stopped delivering: finish calls and publishing, then stop."""
        if self.runner is not None:
            await self.runner.drain(seconds)
        await self.entry.drain()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        try:
            await self.publisher.clear()
        except Away:
            log.warning("published outbox entries stay; they will be published again and ignored")
        if self.service is not None and self.service.close is not None:
            await self.service.close()


Make = Callable[[Any], Service]
"""What each `services/<name>/app.py` offers as `make`: wires a service from the host's tools."""
