"""People write and statuses come, as on a full number: 80 messages and 240 statuses a second, over RabbitMQ."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from time import perf_counter

from shared.bus.rabbit import RabbitTransport
from shared.contracts.registry import SERVICES
from tests.bench.graph import Graph
from tests.bench.load import Client
from tests.bench.numbers import Row, cost, spread
from tests.bench.product import Product
from tests.bench.servers import Servers
from tests.bench.traffic import Acks, People
from tests.bench.webhooks import status

RATE = 80
SECONDS = 20
STATUSES = ("sent", "delivered", "read")
STATUS_SECONDS = 0.3
"""From the send to the first status, and between them."""
LANES = 4


class Statuses:
    """Tells the gateway of each message that it was sent, delivered and read."""

    def __init__(self, client: Client, secret: str) -> None:
        self._client = client
        self._secret = secret
        self._tasks: set[asyncio.Task[None]] = set()
        self.acks = Acks()

    def told(self, phone: str, wamid: str, reference: str) -> None:
        """The Graph API took a message."""
        for place, word in enumerate(STATUSES, 1):
            body = status(phone, wamid, word, reference)
            asyncio.get_running_loop().call_later(place * STATUS_SECONDS, self._send, body)

    async def drain(self) -> Acks:
        """Wait for the statuses still to come; all answers since the last time."""
        await asyncio.sleep((len(STATUSES) + 1) * STATUS_SECONDS)
        await asyncio.gather(*self._tasks)
        acks, self.acks = self.acks, Acks()
        return acks

    def _send(self, body: bytes) -> None:
        task = asyncio.ensure_future(self.acks.post(self._client, body, self._secret, perf_counter()))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def measure(servers: Servers, seconds: float | None) -> list[Row]:
    """All six services as processes."""
    length = seconds or SECONDS
    async with (
        Graph() as graph,
        Product(servers, over_rabbit=True, WHATSAPP_API_URL=graph.url) as product,
        Client(product.port) as client,
    ):
        statuses = Statuses(client, product.secret)
        graph.told = statuses.told
        people = People(product, graph, client)
        await people.warm_up()
        await statuses.drain()
        before, began = product.cpu_seconds(), perf_counter()
        async with _backlogs(product.amqp_url) as backlogs:
            talk = await people.greet("Messages and statuses", RATE, length)
            told = await statuses.drain()
        took, after = perf_counter() - began, product.cpu_seconds()
    took -= talk.drained_seconds + (len(STATUSES) + 1) * STATUS_SECONDS
    acks = Acks(talk.acks.statuses + told.statuses, talk.acks.seconds + told.seconds)
    half, end = (_at(backlogs, began + share * length) for share in (0.5, 1.0))
    return [
        Row(
            "webhooks",
            f"{len(acks.statuses) / took:.0f}/s ({talk.said} messages, {len(told.statuses)} statuses)",
            "320/s",
        ),
        Row("answered 200", f"{acks.good} of {len(acks.statuses)}", "all"),
        Row("webhook to 200", spread(acks.seconds), "p50 30 ms, p99 250 ms"),
        Row("webhook to send", spread(talk.answers)),
        Row("people answered", f"{len(talk.answers)} of {talk.said}", "all"),
        Row("messages waiting in queues", f"{half} at half time, {end} at the end", "not growing"),
        Row("last answer after the last message", f"{talk.drained_seconds:.1f} s"),
        Row("CPU a message with its statuses", cost(before, after, talk.said)),
    ]


@asynccontextmanager
async def _backlogs(amqp_url: str) -> AsyncIterator[list[tuple[float, int]]]:
    """The number of messages ready in all queues, each second."""
    transport = RabbitTransport(amqp_url, LANES)
    await transport.start()
    found: list[tuple[float, int]] = []

    async def look() -> None:
        while True:
            found.append((perf_counter(), sum([await transport.backlog(service) for service in SERVICES])))
            await asyncio.sleep(1)

    looking = asyncio.ensure_future(look())
    try:
        yield found
    finally:
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking
        await transport.close()


def _at(backlogs: list[tuple[float, int]], when: float) -> int:
    """What was waiting at about this time."""
    return min(backlogs, key=lambda found: abs(found[0] - when), default=(0.0, 0))[1]
