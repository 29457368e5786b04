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
    gateway_rates, bare_rates, drains = [], [], []
    async with Product(servers, over_rabbit=True, services=("gateway",)) as product:
        port = free_port()
        product.add("bare", ["-m", "tests.bench.bare", str(port), product.redis_url], f"http://127.0.0.1:{port}/ready")
        async with Client(product.port) as gateway, Client(port) as bare:
            for client in (gateway, bare):
                await _rate(client, product.secret, 2)
                await _until_quiet(product)
            async with progress("Gateway and bare handler in turns", 2 * TURNS * turn):
                for _ in range(TURNS):
                    gateway_rates.append(await _rate(gateway, product.secret, turn))
                    drains.append(await _until_quiet(product))
                    bare_rates.append(await _rate(bare, product.secret, turn))
                    await _until_quiet(product)
    ratio = percentile(gateway_rates, 50) / percentile(bare_rates, 50)
    return [
        Row("gateway", _told(gateway_rates)),
        Row("bare aiohttp handler: HMAC and one fsynced write", _told(bare_rates)),
        Row("gateway : bare", f"{ratio:.2f}"),
        Row("gateway: still publishing after a turn", f"{percentile(drains, 50):.1f} s"),
    ]


async def _rate(client: Client, secret: str, seconds: float) -> float:
    """Acknowledgements a second."""
    statuses: list[int] = []

    async def one() -> None:
        number = next(_numbers)
        statuses.append(await client.post(request(message(number % KNOWN, f"wamid.ack{number}", "hi"), secret)))

    began = perf_counter()
    await as_fast_as_answered(AT_ONCE, seconds, one)
    refused = len(statuses) - statuses.count(200)
    if refused:
        say(f"  {refused} of {len(statuses)} were not answered 200")
    return statuses.count(200) / (perf_counter() - began)


async def _until_quiet(product: Product) -> float:
    """Wait until the processes use next to no CPU; the seconds that it took."""
    began = perf_counter()
    while perf_counter() < began + QUIET_SECONDS:
        before = sum(product.cpu_seconds().values())
        await asyncio.sleep(0.25)
        if sum(product.cpu_seconds().values()) - before < 0.05:
            break
    return perf_counter() - began - 0.25


def _told(rates: list[float]) -> str:
    return f"{percentile(rates, 50):.0f}/s ({min(rates):.0f} to {max(rates):.0f})"
