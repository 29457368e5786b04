"""Payments at work against the Paynow stand-in over HTTP, both on one virtual clock, with a small gateway between."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import socket
import tempfile
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from functools import cache
from pathlib import Path
from typing import Any, Self, TypeVar

import aiohttp
import redis.asyncio
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from sandbox.paynow.app import make_app
from sandbox.paynow.settings import Integration, PaynowSettings
from services.payments.app import make
from services.payments.domain.payment import Payment
from services.payments.store import PAYMENTS
from shared.contracts.base import Message
from shared.contracts.gateway import PaymentStatusReceived
from shared.contracts.payments import CheckPayment, RequestPayment
from shared.kernel.ids import MemberId, payment_id_of
from shared.kernel.money import Money
from shared.kernel.paynow_message import PaynowMessage
from shared.store.documents import Document
from shared.store.stores import Stores
from shared.testing.harness import Harness, in_memory

USD_KEY = "7c0a5f3e-91d4-4b6a-8e27-15f3b9d2c841"
ZWG_KEY = "b84e2d90-3f17-4c5d-a06b-9e61c7d8f052"
KEYS = {"USD": USD_KEY, "ZWG": ZWG_KEY}
TARIRO = MemberId("M-TARIRO")

M = TypeVar("M", bound=Message)

SWEPT = 20
"""Seconds after which a message is out even when chaos made its first publish fail."""

SUCCESS, DELAYED, CANCELLED, NO_BALANCE = (f"+26377{digit}{digit * 6}" for digit in "1234")


def settings(**more: str) -> dict[str, str]:
    """The environment of a payments service with both currencies."""
    given = {
        "PUBLIC_URL": "https://give.example.org",
        "PAYNOW_USD_ID": "30101",
        "PAYNOW_USD_KEY": USD_KEY,
        "PAYNOW_USD_AUTH_EMAIL": "treasurer@example.org",
        "PAYNOW_ZWG_ID": "30102",
        "PAYNOW_ZWG_KEY": ZWG_KEY,
        "PAYNOW_ZWG_AUTH_EMAIL": "treasurer@example.org",
        "PAYNOW_USD_METHODS": "ecocash,onemoney,innbucks,omari,web,manual",
        "PAYNOW_TEST_MODE": "true",
        "BANK_DETAILS": "CABS 1001234567, Ruvimbo Church",
        "RECEIPT_KEY_FILE": str(receipt_key_file()),
    }
    return given | more


@cache
def receipt_key_file() -> Path:
    """A key for receipts, made for this run."""
    file = Path(tempfile.mkdtemp(prefix="ruvimbo-")) / "receipt-key.pem"
    file.write_bytes(Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return file


def request(wallet: str | None = SUCCESS, **more: Any) -> RequestPayment:
    """A gift that fits all rules, with something changed."""
    given: dict[str, Any] = {
        "intent": "S-1/1",
        "payer": TARIRO,
        "amount": Money.of("20.00", "USD"),
        "method": "ecocash",
        "wallet": wallet,
        "purpose": "Youth Conference",
        "payer_name": "Tariro Moyo",
    }
    return RequestPayment.model_validate({**given, **more})


def listener() -> socket.socket:
    """A port of our own."""
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    return bound


async def serve(app: web.Application, at: socket.socket, stack: AsyncExitStack) -> str:
    """Serve until the stack is closed; returns the origin."""
    runner = web.AppRunner(app)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.SockSite(runner, at).start()
    return "http://{}:{}".format(*at.getsockname())


class World:
    """`environment` is what payments must be started with (the fixture sets it); then enter it, then open Paynow.

    `mode` is that of both integrations (contract 6), `services` more settings of payments, the rest are settings of
    the stand-in.
    """

    def __init__(
        self,
        client: redis.asyncio.Redis,
        mode: str = "test",
        services: Mapping[str, str] | None = None,
        stores: Callable[[], Stores] = in_memory,
        **paynow: Any,
    ) -> None:
        self._mode = mode
        self._paynow = paynow
        self._listeners = listener(), listener()
        self._stack = AsyncExitStack()
        gateway, sandbox = ("http://{}:{}".format(*bound.getsockname()) for bound in self._listeners)
        self.paynow_url = f"{sandbox}/paynow"
        self.environment = settings(PUBLIC_URL=gateway, PAYNOW_URL=self.paynow_url, **(services or {}))
        self.harness = Harness({"payments": make}, redis=client, stores=stores, seed=1)
        self.callbacks: list[tuple[str, bytes]] = []
        """Currency and body of those that have come and were not delivered yet."""
        self.holds_answers = False
        """Whether a callback is told the moment it comes, and taken from Paynow only when it has had its effect."""
        self._telling: list[asyncio.Task[object]] = []
        self._intents = itertools.count(1)

    async def __aenter__(self) -> Self:
        gateway = web.Application()
        gateway.router.add_post("/payment-result/{currency}", self._called_back)
        await serve(gateway, self._listeners[0], self._stack)
        self._session = await self._stack.enter_async_context(aiohttp.ClientSession())
        await self._stack.enter_async_context(self.harness)
        return self

    async def open_paynow(self) -> None:
        """Paynow can be reached from now on."""
        integrations = [
            Integration.model_validate({"id": id, "key": key, "currency": currency, "mode": self._mode})
            for id, key, currency in ((30101, USD_KEY, "USD"), (30102, ZWG_KEY, "ZWG"))
        ]
        given = {"integrations": integrations, "public_url": self.paynow_url, "seed": 1}
        sandbox = web.Application()
        sandbox.add_subapp("/paynow", make_app(PaynowSettings.model_validate(given | self._paynow), self.harness.clock))
        await serve(sandbox, self._listeners[1], self._stack)

    async def __aexit__(self, *error: object) -> None:
        await asyncio.gather(*self._telling)
        await self._stack.aclose()
        for bound in self._listeners:
            bound.close()

    async def give(self, wallet: str | None = SUCCESS, **more: Any) -> Payment:
        """Request a payment with an intent of its own; returns it as it then stands."""
        intent = f"S-1/{next(self._intents)}"
        await self.harness.say(request(wallet, **{"intent": intent, **more}))
        return await self.payment(str(more.get("intent", intent)))

    async def payment(self, intent: str = "S-1/1") -> Payment:
        payment = await self.harness.state("payments", PAYMENTS, payment_id_of(intent))
        assert payment is not None
        return payment

    def document(self, intent: str = "S-1/1") -> Document:
        [document] = [
            document
            for document in self.harness.documents("payments", PAYMENTS)
            if document.id == payment_id_of(intent)
        ]
        return document

    async def only(self, message: type[M]) -> M:
        """The one message of a type, also when chaos made its first publish fail."""
        if not self.harness.all(message):
            await self.harness.advance(SWEPT)
        return self.harness.only(message)

    async def check(self, payment: Payment) -> None:
        await self.harness.say(CheckPayment(payment_id=payment.id, payer=payment.payer))

    async def pass_time(self, seconds: float, *, step: float = 1.0, callbacks: bool = True) -> None:
        """Let both sides live on; each callback that comes is told to payments, unless `callbacks` is false."""
        passed = 0.0
        while passed < seconds:
            await self.harness.advance(min(step, seconds - passed), step)
            passed += step
            await self.admin("POST", "clock", {"advance": 0})  # answers when what fell due is done
            if callbacks:
                await self.deliver_callbacks()

    async def deliver_callbacks(self) -> None:
        """Tell payments of the callbacks that came, as the gateway does."""
        while self.callbacks:
            currency, body = self.callbacks.pop(0)
            hint = hint_of(currency, body, self)
            if hint is not None:
                await self.harness.say(hint)

    async def admin(self, method: str, path: str, body: object = None) -> Any:
        async with self._session.request(method, f"{self.paynow_url}/_sim/{path}", json=body) as answer:
            told = await answer.json()
            assert answer.status == 200, told
            return told

    async def arm(self, name: str, **rest: object) -> None:
        """Something goes wrong at Paynow (contract 10.8)."""
        await self.admin("POST", "faults", {"name": name, **rest})

    async def at_paynow(self) -> list[Mapping[str, Any]]:
        """The transactions that Paynow has."""
        transactions: list[Mapping[str, Any]] = await self.admin("GET", "transactions")
        return transactions

    async def force(self, status: str, *, reference: str | None = None) -> None:
        """The latest transaction at Paynow, or the one of a payment, gets this status, whatever it was."""
        fitting = [known for known in await self.at_paynow() if reference in {None, known["reference"]}]
        await self.admin("POST", f"transactions/{fitting[0]['paynowreference']}/status", {"status": status})

    async def _state(self, id: str) -> str | None:
        payment = await self.harness.state("payments", PAYMENTS, id)
        return payment.state if payment else None

    async def _called_back(self, request: web.Request) -> web.Response:
        self.callbacks.append((request.match_info["currency"], await request.read()))
        if self.holds_answers:
            reference = PaynowMessage.parse(self.callbacks[-1][1]).get("reference") or ""
            self._telling.append(asyncio.ensure_future(self.deliver_callbacks()))
            async with asyncio.timeout(5):
                while (await self._state(reference)) == "initiating":  # noqa: ASYNC110 a document tells nobody that it changed
                    await asyncio.sleep(0)
        return web.Response()


def hint_of(currency: str, body: bytes, world: World) -> PaymentStatusReceived | None:
    """What the gateway says of a callback; nothing when its hash is wrong."""
    message = PaynowMessage.parse(body)
    if not message.is_authentic(KEYS[currency]):
        return None
    return PaymentStatusReceived.model_validate(
        {
            "payment_id": message.get("reference"),
            "currency": currency,
            "status": message.get("status"),
            "paynow_reference": message.get("paynowreference"),
            "amount": message.get("amount"),
            "body_digest": hashlib.sha256(body).hexdigest(),
            "received_at": world.harness.clock.now(),
        }
    )
