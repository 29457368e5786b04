"""People write and statuses come, as on a full number: 80 messages and 240 statuses a second, over RabbitMQ."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
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

    def __init__(self) -> None:
        self.acks = Acks()
        self.count = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._post: Callable[[bytes, float], asyncio.Task[None]] | None = None

    def follow(self, client: Client, secret: str) -> None:
        """From now on, by this client."""

        def post(body: bytes, due: float) -> asyncio.Task[None]:
            return asyncio.ensure_future(self.acks.post(client, body, secret, due))

        self._post = post

    def told(self, phone: str, wamid: str, reference: str) -> None:
        """The Graph API took a message."""
        for place, word in enumerate(STATUSES, 1):
            asyncio.get_running_loop().call_later(
                place * STATUS_SECONDS, self._send, status(phone, wamid, word, reference)
            )

    async def drain(self) -> None:
        """Wait for the statuses still to come and for their answers."""
        await asyncio.sleep((len(STATUSES) + 1) * STATUS_SECONDS)
        await asyncio.gather(*self._tasks)

    def _send(self, body: bytes) -> None:
        assert self._post is not None
        self.count += 1
        task = self._post(body, perf_counter())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def measure(servers: Servers, seconds: float | None) -> list[Row]:
    """All six services as processes."""
    length = seconds or SECONDS
    statuses = Statuses()
    async with (
        Graph(statuses.told) as graph,
        Product(servers, over_rabbit=True, WHATSAPP_API_URL=graph.url) as product,
        Client(product.port) as client,
    ):
        statuses.follow(client, product.secret)
        people = People(product, graph, client)
        await people.warm_up()
        await statuses.drain()
        statuses.acks, statuses.count = Acks(), 0
        before, began = product.cpu_seconds(), perf_counter()
        async with _backlogs(product.amqp_url) as backlogs:
            talk = await people.greet("Messages and statuses", RATE, length)
            took = perf_counter() - began - talk.drained_seconds
            await statuses.drain()
        after = product.cpu_seconds()
    acks = Acks(talk.acks.statuses + statuses.acks.statuses, talk.acks.seconds + statuses.acks.seconds)
    half, end = (_at(backlogs, began + share * length) for share in (0.5, 1.0))
    return [
        Row(
            "webhooks", f"{len(acks.statuses) / took:.0f}/s ({talk.said} messages, {statuses.count} statuses)", "320/s"
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
