"""Runs services on memory and a virtual clock, under chaos: every message comes twice, some publishes fail first.

    async with Harness({"payments": make}, settings) as harness:
        await harness.say(RequestPayment(...))
        assert harness.only(PaymentInitiated).amount == ...
        await harness.advance(30)

Whatever a test shows here, it shows with each message handled twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx
import pytest
import redis.asyncio
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared.bus.envelope import Envelope
from shared.bus.memory import MemoryTransport
from shared.bus.transport import Deliver
from shared.contracts.base import Message
from shared.http.client import make_client
from shared.kernel.clock import VirtualClock
from shared.kernel.errors import Away
from shared.kernel.ids import Chance, new_id, seeded_chance
from shared.runtime.running import Make, Running
from shared.runtime.service import Service, Tools
from shared.runtime.settings import CommonSettings
from shared.store.documents import Document, Kind, State
from shared.store.memory import MemoryStore
from shared.store.stores import Stores
from shared.telemetry.pseudonyms import Pseudonyms
from shared.telemetry.tracing import Tracing

M = TypeVar("M", bound=Message)

BUSY_TURNS = 2000
"""Turns of the loop after which a harness that is still busy is taken to hang."""


def common_settings() -> CommonSettings:
    """Settings that every service needs, for tests; the URLs lead nowhere."""
    return CommonSettings.model_validate(
        {
            "debug": True,
            "mongo_url": "mongodb://nowhere.invalid",
            "redis_url": "redis://nowhere.invalid",
            "log_hash_key": "test",
            "service_token": "test",
        }
    )


def in_memory() -> Stores:
    """Stores that are lost with the process."""
    return Stores(MemoryStore(), MemoryStore())


class ChaoticTransport(MemoryTransport):
    """The embedded transport, but every message comes twice and one publish in ten fails at first."""

    def __init__(self, chance: Chance) -> None:
        super().__init__()
        self._chance = chance
        self.published: list[Envelope] = []
        self._ids: set[str] = set()

    async def publish(self, envelopes: Sequence[Envelope]) -> asyncio.Future[None]:
        if self._chance.uniform(0, 1) < 0.1:
            raise Away("the broker, by chaos")
        for envelope in envelopes:
            if envelope.id not in self._ids:
                self._ids.add(envelope.id)
                self.published.append(envelope)
        return await super().publish(envelopes)

    async def consume(self, service: str, deliver: Deliver) -> None:
        async def twice(body: bytes) -> None:
            await deliver(body)
            await deliver(body)

        await super().consume(service, twice)


class Harness:
    """The named services at work in memory. `wrap` may change a wired service before it begins, `stores` put real ones
    in the place of memory.

    Services that are not named hear nothing: what is said to them stays visible in `said`.
    """

    def __init__(
        self,
        makes: Mapping[str, Make],
        *,
        wrap: Callable[[Service], Service] = lambda service: service,
        redis: redis.asyncio.Redis | None = None,
        common: CommonSettings | None = None,
        stores: Callable[[], Stores] = in_memory,
        seed: int = 1,
    ) -> None:
        self._makes = makes
        self._stores = stores
        self._wrap = wrap
        self._redis = redis
        self._common = common or common_settings()
        self._clients: list[httpx.AsyncClient] = []
        self._chance = seeded_chance(seed)
        self._spans = InMemorySpanExporter()
        self.clock = VirtualClock()
        self.transport = ChaoticTransport(self._chance)
        self.running: dict[str, Running] = {}
        self.services: dict[str, Service] = {}

    async def __aenter__(self) -> Self:
        await self.transport.start()
        for name, make in self._makes.items():
            running = self.running[name] = Running(
                name,
                stores=self._stores(),
                transport=self.transport,
                clock=self.clock,
                chance=self._chance,
                tracing=Tracing(name, SimpleSpanProcessor(self._spans)),
                pseudonyms=Pseudonyms("test"),
            )
            tools = Tools(
                common=self._common,
                clock=self.clock,
                chance=self._chance,
                http=self._client,
                redis=self._redis or redis.asyncio.Redis(host="nowhere.invalid"),
                entry=lambda service: self.running[service].entry,
            )
            self.services[name] = self._wrap(make(tools))
            await running.begin(self.services[name])
        for name in self.transport.services() - self._makes.keys():
            await self.transport.consume(name, _ignore)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.transport.stop_consuming(0)
        for running in self.running.values():
            await running.drain(0)
        for running in self.running.values():
            await running.stores.close()
        for client in self._clients:
            await client.aclose()

    async def say(self, *messages: Message) -> list[Envelope]:
        """Publish messages as if another service had said them, and wait until all is quiet."""
        envelopes = []
        for message in messages:
            id = new_id("E", self._chance)
            envelopes.append(
                Envelope(
                    id=id,
                    type=message.NAME,
                    version=message.VERSION,
                    key=message.lane_key,
                    source="test",
                    occurred_at=self.clock.now(),
                    correlation_id=id,
                    data=message.model_dump(mode="json"),
                )
            )
        while True:
            try:
                await self.transport.publish(envelopes)
                break
            except Away:
                continue
        await self.settle()
        return envelopes

    async def settle(self) -> None:
        """Wait until no message is in hand and no call under way. Short retries of the pipeline are let pass."""
        for turn in range(BUSY_TURNS):
            for _ in range(20):
                await asyncio.sleep(0)
            if self._stores is not in_memory:
                await asyncio.sleep(0.002)  # real ones answer in real time
            if not await self._busy():
                return
            calls = [task for running in self.running.values() for task in running.calls_under_way()]
            if calls:
                # A vendor's stand-in answers over real HTTP, in real time.
                await asyncio.wait(calls, timeout=0.02)
            if turn % 5 == 4:
                await self.clock.advance(0.11)
        raise AssertionError("the services are still busy: a handler hangs or repeats for ever")

    async def advance(self, seconds: float, step: float = 0.5) -> None:
        """Let time pass, in steps short enough for the runner to look and for calls to be made at their time."""
        passed = 0.0
        while passed < seconds:
            await self.clock.advance(min(step, seconds - passed))
            passed += step
            await self.settle()

    @property
    def said(self) -> list[Envelope]:
        """Every message published so far, each once, in order."""
        return self.transport.published

    @property
    def spans(self) -> list[ReadableSpan]:
        """Every span that ended so far."""
        return list(self._spans.get_finished_spans())

    def all(self, message: type[M]) -> list[M]:
        """All messages of a type that were said."""
        return [message.model_validate(envelope.data) for envelope in self.said if envelope.type == message.NAME]

    def only(self, message: type[M]) -> M:
        """The one message of a type; fails when there is none or another."""
        found = self.all(message)
        assert len(found) == 1, f"{len(found)} × {message.NAME}; said: {[envelope.type for envelope in self.said]}"
        return found[0]

    def last(self, message: type[M]) -> M:
        """The latest message of a type."""
        found = self.all(message)
        assert found, f"no {message.NAME}; said: {[envelope.type for envelope in self.said]}"
        return found[-1]

    async def state(self, service: str, kind: Kind[State], id: str) -> State | None:
        """The stored state of a document."""
        document = await self.running[service].stores.load(kind, id)
        return kind.state.model_validate(document.state) if document.version else None

    def documents(self, service: str, kind: Kind[Any]) -> list[Document]:
        """All documents of a kind."""
        store = self.running[service].stores.of(kind)
        assert isinstance(store, MemoryStore)
        return store.all(kind.name)

    def _client(self, peer: str, seconds: float, tell_trace: bool) -> httpx.AsyncClient:
        client = make_client(peer, seconds, tell_trace=tell_trace)
        self._clients.append(client)
        return client

    async def _busy(self) -> bool:
        for name, running in self.running.items():
            if await self.transport.backlog(name) or running.calls_under_way():
                return True
        return False


def look_every(seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let runner and publisher look less often, for tests in which days pass: they find the same, a little later."""
    monkeypatch.setattr("shared.outcalls.runner.LOOK_SECONDS", seconds)
    monkeypatch.setattr("shared.bus.publisher.SWEEP_SECONDS", seconds)
    monkeypatch.setattr("shared.bus.publisher.CLEAR_SECONDS", seconds)


async def _ignore(body: bytes) -> None:
    """What a service hears that is not under test."""
