"""Payments a second, from the command on the bus to the settled event, with a Paynow that is instant."""

from __future__ import annotations

import asyncio
import itertools
from decimal import Decimal
from time import perf_counter

from shared.bus.envelope import Envelope
from shared.bus.rabbit import RabbitTransport
from shared.contracts.payments import PaymentSettled, RequestPayment
from shared.kernel.clock import SystemClock
from shared.kernel.ids import MemberId
from shared.kernel.money import Money
from tests.bench.load import as_fast_as_answered
from tests.bench.numbers import Row, cost, spread
from tests.bench.product import Product
from tests.bench.progress import progress
from tests.bench.servers import Servers

SECONDS = 15
AT_ONCE = 64
"""Payments under way."""
LANES = 4
SETTLED_SECONDS = 60
"""A payment that takes longer counts as missing."""


class Payers:
    """Ask for payments on the bus as conversation does, and hear of them as reporting does."""

    def __init__(self, transport: RabbitTransport) -> None:
        self._transport = transport
        self._numbers = itertools.count()
        self._waiting: dict[str, asyncio.Future[None]] = {}
        self.asked = 0
        self.settled: list[float] = []
        """Seconds from command to event."""

    async def pay(self) -> None:
        """One payment of somebody new."""
        payer = MemberId(f"M-BENCH{next(self._numbers)}")
        self._waiting[payer] = asyncio.get_running_loop().create_future()
        command = RequestPayment(
            intent=f"{payer}:1",
            payer=payer,
            amount=Money(amount=Decimal(20), currency="USD"),
            method="ecocash",
            wallet="+263771111111",
            purpose="Construction",
            payer_name="Tariro Moyo",
        )
        envelope = Envelope(
            id=f"E-{payer}",
            type=RequestPayment.NAME,
            version=RequestPayment.VERSION,
            key=command.lane_key,
            source="conversation",
            occurred_at=SystemClock().now(),
            correlation_id=f"E-{payer}",
            data=command.model_dump(mode="json"),
        )
        began = perf_counter()
        self.asked += 1
        await self._transport.publish([envelope])
        try:
            await asyncio.wait_for(self._waiting[payer], SETTLED_SECONDS)
        except TimeoutError:
            return
        self.settled.append(perf_counter() - began)

    async def hear(self, body: bytes) -> None:
        """What the transport delivers."""
        envelope = Envelope.model_validate_json(body)
        if envelope.type == PaymentSettled.NAME:
            waiting = self._waiting[envelope.key]
            if not waiting.done():
                waiting.set_result(None)


async def measure(servers: Servers, seconds: float | None) -> list[Row]:
    """Gateway (for the callbacks) and payments over RabbitMQ; the sandbox's Paynow with every delay at nothing."""
    product = Product(servers, over_rabbit=True, services=("gateway", "payments"), PAYNOW_TIME_SCALE="0")
    async with product:
        product.add("sandbox", ["-m", "sandbox"], f"{product.sandbox_url}/")
        transport = RabbitTransport(product.amqp_url, LANES)
        await transport.start()
        payers = Payers(transport)
        await transport.consume("reporting", payers.hear)
        try:
            for _ in range(3):
                await payers.pay()  # opens connections; not counted
            payers.settled.clear()
            payers.asked = 0
            before, began = product.cpu_seconds(), perf_counter()
            async with progress(f"Payments, {AT_ONCE} at once", seconds or SECONDS):
                await as_fast_as_answered(AT_ONCE, seconds or SECONDS, payers.pay)
            took, after = perf_counter() - began, product.cpu_seconds()
        finally:
            await transport.stop_consuming(5)
            await transport.close()
    settled = payers.settled
    return [
        Row("payments settled", f"{len(settled) / took:.1f}/s ({len(settled)} of {payers.asked})", "40/s or more"),
        Row("command to settled event", spread(settled)),
        Row("CPU a payment", cost(before, after, len(settled))),
    ]
