"""A merchant: its server that is told of payments, its calls to the stand-in, and how both are started."""

from __future__ import annotations

import asyncio
import socket
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

from sandbox.paynow import hashing, wire
from sandbox.paynow.app import make_app
from sandbox.paynow.settings import Integration, PaynowSettings
from shared.kernel.clock import Clock, VirtualClock

USD_KEY = "7c0a5f3e-91d4-4b6a-8e27-15f3b9d2c841"
ZWG_KEY = "b84e2d90-3f17-4c5d-a06b-9e61c7d8f052"
KEYS = {"30101": USD_KEY, "30102": ZWG_KEY}


@dataclass
class Merchant:
    """Answers status updates with the codes that it was told to give, then with 200, and keeps every body."""

    url: str
    answers: list[int] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)
    told: asyncio.Event = field(default_factory=asyncio.Event)
    headers: list[dict[str, str]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        self.bodies.append(await request.text())
        self.headers.append(dict(request.headers))
        self.told.set()
        return web.Response(status=self.answers.pop(0) if self.answers else 200)

    def updates(self) -> list[dict[str, str]]:
        return [dict(wire.parse(body)) for body in self.bodies]

    def statuses(self) -> list[str]:
        return [update["status"] for update in self.updates()]


class Paynow:
    """A merchant's server talking to the stand-in."""

    def __init__(self, url: str, session: aiohttp.ClientSession, merchant: Merchant) -> None:
        self.url = url
        self.session = session
        self.merchant = merchant

    def fields(self, **changed: str | None) -> list[tuple[str, str]]:
        """A good web payment, with some fields changed; None leaves one out."""
        given: dict[str, str | None] = {
            "id": "30101",
            "reference": "DON-1",
            "amount": "25.00",
            "returnurl": f"{self.merchant.url}/return?ref=DON-1&t=a+b",
            "resulturl": f"{self.merchant.url}/result",
            "status": "Message",
        }
        return [(name, value) for name, value in (given | changed).items() if value is not None]

    def express(self, phone: str | None = "0771111111", **changed: str | None) -> list[tuple[str, str]]:
        """A good remote transaction, with some fields changed."""
        given: dict[str, str | None] = {"authemail": "treasurer@example.org", "phone": phone, "method": "ecocash"}
        return self.fields(**(given | changed))

    async def post(self, path: str, fields: wire.Pairs, *, key: str | None = None) -> dict[str, str]:
        """A signed call; the answer as it came."""
        return dict(wire.parse(await self.post_raw(path, fields, key=key)))

    async def post_raw(self, path: str, fields: wire.Pairs, *, key: str | None = None) -> str:
        signed = hashing.sign(fields, key or KEYS.get(dict(fields).get("id", ""), USD_KEY))
        async with self.session.post(
            path if path.startswith("http") else f"{self.url}{path}",
            data=wire.encode(signed),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        ) as answer:
            return await answer.text()

    async def initiate(self, fields: wire.Pairs) -> dict[str, str]:
        return await self.post("/interface/initiatetransaction", fields)

    async def remote(self, fields: wire.Pairs) -> dict[str, str]:
        return await self.post("/interface/remotetransaction", fields)

    async def trace(self, merchanttrace: str, integration: str = "30101") -> dict[str, str]:
        return await self.post(
            "/interface/trace", [("id", integration), ("merchanttrace", merchanttrace), ("status", "Message")]
        )

    async def poll(self, pollurl: str) -> dict[str, str]:
        async with self.session.post(pollurl) as answer:
            return dict(wire.parse(await answer.text()))

    async def admin(self, method: str, path: str, body: object = None) -> Any:
        async with self.session.request(method, f"{self.url}/_sim/{path}", json=body) as answer:
            told = await answer.json()
            assert answer.status == 200, told
            return told

    async def advance(self, seconds: float) -> None:
        await self.admin("POST", "clock", {"advance": seconds})

    async def arm(self, name: str, **rest: object) -> None:
        await self.admin("POST", "faults", {"name": name, **rest})

    async def force(self, number: str, status: str) -> None:
        await self.admin("POST", f"transactions/{number}/status", {"status": status})

    async def quiet(self) -> None:
        """Until nothing is due at this moment: what was started has reached the merchant or its next wait."""
        await self.advance(0)


def integrations(**changed: object) -> tuple[Integration, ...]:
    """The two integrations, with something changed in both."""
    given = [{"id": 30101, "key": USD_KEY, "currency": "USD"}, {"id": 30102, "key": ZWG_KEY, "currency": "ZWG"}]
    return tuple(Integration.model_validate(one | changed) for one in given)


async def serve(app: web.Application, stack: AsyncExitStack, listener: socket.socket | None = None) -> str:
    runner = web.AppRunner(app)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    site = web.SockSite(runner, listener or free_port())
    await site.start()
    return site.name


def free_port() -> socket.socket:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    return listener


class Starter:
    """Starts stand-ins with settings of one's own."""

    def __init__(self, stack: AsyncExitStack) -> None:
        self._stack = stack

    async def __call__(self, clock: Clock | None = None, **changed: Any) -> Paynow:
        merchant = Merchant(url="")
        shop = web.Application()
        shop.router.add_post("/result", merchant.take)
        merchant.url = await serve(shop, self._stack)
        listener = free_port()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/paynow"
        given: dict[str, Any] = {"integrations": integrations(), "public_url": url, "seed": 1}
        sandbox = web.Application()
        sandbox.add_subapp("/paynow", make_app(PaynowSettings(**(given | changed)), clock or VirtualClock()))
        await serve(sandbox, self._stack, listener)
        session = await self._stack.enter_async_context(aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()))
        return Paynow(url, session, merchant)
