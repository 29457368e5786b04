"""How a service turns something that arrived by HTTP into messages: persist, then answer (architecture 4)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from shared.bus.dead_letters import DeadLetters
from shared.bus.outbox import say
from shared.bus.publisher import Publisher
from shared.bus.work import Missing
from shared.contracts.base import Message
from shared.kernel.clock import Clock
from shared.kernel.errors import Away
from shared.store.documents import Conflict, Document, Kind, NotUnique, State
from shared.store.stores import Stores
from shared.telemetry.tracing import current_traceparent, trace_id_of

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Arrival:
    """One thing that arrived: kept as document `id` (its content id) of `kind`, once, and said as `messages`."""

    kind: Kind[Any]
    id: str
    state: BaseModel
    messages: Sequence[Message]


class Entry:
    """The edge of the bus for a service's HTTP routes, with reads and changes of its own documents."""

    def __init__(
        self, service: str, stores: Stores, publisher: Publisher, dead_letters: DeadLetters, clock: Clock
    ) -> None:
        self._service = service
        self._dead_letters = dead_letters
        self._stores = stores
        self._publisher = publisher
        self._clock = clock
        self._tasks: set[asyncio.Task[None]] = set()

    async def accept(self, arrivals: Sequence[Arrival]) -> int:
        """Write those arrivals that are new, all in one round trip with fsync; returns how many were new.

        All are of one home. Their messages are published afterwards, in the background and until it succeeds: a
        broker that is away does not matter here. Raises Away when the store is: then nothing is promised.
        """
        if not arrivals:
            return 0
        documents = [self._document(arrival) for arrival in arrivals]
        kinds = {arrival.kind.name: arrival.kind for arrival in arrivals}
        written = await self._stores.of(arrivals[0].kind).create(documents, now=self._clock.now())
        new = [document for document, fresh in zip(documents, written, strict=True) if fresh]
        if new:
            self._in_background(kinds, new)
        return len(new)

    async def read(self, kind: Kind[State], ids: Sequence[str]) -> dict[str, State]:
        """The states of those documents of the service that exist, by id."""
        documents = await asyncio.gather(*(self._stores.load(kind, id) for id in ids))
        return {document.id: kind.state.model_validate(document.state) for document in documents if document.version}

    async def find(
        self, kind: Kind[State], where: Mapping[str, Any], *, order: str | None = None, limit: int = 100, skip: int = 0
    ) -> list[State]:
        """Documents' states by indexed fields, as the store's `find`."""
        found = await self._stores.find(kind, where, order=order, limit=limit, skip=skip)
        return [kind.state.model_validate(state) for state in found]

    async def stream(
        self, kind: Kind[State], where: Mapping[str, Any], *, order: str | None = None
    ) -> AsyncIterator[list[State]]:
        """As `find`, but all of them, in batches."""
        async for batch in self._stores.of(kind).stream(kind.name, where, order=order):
            yield [kind.state.model_validate(state) for state in batch]

    async def sums(
        self, kind: Kind[Any], where: Mapping[str, Any], *, by: Sequence[str], of: str
    ) -> list[tuple[tuple[Any, ...], int, int]]:
        """Count and sum per group, as the store's `sums`."""
        return await self._stores.sums(kind, where, by=by, of=of)

    async def create(
        self, kind: Kind[State], states: Mapping[str, State], messages: Sequence[Message] = ()
    ) -> set[str]:
        """Write those documents that don't exist yet; returns the ids written, each of which says the messages."""
        documents = [self._document(Arrival(kind, id, state, messages)) for id, state in states.items()]
        written = await self._stores.of(kind).create(documents, now=self._clock.now())
        new = [document for document, fresh in zip(documents, written, strict=True) if fresh]
        if new and messages:
            self._in_background({kind.name: kind}, new)
        return {document.id for document in new}

    async def change(self, kind: Kind[State], id: str, function: Callable[[State], Sequence[Message]]) -> State:
        """Change one document in place and say the messages returned; `function` runs again on a lost race.

        Raises Missing when there is no such document. Returns the state as committed.
        """
        while True:
            document = await self._stores.load(kind, id)
            if not document.version:
                raise Missing(kind.name, id)
            state = kind.state.model_validate(document.state)
            messages = function(state)
            document.state = state.model_dump(mode="json")
            self._publisher.prune(kind, document)
            say(document, messages, source=self._service, now=self._clock.now())
            try:
                await self._stores.commit(kind, document, now=self._clock.now())
            except (Conflict, NotUnique):
                continue
            self._in_background({kind.name: kind}, [document])
            return state

    async def bury(self, place: str, reason: str, body: bytes) -> None:
        """Keep as a dead letter what arrived and cannot be read. Raises Away."""
        trace_id = trace_id_of(current_traceparent())
        await self._dead_letters.record(handler=place, reason=reason, body=body, trace_id=trace_id)

    async def drain(self) -> None:
        """Wait until what was accepted is handed over, or left to the sweep."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    def _document(self, arrival: Arrival) -> Document:
        document = Document(arrival.kind.name, arrival.id, state=arrival.state.model_dump(mode="json"))
        say(document, arrival.messages, source=self._service, now=self._clock.now())
        return document

    def _in_background(self, kinds: Mapping[str, Kind[Any]], documents: Sequence[Document]) -> None:
        task = asyncio.get_running_loop().create_task(self._publish(kinds, documents))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _publish(self, kinds: Mapping[str, Kind[Any]], documents: Sequence[Document]) -> None:
        try:
            for document in documents:
                await self._publisher.publish(kinds[document.kind], document)
        except Away as away:
            log.warning("the sweep will publish", extra={"subject": away.subject})
