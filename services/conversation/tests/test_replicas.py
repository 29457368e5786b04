"""Two replicas of the conversation on real servers: whatever comes at the same instant is done in order, once each."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any, TypeVar

import pytest

from services.conversation.app import make
from services.conversation.tests.talk import ENVIRONMENT, NEW_DONOR
from shared.bus.envelope import Envelope
from shared.bus.rabbit import RabbitTransport
from shared.contracts.gateway import Address, MessageReceived, Text
from shared.contracts.notifier import SendMessage
from shared.contracts.payments import RequestPayment
from shared.kernel.clock import SystemClock
from shared.kernel.ids import MemberId, derive_id, system_chance
from shared.runtime.running import Running
from shared.runtime.service import Tools
from shared.store.mongo import MongoStore
from shared.store.redis import RedisStore, connect
from shared.store.stores import Stores
from shared.telemetry.pseudonyms import Pseudonyms
from shared.telemetry.tracing import Tracing
from shared.testing.harness import common_settings

T = TypeVar("T")
CLOCK = SystemClock()
WAIT_SECONDS = 30


class Replicas:
    """The conversation twice, and what the notifier and payments hear of both: each message once, by its id."""

    def __init__(self) -> None:
        self.running: list[Running] = []
        self.transports: list[RabbitTransport] = []
        self.heard: dict[str, Envelope] = {}
        self._news = asyncio.Event()

    async def hear(self, body: bytes) -> None:
        envelope = Envelope.model_validate_json(body)
        self.heard.setdefault(envelope.id, envelope)
        self._news.set()

    async def until_heard(self, message: type[Any], count: int) -> None:
        async with asyncio.timeout(WAIT_SECONDS):
            while len(self.all(message)) < count:
                self._news.clear()
                await self._news.wait()

    def all(self, message: type[T]) -> list[T]:
        of = message.NAME  # type: ignore[attr-defined]  # a Message, whose name every one has
        return [message(**envelope.data) for envelope in self.heard.values() if envelope.type == of]


@pytest.fixture
async def replicas(
    amqp_url: str,
    mongo_url: str,
    mongo_database: str,
    valkey_url: str,
    key_prefix: str,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Replicas]:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    replicas = Replicas()
    async with AsyncExitStack() as stack:
        for _ in range(2):
            transport = RabbitTransport(amqp_url, lanes=2)
            await transport.start()
            stack.push_async_callback(transport.close)
            replicas.transports.append(transport)
        ours, outside = replicas.transports, replicas.transports[1]
        for service in ("notifier", "payments"):
            await outside.consume(service, replicas.hear)
        for transport in ours:
            client = connect(valkey_url)
            stack.push_async_callback(client.aclose)
            running = Running(
                "conversation",
                stores=Stores(MongoStore(mongo_url, mongo_database), RedisStore(client, key_prefix)),
                transport=transport,
                clock=CLOCK,
                chance=system_chance(),
                tracing=Tracing("conversation"),
                pseudonyms=Pseudonyms("test"),
            )
            entry = _giving(running.entry)
            tools = Tools(
                common=common_settings(), clock=CLOCK, chance=system_chance(), http=_no_http, redis=client, entry=entry
            )
            await running.begin(make(tools))
            stack.push_async_callback(running.stores.close)
            stack.push_async_callback(running.drain, 0)
            stack.push_async_callback(transport.stop_consuming, 0)
            replicas.running.append(running)
        yield replicas


def _giving(thing: T) -> Callable[..., T]:
    return lambda *_: thing


def _no_http(*_: object) -> Any:
    raise AssertionError("the conversation calls nobody")


def said(person: int, number: int, text: str) -> Envelope:
    """A message of one of many people."""
    member = MemberId(f"M-{person}")
    event = MessageReceived(
        member=member,
        address=Address(phone_number_id="100", phone=f"+26377100000{person}"),
        message_id=f"wamid.{person}.{number}",
        sent_at=CLOCK.now(),
        content=Text(body=text),
    )
    id = derive_id("E", event.message_id)
    return Envelope(
        id=id,
        type=event.NAME,
        version=event.VERSION,
        key=member,
        source="gateway",
        occurred_at=event.sent_at,
        correlation_id=id,
        data=event.model_dump(mode="json"),
    )


async def test_a_replica_that_dies_in_the_middle_leaves_each_message_done_once_and_in_order(replicas: Replicas) -> None:
    """Four people send whole conversations at one instant; everything comes twice, and the working replica goes."""
    people, texts = range(4), (*NEW_DONOR, "confirm")
    first, outside = replicas.transports
    for number, text in enumerate(texts):
        envelopes = [said(person, number, text) for person in people]
        await asyncio.gather(outside.publish(envelopes), outside.publish(envelopes))
        if number == len(texts) // 2:
            await replicas.until_heard(SendMessage, len(people))
            await first.stop_consuming(0)  # what it had in hand goes to the other one, which may find it done
    await replicas.until_heard(RequestPayment, len(people))
    requests = replicas.all(RequestPayment)
    assert sorted(request.payer for request in requests) == [f"M-{person}" for person in people]
    assert {request.purpose for request in requests} == {"Youth Conference"}
    # Every text but the last is answered by the next question, each once.
    answers: dict[str, list[Any]] = defaultdict(list)
    for command in replicas.all(SendMessage):
        answers[command.member].append(command.content)
    assert {member: len(contents) for member, contents in answers.items()} == {
        f"M-{person}": len(NEW_DONOR) for person in people
    }


async def test_two_messages_of_one_person_at_one_instant_on_both_replicas_are_done_once_each(
    replicas: Replicas,
) -> None:
    """Both have both in hand, as when one takes over from another that is not dead yet."""
    pipelines = [running.pipeline for running in replicas.running if running.pipeline is not None]
    for number, text in enumerate(NEW_DONOR):
        await pipelines[number % 2].deliver(said(0, number, text).model_dump_json().encode())
    bodies = [said(0, number, "confirm").model_dump_json().encode() for number in (20, 21)]
    await asyncio.gather(*(pipeline.deliver(body) for pipeline in pipelines for body in bodies))
    await replicas.until_heard(SendMessage, len(NEW_DONOR) + 1)
    assert len(replicas.all(RequestPayment)) == 1
    last = replicas.all(SendMessage)[-1].content
    assert "on its way" in str(getattr(last, "body", ""))
