"""What every transport must do; each implementation's test module inherits it and gives a `transports` fixture."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from shared.bus.envelope import Envelope
from shared.bus.transport import Deliver, Transport
from shared.contracts.base import Message
from shared.contracts.credex import CredexUnavailable, OpenDashboard
from shared.contracts.gateway import Address, IdentityChanged
from shared.kernel.clock import SystemClock
from shared.kernel.ids import MemberId, new_id, system_chance

Transports = Callable[[], Awaitable[Transport]]
"""Makes one more transport on the same exchange, as another process would, and starts it."""


def enveloped(message: Message) -> Envelope:
    """A message in an envelope of a fresh id."""
    id = new_id("E", system_chance())
    return Envelope(
        id=id,
        type=message.NAME,
        version=message.VERSION,
        key=message.lane_key,
        source="test",
        occurred_at=SystemClock().now(),
        correlation_id=id,
        data=message.model_dump(mode="json"),
    )


def dashboard(member: str) -> Envelope:
    """A message that only credex hears."""
    return enveloped(OpenDashboard(member=MemberId(member)))


class Inbox:
    """A consumer that remembers what came, and lets tests wait for it."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self._arrived = asyncio.Condition()

    async def deliver(self, body: bytes) -> None:
        async with self._arrived:
            self.envelopes.append(Envelope.model_validate_json(body))
            self._arrived.notify_all()

    async def until(self, count: int, seconds: float = 20) -> list[Envelope]:
        """What came, once that are at least `count` different messages."""
        async with asyncio.timeout(seconds), self._arrived:
            await self._arrived.wait_for(lambda: len({envelope.id for envelope in self.envelopes}) >= count)
        return self.envelopes


class TransportSuite:
    """Inherit with a fixture `transports: Transports`."""

    async def test_a_message_reaches_the_service_that_hears_it_and_no_other(self, transports: Transports) -> None:
        transport = await transports()
        credex, reporting = Inbox(), Inbox()
        await transport.consume("credex", credex.deliver)
        await transport.consume("reporting", reporting.deliver)
        await transport.publish([dashboard("M-1")])
        assert [envelope.type for envelope in await credex.until(1)] == ["credex.open_dashboard"]
        assert reporting.envelopes == []

    async def test_an_event_reaches_every_service_that_hears_it(self, transports: Transports) -> None:
        transport = await transports()
        inbox = Inbox()
        await transport.consume("notifier", inbox.deliver)
        address = Address(phone_number_id="1", phone="+263771234567")
        event = IdentityChanged(member=MemberId("M-1"), address=address)
        await transport.publish([enveloped(event)])
        assert (await inbox.until(1))[0].message() == event

    async def test_messages_of_one_key_come_one_at_a_time_and_in_order(self, transports: Transports) -> None:
        transport = await transports()
        inbox = Inbox()
        at_once: dict[str, int] = {}
        most = 0

        async def deliver(body: bytes) -> None:
            nonlocal most
            key = Envelope.model_validate_json(body).key
            at_once[key] = at_once.get(key, 0) + 1
            most = max(most, at_once[key])
            await asyncio.sleep(0)
            at_once[key] -= 1
            await inbox.deliver(body)

        await transport.consume("credex", deliver)
        sent = [dashboard(f"M-{number % 7}") for number in range(140)]
        await transport.publish(sent)
        came = await inbox.until(140)
        assert most == 1
        for key in {envelope.key for envelope in sent}:
            assert [one.id for one in came if one.key == key] == [one.id for one in sent if one.key == key]

    async def test_a_slow_message_holds_up_its_own_key_only(self, transports: Transports) -> None:
        transport = await transports()
        inbox = Inbox()
        gate = asyncio.Event()

        async def deliver(body: bytes) -> None:
            if Envelope.model_validate_json(body).key == "M-slow":
                await gate.wait()
            await inbox.deliver(body)

        await transport.consume("credex", deliver)
        await transport.publish([dashboard("M-slow"), *(dashboard(f"M-{n}") for n in range(20))])
        await inbox.until(20)
        gate.set()
        assert (await inbox.until(21))[-1].key == "M-slow"

    async def test_what_is_published_before_its_consumer_comes_is_kept(self, transports: Transports) -> None:
        transport = await transports()
        await transport.publish([dashboard("M-1")])
        inbox = Inbox()
        await transport.consume("credex", inbox.deliver)
        assert len(await inbox.until(1)) == 1

    async def test_the_outbox_may_forget_once_the_message_is_kept(self, transports: Transports) -> None:
        transport = await transports()
        inbox = Inbox()
        await transport.consume("credex", inbox.deliver)
        kept = await transport.publish([dashboard("M-1")])
        async with asyncio.timeout(20):
            await kept

    async def test_a_message_that_nobody_hears_is_not_an_error(self, transports: Transports) -> None:
        transport = await transports()
        message = CredexUnavailable(member=MemberId("M-1"), reason="not_yet")
        envelope = enveloped(message).model_copy(update={"type": "credex.said_to_nobody"})
        async with asyncio.timeout(20):
            await (await transport.publish([envelope]))

    async def test_stopping_waits_for_the_message_in_hand(self, transports: Transports) -> None:
        transport = await transports()
        begun, finish, done = asyncio.Event(), asyncio.Event(), asyncio.Event()

        async def deliver(body: bytes) -> None:
            begun.set()
            await finish.wait()
            done.set()

        await transport.consume("credex", deliver)
        await transport.publish([dashboard("M-1")])
        await begun.wait()
        stopping = asyncio.create_task(transport.stop_consuming(10))
        await asyncio.sleep(0)
        finish.set()
        await stopping
        assert done.is_set()

    async def test_what_was_cut_off_is_not_kept(self, transports: Transports) -> None:
        transport = await transports()
        begun = asyncio.Event()

        async def deliver(body: bytes) -> None:
            begun.set()
            await asyncio.Event().wait()

        await transport.consume("credex", deliver)
        await transport.publish([dashboard("M-1")])
        await begun.wait()
        await transport.stop_consuming(0)
        await self.expect_redelivery(transports)

    async def expect_redelivery(self, transports: Transports) -> None:
        """Where the queue outlives the consumer, the next consumer gets the message again."""
        inbox = Inbox()
        await (await transports()).consume("credex", inbox.deliver)
        assert len(await inbox.until(1)) == 1

    async def test_readiness_is_told_when_consuming(self, transports: Transports) -> None:
        transport = await transports()
        deliver: Deliver = Inbox().deliver
        await transport.consume("credex", deliver)
        async with asyncio.timeout(20):
            await transport.ready()
        assert await transport.backlog("credex") == 0
