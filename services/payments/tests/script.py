"""A server that answers Paynow's adapter as it is told to, and what the adapter's tests ask for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web

from services.payments.adapters.paynow import Paynow
from services.payments.ports import Initiation, Poll
from services.payments.tests.world import USD_KEY
from shared.kernel.ids import PaymentId
from shared.kernel.money import Money
from shared.kernel.paynow_message import sign

POLL_URL = "https://www.paynow.co.zw/Interface/CheckPayment/?guid=5b1c1c3a-7a4e-4a55-9b0e-0d6c0f3a1e01"

Connect = Callable[..., Awaitable[Paynow]]

INITIATION = Initiation(
    payment_id=PaymentId("P-0000000000AB"),
    merchant_trace="T0123456789",
    amount=Money.of("20.5", "USD"),
    method="ecocash",
    wallet="+263771111111",
    purpose=" Youth & Co: 100% Zvakanaka é ",
)


@dataclass
class Script:
    """A server that gives one answer to everything and keeps what it was asked."""

    origin: str = ""
    body: bytes = b""
    status: int = 200
    asked: list[tuple[str, bytes, str]] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append((request.path_qs, await request.read(), request.headers.get("content-type", "")))
        return web.Response(body=self.body, status=self.status, content_type="text/html")

    @property
    def poll(self) -> Poll:
        return Poll(currency="USD", poll_url=f"{self.origin}/poll?guid=1")


def signed(*pairs: tuple[str, str]) -> bytes:
    return sign(pairs, USD_KEY)
