"""RabbitMQ as transport: quorum queues as lanes, confirmed mandatory publishes, consumers that come back.

Topology, declared by every process before its first publish, else a confirm could mean "some other queue took
it" (measured.md): the topic exchange `messages`; per service a topic exchange of its name, bound to it for each
message that the service hears; behind that the lanes, bound by slot. So a service costs its messages plus 64
bindings, instead of their product (decision 0003).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress

import aio_pika
from aio_pika.abc import (
    AbstractIncomingMessage,
    AbstractRobustChannel,
    AbstractRobustConnection,
    AbstractRobustQueue,
)
from aio_pika.exceptions import AMQPError

from shared.bus.envelope import Envelope
from shared.bus.lanes import SLOTS, KeyedTasks, lane_of
from shared.bus.transport import Deliver
from shared.contracts.topology import EVENTS_HEARD, heard_by
from shared.kernel.errors import Away

log = logging.getLogger(__name__)

EXCHANGE = "messages"
DEAD = "dead"
PREFETCH = 64
"""Messages in hand per lane."""
PUBLISH_SECONDS = 10.0
PUBLISHES = 128
"""Publishes that wait for the broker's word. More wait here, in order and before their time is counted: else, when the
broker is slow, all of them run out of time together and come again together."""
DELIVERY_LIMIT = 1000
"""Each lost connection counts as a delivery for every prefetched message, so this is generous (measured.md)."""
_AWAY = (AMQPError, ConnectionError, OSError, TimeoutError, RuntimeError)
"""How aio-pika says that the broker is not there; RuntimeError comes from channels that closed meanwhile."""


class RabbitTransport:
    """One connection, with channels to publish, to consume and to ask on. For any number of tasks of one loop."""

    def __init__(self, url: str, lanes: int) -> None:
        self._url = url
        self._lanes = lanes
        self._connection: AbstractRobustConnection | None = None
        self._publishing: AbstractRobustChannel | None = None
        self._asking: AbstractRobustChannel | None = None
        self._consumers: dict[str, list[tuple[AbstractRobustQueue, str]]] = {}
        self._consuming: list[AbstractRobustChannel] = []
        self._tasks: dict[str, KeyedTasks] = {}
        self._room = asyncio.Semaphore(PUBLISHES)

    async def start(self) -> None:
        try:
            connection = await aio_pika.connect_robust(self._url, reconnect_interval=0.5, timeout=5)
        except _AWAY as error:
            raise Away("RabbitMQ") from error
        try:
            self._publishing = await self._channel(connection)
            self._asking = await self._channel(connection)
            await self._declare(connection)
        except _AWAY as error:
            await connection.close()
            raise Away("RabbitMQ") from error
        connection.reconnect_callbacks.add(self._declare_again)
        self._connection = connection

    async def publish(self, envelopes: Sequence[Envelope]) -> asyncio.Future[None]:
        # What nobody hears would be confirmed and dropped by the broker.
        heard = [envelope for envelope in envelopes if envelope.type in _HEARD]
        async with self._room:
            if self._publishing is None or self._connection is None or not self._connection.connected.is_set():
                raise Away("RabbitMQ")
            try:
                async with asyncio.timeout(PUBLISH_SECONDS):
                    # Started in order, confirmed together: one at a time gives about 100 a second in all (measured).
                    await asyncio.gather(*(self._publish_one(self._publishing, envelope) for envelope in heard))
            except _AWAY as error:
                raise Away("RabbitMQ") from error
        confirmed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        confirmed.set_result(None)
        return confirmed

    async def consume(self, service: str, deliver: Deliver) -> None:
        self._consumers[service] = []
        if not heard_by(service):
            return
        if self._connection is None:
            raise Away("RabbitMQ")
        tasks = self._tasks[service] = KeyedTasks(PREFETCH)

        async def arrived(message: AbstractIncomingMessage) -> None:
            # aiormq cancels this callback when the connection drops, so the work is done by a task of our own.
            tasks.submit(str(message.headers.get("key", "")), lambda: self._handle(message, deliver))

        try:
            channel = await self._channel(self._connection)
            self._consuming.append(channel)
            await channel.set_qos(PREFETCH)
            for lane in range(self._lanes):
                queue = await channel.declare_queue(_lane(service, lane), durable=True, arguments=_LANE_ARGUMENTS)
                self._consumers[service].append((queue, await queue.consume(arrived)))
        except _AWAY as error:
            raise Away("RabbitMQ") from error

    async def stop_consuming(self, seconds: float) -> None:
        for queue, tag in [pair for pairs in self._consumers.values() for pair in pairs]:
            with suppress(*_AWAY):
                await queue.cancel(tag, timeout=2)
        self._consumers.clear()
        await asyncio.gather(*(tasks.drain(seconds) for tasks in self._tasks.values()))
        for channel in self._consuming:
            with suppress(*_AWAY):
                await channel.close()  # what was not acknowledged goes back to its queue
        self._consuming.clear()

    async def ready(self) -> None:
        for service, consumers in self._consumers.items():
            if consumers and not all(consumers for _, consumers in await self._ask(service)):
                raise Away("RabbitMQ, which does not count our consumers yet")
        if self._connection is None or not self._connection.connected.is_set():
            raise Away("RabbitMQ")

    async def backlog(self, service: str) -> int:
        return sum(messages for messages, _ in await self._ask(service))

    async def close(self) -> None:
        if self._connection is not None:
            await self._connection.close()

    @staticmethod
    async def _channel(connection: AbstractRobustConnection) -> AbstractRobustChannel:
        channel = connection.channel(publisher_confirms=True, on_return_raises=True)
        await channel.initialize(timeout=5)
        return channel

    @staticmethod
    async def _publish_one(channel: AbstractRobustChannel, envelope: Envelope) -> None:
        message = aio_pika.Message(
            envelope.model_dump_json().encode(),
            headers={"key": envelope.key},
            message_id=envelope.id,
            type=envelope.type,
            content_type="application/json",
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        )
        # aio-pika's own publish holds the channel until the socket took the message, three turns of the loop: in a
        # busy process that is 100 messages a second in all (measured). Here only the confirmation is waited for.
        below = await channel.get_underlay_channel()
        await below.basic_publish(  # type: ignore[call-arg]  # aiormq's abstract class does not list `wait`
            message.body,
            exchange=EXCHANGE,
            routing_key=envelope.routing_key,
            properties=message.properties,
            mandatory=True,
            wait=False,
        )

    async def _handle(self, message: AbstractIncomingMessage, deliver: Deliver) -> None:
        if self._publishing is not None:
            with suppress(TimeoutError):
                # After a reconnect messages arrive before publishing is possible again (measured).
                async with asyncio.timeout(PUBLISH_SECONDS):
                    await self._publishing.ready()
        await deliver(message.body)
        with suppress(*_AWAY):
            await message.ack()  # fails on a channel that is gone; the redelivery meets the inbox

    async def _ask(self, service: str) -> list[tuple[int, int]]:
        """Messages waiting and consumers counted, per lane of a service."""
        if not heard_by(service):
            return []
        if self._asking is None or self._connection is None or not self._connection.connected.is_set():
            raise Away("RabbitMQ")
        answers = []
        try:
            async with asyncio.timeout(5):
                for lane in range(self._lanes):
                    queue = await self._asking.declare_queue(_lane(service, lane), passive=True, robust=False)
                    result = queue.declaration_result
                    answers.append((result.message_count or 0, result.consumer_count or 0))
        except _AWAY as error:
            raise Away("RabbitMQ") from error
        return answers

    async def _declare_again(self, connection: AbstractRobustConnection | None, *_: object) -> None:
        """After a reconnect: the broker may be another one, or one that lost its disk."""
        if connection is not None:
            with suppress(*_AWAY):
                await self._declare(connection)

    async def _declare(self, connection: AbstractRobustConnection) -> None:
        async with connection.channel(publisher_confirms=False) as channel:
            topic = aio_pika.ExchangeType.TOPIC
            await channel.declare_exchange(EXCHANGE, topic, durable=True, robust=False)
            await channel.declare_exchange(DEAD, aio_pika.ExchangeType.FANOUT, durable=True, robust=False)
            dead = await channel.declare_queue(DEAD, durable=True, arguments={"x-queue-type": "quorum"}, robust=False)
            await dead.bind(DEAD, "", robust=False)
            for service in EVENTS_HEARD:
                messages = heard_by(service)
                if not messages:
                    continue
                own = await channel.declare_exchange(service, topic, durable=True, robust=False)
                await asyncio.gather(*(own.bind(EXCHANGE, f"{message.NAME}.*", robust=False) for message in messages))
                lanes = [
                    await channel.declare_queue(
                        _lane(service, lane), durable=True, arguments=_LANE_ARGUMENTS, robust=False
                    )
                    for lane in range(self._lanes)
                ]
                await asyncio.gather(
                    *(
                        lanes[lane_of(slot, self._lanes)].bind(service, f"*.*.{slot}", robust=False)
                        for slot in range(SLOTS)
                    )
                )


_LANE_ARGUMENTS: dict[str, str | int | bool] = {
    "x-queue-type": "quorum",
    "x-single-active-consumer": True,
    "x-delivery-limit": DELIVERY_LIMIT,
    "x-dead-letter-exchange": DEAD,
    # An expired or given-up message whose target is missing would otherwise be dropped silently (measured).
    "x-dead-letter-strategy": "at-least-once",
    "x-overflow": "reject-publish",
}


def _lane(service: str, lane: int) -> str:
    return f"{service}.lane-{lane}"


_HEARD = {message.NAME for service in EVENTS_HEARD for message in heard_by(service)}
"""What any service listens to."""
