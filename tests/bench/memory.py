"""Memory of all six services in one process, after a run."""

from __future__ import annotations

from pathlib import Path

from tests.bench.graph import Graph
from tests.bench.load import Client
from tests.bench.numbers import Row
from tests.bench.product import Product
from tests.bench.servers import Servers
from tests.bench.traffic import People

RATE = 80
SECONDS = 15


async def measure(servers: Servers, seconds: float | None) -> list[Row]:
    """Before and after."""
    async with (
        Graph() as graph,
        Product(servers, over_rabbit=False, WHATSAPP_API_URL=graph.url) as product,
        Client(product.port) as client,
    ):
        fresh = _megabytes(product.pid("all"))
        talk = await People(product, graph, client).greet("embedded", RATE, seconds or SECONDS)
        used = _megabytes(product.pid("all"))
    return [
        Row("six services in one process, started", fresh),
        Row(f"six services in one process, after {talk.said} messages", used),
    ]


def _megabytes(pid: int) -> str:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    kilobytes = {line.split()[0]: int(line.split()[1]) for line in lines[1:]}
    return f"{kilobytes['Pss:'] / 1024:.0f} MB PSS, {kilobytes['Rss:'] / 1024:.0f} MB RSS"
