"""Webhook acknowledgements a second: the real gateway beside a bare handler, in turns, as a ratio."""

from __future__ import annotations

import asyncio
import itertools
from time import perf_counter

from deploy.local.child import free_port
from tests.bench.load import Client, as_fast_as_answered
from tests.bench.numbers import Row, percentile
from tests.bench.product import Product
from tests.bench.progress import progress, say
from tests.bench.servers import Servers
from tests.bench.webhooks import message, request

SECONDS = 15
TURNS = 5
AT_ONCE = 32
"""Webhooks under way."""
KNOWN = 200
"""People who write in turn; the gateway has met them in the warm-up."""
QUIET_SECONDS = 30
"""At most so long until what was acknowledged is published and the next turn may begin."""

_numbers = itertools.count(1)


async def measure(servers: Servers, seconds: float | None) -> list[Row]:
    """Both are processes of their own on the same Valkey; the gateway also has MongoDB and RabbitMQ behind it."""
    turn = (seconds or SECONDS) / TURNS
    async with Product(servers, over_rabbit=True, services=("gateway",)) as product:
        port = free_port()
        product.add("bare", ["-m", "tests.bench.bare", str(port), product.redis_url], f"http://127.0.0.1:{port}/ready")
        async with Client(product.port) as to_gateway, Client(port) as to_bare:
            gateway, bare = Side("gateway", to_gateway, product), Side("bare", to_bare, product)
            for side in (gateway, bare):
                await Side(side.name, side.client, product).take_turn(2)
            async with progress("Gateway and bare handler in turns", 2 * TURNS * turn):
                for _ in range(TURNS):
                    await gateway.take_turn(turn)
                    await bare.take_turn(turn)
    ratio = percentile(gateway.rates, 50) / percentile(bare.rates, 50)
    return [
        Row("gateway", gateway.told),
        Row("bare aiohttp handler: HMAC and one fsynced write", bare.told),
        Row("gateway : bare", f"{ratio:.2f}"),
        Row("gateway: still publishing after a turn", f"{percentile(gateway.drains, 50):.1f} s"),
    ]


class Side:
    """One of the two that are compared."""

    def __init__(self, name: str, client: Client, product: Product) -> None:
        self.name = name
        self.client = client
        self._product = product
        self._count = 0
        self._cpu = 0.0
        self.rates: list[float] = []
        """Acknowledgements a second, of each turn."""
        self.drains: list[float] = []
        """Seconds for which all went on working after each turn."""

    async def take_turn(self, seconds: float) -> None:
        """Acknowledge as fast as possible; returns when all is quiet again."""
        statuses: list[int] = []

        async def one() -> None:
            number = next(_numbers)
            body = message(number % KNOWN, f"wamid.ack{number}", "hi")
            statuses.append(await self.client.post(request(body, self._product.secret)))

        cpu, began = self._product.cpu_seconds()[self.name], perf_counter()
        await as_fast_as_answered(AT_ONCE, seconds, one)
        good = statuses.count(200)
        self.rates.append(good / (perf_counter() - began))
        self.drains.append(await _until_quiet(self._product))
        self._count += good
        self._cpu += self._product.cpu_seconds()[self.name] - cpu
        if good < len(statuses):
            say(f"  {self.name}: {len(statuses) - good} of {len(statuses)} were not answered 200")

    @property
    def told(self) -> str:
        """What the table says."""
        cpu = self._cpu * 1000 / max(self._count, 1)
        rates = f"{percentile(self.rates, 50):.0f}/s ({min(self.rates):.0f} to {max(self.rates):.0f})"
        return f"{rates}, {cpu:.2f} ms of its CPU each"


async def _until_quiet(product: Product) -> float:
    """Wait until the processes use next to no CPU; the seconds that it took."""
    began = perf_counter()
    while perf_counter() < began + QUIET_SECONDS:
        before = sum(product.cpu_seconds().values())
        await asyncio.sleep(0.25)
        if sum(product.cpu_seconds().values()) - before < 0.05:
            break
    return perf_counter() - began - 0.25
