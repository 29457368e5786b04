"""A gateway that takes webhooks, its calls to the stand-in, and how both are started."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from sandbox.whatsapp.app import make_app
from sandbox.whatsapp.settings import WhatsAppSettings
from shared.kernel.clock import VirtualClock

Json = dict[str, Any]

SAMPLES = Path(__file__).parents[3] / "tests/contracts/whatsapp/samples"
NUMBER_ID = "100000000000001"
TOKEN = "a-token-for-tests"
SECRET = "a-secret-for-tests"
TARIRO = "+263771111111"
THEMBA = "+263772222222"


def text(body: str = "Mhoro", to: str = TARIRO, **more: object) -> Json:
    return {"messaging_product": "whatsapp", "to": to, "type": "text", "text": {"body": body}, **more}


def interactive(inner: Json, to: str = TARIRO) -> Json:
    given = {"body": {"text": "How much?"}, **inner}
    return {"messaging_product": "whatsapp", "to": to, "type": "interactive", "interactive": given}


def buttons(*titles: str) -> Json:
    replies = [{"type": "reply", "reply": {"id": f"id:{place}", "title": title}} for place, title in enumerate(titles)]
    return interactive({"type": "button", "action": {"buttons": replies}})


def rows(*titles: str, **section: object) -> Json:
    given = [{"id": f"row:{place}", "title": title, "description": "More"} for place, title in enumerate(titles)]
    return interactive({"type": "list", "action": {"button": "Choose", "sections": [{"rows": given, **section}]}})


@dataclass
class Gateway:
    """Answers webhooks with the codes that it was told to give, then with 200, and keeps every body."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    signatures: list[str | None] = field(default_factory=list)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def take(self, request: web.Request) -> web.Response:
        self.bodies.append(await request.read())
        self.signatures.append(request.headers.get("x-hub-signature-256"))
        async with self.changed:
            self.changed.notify_all()
        return web.Response(status=self.answers.pop(0) if self.answers else 200)

    async def until(self, true: Callable[[], object]) -> None:
        """Wait until webhooks have made this true."""
        async with asyncio.timeout(10), self.changed:
            await self.changed.wait_for(true)

    def values(self) -> list[Json]:
        return [
            change["value"]
            for body in self.bodies
            for entry in json.loads(body)["entry"]
            for change in entry["changes"]
        ]

    def updates(self, key: str) -> list[Json]:
        return [update for value in self.values() for update in value.get(key, [])]

    def statuses(self, wamid: str) -> list[str]:
        return [status["status"] for status in self.updates("statuses") if status["id"] == wamid]


class WhatsApp:
    """A gateway talking to the stand-in, and people on its phones."""

    def __init__(self, url: str, session: aiohttp.ClientSession, gateway: Gateway) -> None:
        self.url = url
        self.session = session
        self.gateway = gateway

    async def post(
        self, body: object, *, number_id: str = NUMBER_ID, token: str = TOKEN, version: str = "/v26.0", **headers: str
    ) -> tuple[int, Json]:
        """A Graph request; the HTTP status and the answer."""
        path = f"{self.url}{version}/{number_id}/messages"
        given = {"authorization": f"Bearer {token}", **headers}
        async with self.session.post(path, json=body, headers=given) as answer:
            told: Json = await answer.json()
            return answer.status, told

    async def accepted(self, body: Json) -> str:
        """A Graph request that is taken; the message id."""
        status, told = await self.post(body)
        assert status == 200, told
        wamid: str = told["messages"][0]["id"]
        return wamid

    async def refused(self, body: object) -> tuple[int, str]:
        """A Graph request that is not taken; code and details."""
        status, told = await self.post(body)
        assert status == 400, told
        return told["error"]["code"], told["error"]["error_data"]["details"]

    async def sim(self, method: str, path: str, body: object = None, *, expect: int = 200) -> Json:
        async with self.session.request(method, f"{self.url}/_sim/{path}", json=body) as answer:
            told: Json = await answer.json()
            assert answer.status == expect, told
            return told

    async def say(self, words: str = "hi", phone: str = TARIRO) -> str:
        wamid: str = (await self.sim("POST", f"phones/{phone}/say", {"text": words}))["wamid"]
        return wamid

    async def advance(self, seconds: float) -> None:
        await self.sim("POST", "clock", {"advance": seconds})

    async def talk(self, phone: str = TARIRO) -> list[Json]:
        messages: list[Json] = (await self.sim("GET", f"phones/{phone}/messages"))["messages"]
        return messages


def signature_of(body: bytes) -> str:
    return "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()


async def serve(app: web.Application, stack: AsyncExitStack) -> str:
    runner = web.AppRunner(app)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    return f"http://127.0.0.1:{runner.addresses[0][1]}"


async def start(stack: AsyncExitStack, time_scale: float = 1.0) -> WhatsApp:
    """Both, on a clock that stands still until it is moved."""
    gateway = Gateway()
    inside = web.Application(client_max_size=4 * 1024 * 1024)
    inside.router.add_post("/webhook", gateway.take)
    gateway.url = await serve(inside, stack)
    settings = WhatsAppSettings(
        phone_number_ids=(NUMBER_ID,),
        bot_number="+263780000000",
        token=TOKEN,
        secrets=(SECRET, f"{SECRET}-2"),
        webhook_url=f"{gateway.url}/webhook",
        time_scale=time_scale,
        phones={TARIRO: "Tariro Moyo", THEMBA: "Themba Ndlovu"},
    )
    sandbox = web.Application()
    sandbox.add_subapp("/graph", make_app(settings, VirtualClock()))
    url = await serve(sandbox, stack)
    session = await stack.enter_async_context(aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)))
    return WhatsApp(f"{url}/graph", session, gateway)
