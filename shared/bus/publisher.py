"""Publishes the outboxes of documents and forgets what every subscriber is known to keep."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from shared.bus.transport import Transport
from shared.kernel.clock import Clock
from shared.kernel.errors import Away
from shared.store.documents import Document, Kind
from shared.store.stores import Stores

log = logging.getLogger(__name__)

SWEEP_SECONDS = 2.0
SWEEP_AGE = timedelta(seconds=5)
"""An outbox entry older than this was left behind by a crash or a broker that was away."""
CLEAR_SECONDS = 1.0
"""Documents in use drop their published entries with their next commit; the others are cleared this late."""


class Publisher:
    """Hands over outbox entries in order, each once as long as this process lives, and sweeps up what was left."""

    def __init__(self, stores: Stores, transport: Transport, clock: Clock) -> None:
        self._stores = stores
        self._transport = transport
        self._clock = clock
        self._handed: set[str] = set()
        self._kept: dict[tuple[Kind[Any], str], set[str]] = defaultdict(set)
        self.oldest_unsent_seconds = 0.0
        """Age of the oldest outbox entry that the last sweep found left behind; 0 when there was none."""

    async def publish(self, kind: Kind[Any], document: Document) -> None:
        """Hand over what of the document's outbox was not handed over yet. Raises Away."""
        fresh = [entry for entry in document.outbox if entry.id not in self._handed]
        if not fresh:
            return
        ids = {entry.id for entry in fresh}
        self._handed |= ids
        try:
            kept = await self._transport.publish(fresh)
        except BaseException:
            self._handed -= ids
            raise
        kept.add_done_callback(self._when_kept(kind, document.id, ids))

    def prune(self, kind: Kind[Any], document: Document) -> None:
        """Before a commit: drop the entries that need no keeping any more."""
        kept = self._kept.pop((kind, document.id), None)
        if kept:
            document.outbox = [entry for entry in document.outbox if entry.id not in kept]
            self._handed -= kept

    async def sweep(self, age: timedelta = SWEEP_AGE) -> None:
        """Publish outbox entries older than `age`."""
        now = self._clock.now()
        oldest = now
        try:
            for kind in self._stores.kinds:
                for document in await self._stores.of(kind).unsent(kind.name, now - age, 200):
                    left = [entry for entry in document.outbox if entry.id not in self._handed]
                    if left:
                        oldest = min(oldest, left[0].occurred_at)
                        await self.publish(kind, document)
        finally:
            # Also when the broker is away, and just then: others must know that something waits.
            self.oldest_unsent_seconds = (now - oldest).total_seconds()

    async def clear(self) -> None:
        """Forget, in the stores, what is known to be kept."""
        kept, self._kept = self._kept, defaultdict(set)
        try:
            await asyncio.gather(
                *(self._stores.of(kind).clear_outbox(kind.name, id, sorted(ids)) for (kind, id), ids in kept.items())
            )
        except Away:
            for key, ids in kept.items():
                self._kept[key] |= ids
            raise
        for ids in kept.values():
            self._handed -= ids

    async def run(self) -> None:
        """Sweep and clear for ever. What an earlier process left behind is published at once."""
        age = timedelta(0)
        next_clear = next_sweep = self._clock.monotonic()
        while True:
            try:
                if self._clock.monotonic() >= next_sweep:
                    await self.sweep(age)
                    age = SWEEP_AGE
                    next_sweep = self._clock.monotonic() + SWEEP_SECONDS
                if self._clock.monotonic() >= next_clear:
                    await self.clear()
                    next_clear = self._clock.monotonic() + CLEAR_SECONDS
            except Away as away:
                log.warning("the sweep waits", extra={"subject": away.subject})
                next_sweep = next_clear = self._clock.monotonic() + SWEEP_SECONDS
            await self._clock.sleep(max(0.05, min(next_clear, next_sweep) - self._clock.monotonic()))

    def _when_kept(self, kind: Kind[Any], id: str, ids: set[str]) -> Callable[[asyncio.Future[None]], None]:
        def note(future: asyncio.Future[None]) -> None:
            if future.cancelled() or future.exception() is not None:
                self._handed -= ids  # nobody kept it for sure: the sweep hands it over again
            else:
                self._kept[kind, id] |= ids

        return note
