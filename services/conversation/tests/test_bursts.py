"""Many messages at once, and two at the same instant: all in order, once each, one hint to slow down."""

from __future__ import annotations

import asyncio
from datetime import datetime

import pytest

from services.conversation.engine.session import Session
from services.conversation.tests.talk import NEW_DONOR, Talk, choices_of, text_of
from shared.bus.envelope import Envelope
from shared.contracts.gateway import Content, MessageReceived, Tap, Text
from shared.contracts.payments import RequestPayment
from shared.kernel.ids import derive_id


def received(talk: Talk, content: Content, number: int) -> MessageReceived:
    return MessageReceived(
        member=talk.member,
        address=talk.address,
        message_id=f"wamid.burst.{number}",
        sent_at=talk.harness.clock.now(),
        content=content,
    )


async def test_45_at_once_are_all_answered_in_order_with_one_hint(tariro: Talk) -> None:
    await tariro.give(*NEW_DONOR[:4])
    before = len(tariro.heard)
    await tariro.harness.say(*(received(tariro, Text(body=f"nothing {n}"), n) for n in range(45)))
    await tariro.harness.advance(3)
    said = [text_of(content) for content in tariro.heard[before:]]
    hints = [text for text in said if "little slower" in text]
    assert len(hints) == 1
    assert len(said) == 46


async def test_a_whole_conversation_sent_at_once_is_taken_in_order(tariro: Talk) -> None:
    await tariro.harness.say(*(received(tariro, Text(body=text), n) for n, text in enumerate((*NEW_DONOR, "confirm"))))
    await tariro.harness.advance(3)
    assert tariro.harness.only(RequestPayment).purpose == "Youth Conference"


async def test_two_confirmations_at_the_same_instant_on_two_replicas_ask_for_one_payment(tariro: Talk) -> None:
    """The earlier system created the same credit twice."""
    await tariro.give(*NEW_DONOR)
    confirm = choices_of(tariro.last)[0]
    bodies = [envelope_of(received(tariro, Tap(id=confirm.id, title="", of="button"), n)) for n in (1, 2)]
    pipeline = tariro.harness.running["conversation"].pipeline
    assert pipeline is not None
    before = len(tariro.heard)
    deliveries = [asyncio.create_task(pipeline.deliver(body)) for body in [*bodies, *bodies]]
    while not all(task.done() for task in deliveries):
        await tariro.harness.advance(0.2)
    await tariro.harness.advance(10)
    assert len(tariro.harness.all(RequestPayment)) == 1
    assert [("not be charged twice" in text_of(content)) for content in tariro.heard[before:]] == [True]


def envelope_of(event: MessageReceived) -> bytes:
    id = derive_id("E", event.message_id)
    return (
        Envelope(
            id=id,
            type=event.NAME,
            version=event.VERSION,
            key=event.lane_key,
            source="test",
            occurred_at=event.sent_at,
            correlation_id=id,
            data=event.model_dump(mode="json"),
        )
        .model_dump_json()
        .encode()
    )


class TestCaps:
    """Daily caps, set low."""

    @pytest.fixture
    def environment(self) -> dict[str, str]:
        return {"DAILY_MESSAGES_UNKNOWN": "5", "DAILY_MESSAGES_KNOWN": "20"}

    def test_days_are_those_of_harare(self) -> None:
        session = Session()
        times = ["2026-11-24T21:58Z", "2026-11-24T21:59Z", "2026-11-24T22:00Z"]
        assert [session.count(datetime.fromisoformat(time)) for time in times] == [1, 2, 1]

    async def test_above_the_daily_cap_it_is_said_once(self, tariro: Talk) -> None:
        for _number in range(5):
            await tariro.say("hi")
        [told] = await tariro.say("hi")
        assert "listen again after midnight" in text_of(told)
        assert await tariro.say("hi") == []

    async def test_who_is_known_may_send_more_and_staff_whatever_they_like(self, tariro: Talk, rudo: Talk) -> None:
        for _number in range(30):
            assert await rudo.say("hi")
        await tariro.say("hi")
        await tariro.harness.say(*(received(tariro, Text(body="hi"), n) for n in range(3)))
        assert await tariro.say("hi")
        assert "midnight" in text_of((await tariro.say("hi"))[0])
