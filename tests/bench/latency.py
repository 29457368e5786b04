"""From a webhook to the answer's arrival at the Graph API, on both transports."""

from __future__ import annotations

from tests.bench.graph import Graph
from tests.bench.load import Client
from tests.bench.numbers import Row, cost, spread
from tests.bench.product import Product
from tests.bench.servers import Servers
from tests.bench.traffic import People

RATES = (10, 80)
"""Messages a second; 80 is what WhatsApp lets one number send (WhatsApp contract 4.3)."""
SECONDS = 15


async def measure(servers: Servers, seconds: float | None) -> list[Row]:
    """Two rates on each transport."""
    rows = []
    for transport in ("embedded", "RabbitMQ"):
        over_rabbit = transport == "RabbitMQ"
        async with (
            Graph() as graph,
            Product(servers, over_rabbit=over_rabbit, WHATSAPP_API_URL=graph.url) as product,
            Client(product.port) as client,
        ):
            people = People(product, graph, client)
            await people.warm_up()
            for rate in RATES:
                before = product.cpu_seconds()
                talk = await people.greet(transport, rate, seconds or SECONDS)
                name = f"{transport}, {rate}/s"
                rows += [
                    Row(f"{name}: webhook to send", spread(talk.answers)),
                    Row(f"{name}: webhook to 200", spread(talk.acks.seconds)),
                    Row(f"{name}: answered", f"{len(talk.answers)} of {talk.said}"),
                    Row(f"{name}: CPU a message", cost(before, product.cpu_seconds(), talk.said)),
                ]
    return rows
