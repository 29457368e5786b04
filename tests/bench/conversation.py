"""The conversation by itself: what a flow's replay and a step cost, and messages a second into Redis."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from time import process_time
from typing import Any

import redis.asyncio

from services.conversation import handlers
from services.conversation.engine.engine import open_question
from services.conversation.engine.session import Session
from services.conversation.ports import ALIAS_DUE, ERASURE_DUE, EXPORT, WAKE, Export, Exported, ring
from services.conversation.store import ERASURES, PROFILES, PURPOSES, SESSIONS
from services.conversation.tests.person import SETTINGS, Person
from shared.bus.envelope import Envelope
from shared.bus.memory import MemoryTransport
from shared.contracts.gateway import Address, MessageReceived, Text
from shared.kernel.clock import SystemClock
from shared.kernel.ids import MemberId, system_chance
from shared.runtime.running import Running
from shared.runtime.service import Service
from shared.store.mongo import MongoStore
from shared.store.redis import RedisStore, connect
from shared.store.stores import Stores
from shared.telemetry.pseudonyms import Pseudonyms
from shared.telemetry.tracing import Tracing
from tests.bench.load import as_fast_as_answered
from tests.bench.numbers import Rate, Row
from tests.bench.progress import progress
from tests.bench.servers import Servers

SECONDS = 10
AT_ONCE = 64
ROUNDS = 2000
LONGEST = (
    "donate",
    "Tariro Moyo",
    "Manicaland",
    "Mutare",
    "Other",
    "Roof repair",
    "20",
    "USD",
    "EcoCash",
    "0771111111",
)
"""Every question of a new gift; what comes next is its summary's answer."""


async def measure(servers: Servers, seconds: float | None) -> list[Row]:
    """Without and with stores."""
    rows = _steps()
    async with AsyncExitStack() as stack:
        client = connect(servers.valkey.url)
        stack.push_async_callback(client.aclose)
        service = await _service(servers, client, stack)
        numbers = itertools.count()
        ours = await _rate("Messages of new people", seconds, lambda: service(next(numbers)))
        [key] = [found async for found in client.scan_iter("conversation:sessions:M-0", count=1000)]
        fields: dict[Any, Any] = await client.hgetall(key)

        async def bare() -> None:
            await client.hset(f"bare:{next(numbers)}", mapping=fields)

        least = await _rate("Bare writes of the same documents", seconds, bare)
    return [
        *rows,
        Row("messages of different people, one process", ours.told, "1000/s"),
        Row("bare writes of the same documents", least.told),
        Row("conversation : bare write", f"{ours.rate / least.rate:.2f}"),
    ]


def _steps() -> list[Row]:
    """CPU of the longest flow at its summary: to find the open question again, and to take one more answer."""
    person = Person(SETTINGS)
    for text in LONGEST:
        person.hear(Text(body=text))
    stored, intent = person.session.model_dump_json(), person.here.intent
    replays = steps = 0.0
    for _ in range(ROUNDS):
        session = Session.model_validate_json(stored)
        began = process_time()
        open_question(session, intent)
        replays += process_time() - began
        person.session = session
        began = process_time()
        person.hear(Text(body="edit"))
        steps += process_time() - began
    name = f"longest flow, {len(LONGEST) - 1} answers"
    return [
        Row(f"{name}: a replay", f"{replays / ROUNDS * 1000:.2f} ms of CPU", "1 ms"),
        Row(f"{name}: a step, with the session's JSON", f"{steps / ROUNDS * 1000:.2f} ms of CPU", "1 ms"),
    ]


async def _service(
    servers: Servers, client: redis.asyncio.Redis, stack: AsyncExitStack
) -> Callable[[int], Awaitable[None]]:
    """The service's own pipeline and publisher on real stores; what it says is heard by nobody. Gives `say(number)`."""
    clock, transport = SystemClock(), MemoryTransport()
    await transport.start()
    for name in transport.services() - {"conversation"}:
        await transport.consume(name, _ignore)
    running = Running(
        "conversation",
        stores=Stores(MongoStore(servers.mongo.url, "bench-conversation"), RedisStore(client, "conversation:")),
        transport=transport,
        clock=clock,
        chance=system_chance(),
        tracing=Tracing("conversation"),
        pseudonyms=Pseudonyms("bench"),
    )
    timers = dict.fromkeys((WAKE, ERASURE_DUE, ALIAS_DUE), ring)
    kinds = (SESSIONS, PROFILES, PURPOSES, ERASURES)
    await running.begin(Service("conversation", SETTINGS, handlers, kinds, calls={**timers, EXPORT: _no_export}))
    stack.push_async_callback(running.stores.close)
    stack.push_async_callback(running.drain, 1)
    pipeline = running.pipeline
    assert pipeline is not None

    async def say(number: int) -> None:
        await pipeline.deliver(_said(number, clock).model_dump_json().encode())

    return say


def _said(number: int, clock: SystemClock) -> Envelope:
    """Somebody new wants to give."""
    event = MessageReceived(
        member=MemberId(f"M-{number}"),
        address=Address(phone_number_id="100", phone=f"+26377{number:07d}"),
        message_id=f"wamid.{number}",
        sent_at=clock.now(),
        content=Text(body="donate"),
    )
    return Envelope(
        id=f"E-{number}",
        type=event.NAME,
        version=event.VERSION,
        key=event.member,
        source="gateway",
        occurred_at=event.sent_at,
        correlation_id=f"E-{number}",
        data=event.model_dump(mode="json"),
    )


async def _ignore(_: bytes) -> None: ...


async def _no_export(_: Export) -> Exported:
    raise AssertionError("nobody asks for an export")


async def _rate(what: str, seconds: float | None, act: Callable[[], Awaitable[Any]]) -> Rate:
    length = seconds or SECONDS
    count = 0

    async def counted() -> None:
        nonlocal count
        await act()
        count += 1

    began = process_time()
    async with progress(f"{what}, {AT_ONCE} at once", length):
        await as_fast_as_answered(AT_ONCE, length, counted)
    return Rate(count, length, process_time() - began)
