"""People write and statuses come, as on a full number: 80 messages and 240 statuses a second, over RabbitMQ."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from time import perf_counter

from services.notifier.store import MAILBOXES
from shared.bus.rabbit import RabbitTransport
from shared.contracts.registry import SERVICES
from shared.store.mongo import MongoStore
from tests.bench.graph import Graph
from tests.bench.load import Client
from tests.bench.numbers import Row, cost, spread
from tests.bench.product import Product
from tests.bench.servers import Servers
from tests.bench.traffic import Acks, People
from tests.bench.webhooks import status

RATE = 80
SECONDS = 60
KNOWN = 1200
"""People who write in turn, each every 15 s; the limit of a pair is one message in 6 s (WhatsApp contract 4.3)."""
LANES = 4
LOOK_SECONDS = 1.0
"""How often the queues are looked into."""
HANDLED_SECONDS = 30
"""How long statuses may take to be handled before they count as lost."""
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
    """All six services as processes: first people who wrote before, then people who never did."""
    return [
        row
        for who, known in (("known people", KNOWN), ("new people", 0))
        for row in await _run(servers, seconds or SECONDS, who, known)
    ]


async def _run(servers: Servers, length: float, who: str, known: int) -> list[Row]:
    async with (
        Graph() as graph,
        Product(servers, over_rabbit=True, WHATSAPP_API_URL=graph.url) as product,
        Client(product.port) as client,
    ):
        statuses = Statuses(client, product.secret)
        graph.told = statuses.told
        people = People(product, graph, client)
        await people.warm_up()
        if known:
            await people.meet(known)
        early = len((await statuses.drain()).statuses) // len(STATUSES)
        before, began = product.cpu_seconds(), perf_counter()
        async with _depths(product) as depths:
            talk = await people.greet(f"Messages and statuses, {who}", RATE, length)
        told = await statuses.drain()
        took, after = perf_counter() - began, product.cpu_seconds()
        read = await _read(product, early + talk.said) - early
    took -= talk.drained_seconds + (len(STATUSES) + 1) * STATUS_SECONDS
    acks = Acks(talk.acks.statuses + told.statuses, talk.acks.seconds + told.seconds)
    half, end = (talk.waiting(share) for share in (0.5, 1.0))
    return [
        Row(
            f"{who}: webhooks",
            f"{len(acks.statuses) / took:.0f}/s ({talk.said} messages, {len(told.statuses)} statuses)",
            "320/s",
        ),
        Row(f"{who}: answered 200", acks.told, "all"),
        Row(f"{who}: webhook to 200", spread(acks.seconds), "p50 30 ms, p99 250 ms"),
        Row(f"{who}: webhook to send", spread(talk.answers)),
        Row(f"{who}: people answered", f"{len(talk.answers)} of {talk.said}", "all"),
        Row(f"{who}: people waiting for their answer", f"{half} at half time, {end} at the end", "not growing"),
        Row(f"{who}: messages in queues, by quarter", by_quarter(depths), "not growing"),
        Row(f"{who}: messages read, by their last status", f"{read} of {talk.said}", "all"),
        Row(f"{who}: last answer after the last message", f"{talk.drained_seconds:.1f} s"),
        Row(f"{who}: CPU a message with its statuses", cost(before, after, talk.said)),
    ]


@asynccontextmanager
async def _depths(product: Product) -> AsyncIterator[list[int]]:
    """How many messages wait in all queues together, once a second for as long as this is open."""
    depths: list[int] = []
    transport = RabbitTransport(product.amqp_url, LANES)
    await transport.start()

    async def look() -> None:
        while True:
            depths.append(sum([await transport.backlog(service) for service in SERVICES]))
            await asyncio.sleep(LOOK_SECONDS)

    looking = asyncio.create_task(look())
    try:
        yield depths
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
        await transport.close()


def by_quarter(depths: list[int]) -> str:
    """The mean of each quarter of the time, and the highest."""
    bounds = [round(quarter * len(depths) / 4) for quarter in range(5)]
    means = [sum(depths[first:last]) / max(1, last - first) for first, last in pairwise(bounds)]
    return f"{', '.join(f'{mean:.0f}' for mean in means)}; at most {max(depths, default=0)}"


async def _read(product: Product, expected: int) -> int:
    """How many messages the notifier knows to be read, once it knows it of all or time is over."""
    store = MongoStore(product.mongo_url, product.mongo_database("notifier"))
    await store.prepare([MAILBOXES])
    until = perf_counter() + HANDLED_SECONDS
    while True:
        read = 0
        async for batch in store.stream(MAILBOXES.name, {}):
            read += sum(delivery["state"] == "read" for mailbox in batch for delivery in mailbox["deliveries"])
        if read >= expected or perf_counter() > until:
            await store.close()
            return read
        await asyncio.sleep(LOOK_SECONDS)
