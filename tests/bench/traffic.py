"""People who say hi to the bot, for the first time or again, and what came of it."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from time import perf_counter

from tests.bench.graph import Graph
from tests.bench.load import Client, at_rate
from tests.bench.product import Product
from tests.bench.progress import progress
from tests.bench.webhooks import message, phone_of, request

MEETING = 40
"""New people a second, where they are only to be known afterwards."""
PATIENCE_SECONDS = 15
"""How long answers may take after the last webhook before they count as missing."""


@dataclass
class Acks:
    """Answers to webhooks: status and seconds from the time when each was due."""

    statuses: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    async def post(self, client: Client, body: bytes, secret: str, due: float, path: str = "/webhook") -> None:
        """Send one and note how it went."""
        self.statuses.append(await client.post(request(body, secret, path)))
        self.seconds.append(perf_counter() - due)

    @property
    def told(self) -> str:
        """How many were 200, and what the others were."""
        others = Counter(str(status or "no answer") for status in self.statuses if status != 200)
        also = "".join(f", {count} × {status}" for status, count in others.items())
        return f"{self.statuses.count(200)} of {len(self.statuses)}{also}"


@dataclass
class Talk:
    """One run: `answers` are the seconds from when a webhook was due until the menu reached the Graph API."""

    acks: Acks = field(default_factory=Acks)
    answers: list[float] = field(default_factory=list)
    due: list[float] = field(default_factory=list)
    """When each webhook was due, and below when each answer came; in seconds of `perf_counter`."""
    came: list[float] = field(default_factory=list)
    drained_seconds: float = 0.0
    """From the last acknowledgement to the last answer."""

    @property
    def said(self) -> int:
        """How many wrote."""
        return len(self.due)

    def waiting(self, share: float) -> int:
        """How many had written and had no answer when this share of the time was over."""
        when = min(self.due) + share * (max(self.due) - min(self.due))
        return sum(due <= when for due in self.due) - sum(came <= when for came in self.came)


class People:
    """An endless row of new people who write to one product, until it has met as many as shall write again and again.

    `graph` is where the product's answers come.
    """

    def __init__(self, product: Product, graph: Graph, client: Client) -> None:
        self._product = product
        self._graph = graph
        self._client = client
        self._numbers: Iterator[int] = itertools.count(1)
        self._messages = itertools.count(1)

    async def greet(self, what: str, per_second: float, seconds: float) -> Talk:
        """The next one says hi every 1/`per_second`; waits for the answers."""
        talk = Talk()
        due_of: dict[asyncio.Future[float], float] = {}

        async def say_hi(_: int, due: float) -> None:
            person = next(self._numbers)
            due_of[self._graph.expect(phone_of(person))] = due
            body = message(person, f"wamid.in{next(self._messages)}", "hi")
            await talk.acks.post(self._client, body, self._product.secret, due)

        async with progress(f"{what}: {per_second:g} messages/s", seconds):
            await at_rate(per_second, seconds, say_hi)
            ended = perf_counter()
            answered, _ = await asyncio.wait(due_of, timeout=PATIENCE_SECONDS)
        talk.due = list(due_of.values())
        talk.came = [answer.result() for answer in answered]
        talk.answers = [answer.result() - due_of[answer] for answer in answered]
        talk.drained_seconds = max(0.0, max(talk.came, default=ended) - ended)
        return talk

    async def warm_up(self) -> None:
        """A few first messages, which open connections and fill caches; not counted."""
        await self.greet("Warm-up", 10, 2)

    async def meet(self, how_many: int) -> None:
        """So many say hi for the first time, not counted; from now on they write in turn and nobody new does."""
        first = next(self._numbers)
        self._numbers = itertools.chain((first,), self._numbers)
        await self.greet("Getting to know them", MEETING, how_many / MEETING)
        self._numbers = itertools.cycle(range(first, first + how_many))
