"""People write and statuses come, as on a full number: 80 messages and 240 statuses a second, over RabbitMQ."""

from __future__ import annotations

import asyncio
from time import perf_counter

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
        talk = await people.greet("Messages and statuses", RATE, length)
        told = await statuses.drain()
        took, after = perf_counter() - began, product.cpu_seconds()
    took -= talk.drained_seconds + (len(STATUSES) + 1) * STATUS_SECONDS
    acks = Acks(talk.acks.statuses + told.statuses, talk.acks.seconds + told.seconds)
    half, end = (talk.waiting(share) for share in (0.5, 1.0))
    return [
        Row(
            "webhooks",
            f"{len(acks.statuses) / took:.0f}/s ({talk.said} messages, {len(told.statuses)} statuses)",
            "320/s",
        ),
        Row("answered 200", acks.told, "all"),
        Row("webhook to 200", spread(acks.seconds), "p50 30 ms, p99 250 ms"),
        Row("webhook to send", spread(talk.answers)),
        Row("people answered", f"{len(talk.answers)} of {talk.said}", "all"),
        Row("people waiting for their answer", f"{half} at half time, {end} at the end", "not growing"),
        Row("last answer after the last message", f"{talk.drained_seconds:.1f} s"),
        Row("CPU a message with its statuses", cost(before, after, talk.said)),
    ]
