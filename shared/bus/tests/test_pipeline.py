"""The pipeline: once per message in effect, whatever is repeated, lost or broken."""

from __future__ import annotations

import asyncio
import types
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import BaseModel

from shared.bus.dead_letters import DEAD_LETTERS
from shared.bus.handlers import on
from shared.bus.pipeline import HANDLED
from shared.bus.work import Work
from shared.contracts.credex import CredexUnavailable, OpenDashboard
from shared.kernel.errors import Away
from shared.kernel.ids import MemberId
from shared.runtime.service import Service, Tools
from shared.store.documents import Kind
from shared.testing.harness import Harness

MEMBER = MemberId("M-1")


class Tally(BaseModel):
    count: int = 0


TALLIES = Kind("tallies", Tally)


def service_of(*functions: Callable[..., Any]) -> Callable[[Tools], Service]:
    """A service named credex with these handlers."""
    module = types.ModuleType("handlers")
    for function in functions:
        setattr(module, function.__name__, function)
    return lambda tools: Service("credex", None, module, (TALLIES,))


async def test_a_message_delivered_twice_counts_and_is_answered_once() -> None:
    @on(OpenDashboard)
    async def count(message: OpenDashboard, work: Work) -> None:
        tally = await work.open(TALLIES, message.member, Tally)
        tally.count += 1
        work.emit(CredexUnavailable(member=message.member, reason="not_yet"))

    async with Harness({"credex": service_of(count)}) as harness:
        for _ in range(20):
            await harness.say(OpenDashboard(member=MEMBER))
        state = await harness.state("credex", TALLIES, MEMBER)
        assert state is not None
        assert state.count == 20
        assert len(harness.all(CredexUnavailable)) == 20


async def test_a_handler_without_a_document_is_remembered_by_its_message() -> None:
    @on(OpenDashboard)
    async def answer(message: OpenDashboard, work: Work) -> None:
        work.emit(CredexUnavailable(member=message.member, reason="not_yet"))

    async with Harness({"credex": service_of(answer)}) as harness:
        await harness.say(OpenDashboard(member=MEMBER), OpenDashboard(member=MemberId("M-2")))
        assert len(harness.all(CredexUnavailable)) == 2
        assert len(harness.documents("credex", HANDLED)) == 2


async def test_a_handler_that_fails_leaves_a_dead_letter_and_its_lane_goes_on() -> None:
    tried = 0

    @on(OpenDashboard)
    async def fail_for_one(message: OpenDashboard, work: Work) -> None:
        nonlocal tried
        if message.member == MEMBER:
            tried += 1
            raise ValueError("0771234567 must not be in the reason")
        work.emit(CredexUnavailable(member=message.member, reason="not_yet"))

    async with Harness({"credex": service_of(fail_for_one)}) as harness:
        await harness.say(OpenDashboard(member=MEMBER), OpenDashboard(member=MemberId("M-2")))
        assert harness.only(CredexUnavailable).member == "M-2"
        [document] = harness.documents("credex", DEAD_LETTERS)
        assert document.state["reason"] == "ValueError"
        assert document.state["handler"] == "fail_for_one"
        assert document.state["trace_id"]
        assert tried == 2 * 3, "three tries for each of the two deliveries"


async def test_a_dead_letter_that_is_replayed_is_handled_once() -> None:
    broken = True

    @on(OpenDashboard)
    async def fail_at_first(message: OpenDashboard, work: Work) -> None:
        if broken:
            raise ValueError
        work.emit(CredexUnavailable(member=message.member, reason="not_yet"))

    async with Harness({"credex": service_of(fail_at_first)}) as harness:
        await harness.say(OpenDashboard(member=MEMBER))
        [document] = harness.documents("credex", DEAD_LETTERS)
        broken = False
        letters = harness.running["credex"].dead_letters
        assert await letters.replay(document.id)
        assert not await letters.replay("D-none")
        await harness.advance(10)
        assert harness.only(CredexUnavailable).member == MEMBER
        [(id, letter)] = await letters.newest()
        assert id == document.id
        assert letter.replayed_at is not None


async def test_what_cannot_be_decoded_becomes_a_dead_letter() -> None:
    async with Harness({"credex": service_of()}) as harness:
        pipeline = harness.running["credex"].pipeline
        assert pipeline is not None
        await pipeline.deliver(b'{"not": "an envelope"}')
        [document] = harness.documents("credex", DEAD_LETTERS)
        assert document.state["handler"] == "decode"
        assert document.state["body"] == '{"not": "an envelope"}'


async def test_handlers_of_one_message_have_an_inbox_each() -> None:
    @on(OpenDashboard)
    async def count_one(message: OpenDashboard, work: Work) -> None:
        (await work.open(TALLIES, "one", Tally)).count += 1

    @on(OpenDashboard)
    async def count_same(message: OpenDashboard, work: Work) -> None:
        (await work.open(TALLIES, "one", Tally)).count += 10

    async with Harness({"credex": service_of(count_one, count_same)}) as harness:
        await harness.say(OpenDashboard(member=MEMBER))
        state = await harness.state("credex", TALLIES, "one")
        assert state is not None
        assert state.count == 11


async def test_an_outbox_left_by_a_crash_is_published_by_the_sweep() -> None:
    @on(OpenDashboard)
    async def answer(message: OpenDashboard, work: Work) -> None:
        await work.open(TALLIES, message.member, Tally)
        work.emit(CredexUnavailable(member=message.member, reason="not_yet"))

    async with Harness({"credex": service_of(answer)}) as harness:
        await harness.say(OpenDashboard(member=MEMBER))
        [said] = [envelope for envelope in harness.said if envelope.type == CredexUnavailable.NAME]
        # As after a crash between commit and publish: the document has an entry that nobody has handed over.
        stores = harness.running["credex"].stores
        document = await stores.load(TALLIES, MEMBER)
        document.outbox = [said.model_copy(update={"id": "E-left-behind"})]
        await stores.commit(TALLIES, document, now=harness.clock.now())
        await harness.advance(10)
        assert [envelope.id for envelope in harness.said if envelope.id == "E-left-behind"]
        assert (await stores.load(TALLIES, MEMBER)).outbox == []


async def test_replies_carry_the_trace_and_the_correlation_of_what_caused_them() -> None:
    @on(OpenDashboard)
    async def answer(message: OpenDashboard, work: Work) -> None:
        work.emit(CredexUnavailable(member=message.member, reason="not_yet"))

    async with Harness({"credex": service_of(answer)}) as harness:
        [asked] = await harness.say(OpenDashboard(member=MEMBER))
        [said] = [envelope for envelope in harness.said if envelope.type == CredexUnavailable.NAME]
        assert said.correlation_id == asked.correlation_id
        assert said.causation_id == asked.id
        assert said.traceparent


async def test_while_the_broker_is_away_the_age_of_what_waits_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sweep that met an absent broker told the age of the sweep before: nothing waited, said the heartbeat."""

    @on(OpenDashboard)
    async def answer(message: OpenDashboard, work: Work) -> None:
        work.emit(CredexUnavailable(member=message.member, reason="not_yet"))

    async def away(_: object) -> asyncio.Future[None]:
        raise Away("the broker")

    async with Harness({"credex": service_of(answer)}) as harness:
        publisher = harness.running["credex"].publisher
        deliver = harness.running["credex"].pipeline
        [envelope] = await harness.say(OpenDashboard(member=MEMBER))
        await harness.advance(10)
        assert publisher.oldest_unsent_seconds == 0
        assert deliver is not None
        with monkeypatch.context() as broken:
            broken.setattr(harness.transport, "publish", away)
            again = envelope.model_copy(update={"id": "E-again"})
            handling = asyncio.ensure_future(deliver.deliver(again.model_dump_json().encode()))
            await harness.clock.advance(20)
            assert publisher.oldest_unsent_seconds > 10
        await harness.advance(20)
        await handling
        assert publisher.oldest_unsent_seconds == 0
