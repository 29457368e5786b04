"""Gateway and notifier in memory, their limits in a real Valkey, WhatsApp as the sandbox, and the time of all three."""

from __future__ import annotations

import json
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import pytest
import redis.asyncio
from aiohttp import web

from sandbox.whatsapp.app import make_app
from sandbox.whatsapp.settings import WhatsAppSettings
from services.gateway.app import make as make_gateway
from services.notifier.app import make as make_notifier
from shared.contracts.gateway import MessageReceived
from shared.kernel.clock import VirtualClock
from shared.runtime.health import heartbeat_of
from shared.store.redis import connect
from shared.testing.harness import Harness, common_settings

SECRET, TOKEN = "test-secret", "test-token"
NUMBERS = ("100", "200")
STEP = 0.5


class Channel:
    """What tests drive. Made by `open_channel`."""

    def __init__(self, harness: Harness, http: aiohttp.ClientSession, client: redis.asyncio.Redis) -> None:
        self.harness = harness
        self.http = http
        self._redis = client
        self._caught_up = 0.0
        self.longest_step = 0.0

    async def sim(self, method: str, path: str, body: object = None, *, expect: int = 200) -> Any:
        """A request to the person's side of the sandbox."""
        async with self.http.request(method, f"/graph/_sim/{path}", json=body) as answer:
            assert answer.status == expect, await answer.text()
            return await answer.json()

    async def step(self) -> None:
        """Half a second or a little more: what we do, then WhatsApp's webhooks of that time, each to its end."""
        await self.harness.advance(STEP)
        # The harness lets time pass while it waits for answers, so WhatsApp catches up with what its clock says.
        behind = self.harness.clock.monotonic() - self._caught_up
        self._caught_up += behind
        self.longest_step = max(self.longest_step, behind)
        await self.sim("POST", "clock", {"advance": behind})
        for name, running in self.harness.running.items():
            beat = await heartbeat_of(running, self.harness.transport, self.harness.clock)
            await self._redis.set(f"heartbeat:{name}", json.dumps(beat))

    async def hear(self, phones: list[str]) -> list[MessageReceived]:
        """Let people write, over each business number in turn; what the gateway says of it."""
        for place, phone in enumerate(phones):
            await self.sim("POST", "phones", {"phone": phone, "name": f"Person {place}"})
            number = NUMBERS[place % len(NUMBERS)]
            await self.sim("POST", f"phones/{phone}/say?wait=no&number={number}", {"text": "hi"})
        while len(self.harness.all(MessageReceived)) < len(phones):
            await self.step()
        return self.harness.all(MessageReceived)


async def open_channel(
    stack: AsyncExitStack, valkey_url: str, monkeypatch: pytest.MonkeyPatch, services_url: str = "http://127.0.0.1:1"
) -> Channel:
    """All of it, until the stack is closed. `services_url` is where the other services are."""
    client = connect(valkey_url)
    stack.push_async_callback(client.aclose)
    await client.flushdb()
    given = {"META_APP_SECRET": SECRET, "VERIFY_TOKEN": "v", "WHATSAPP_BOT_NUMBER": "+263780000000"}
    for name, value in {**given, "WHATSAPP_TOKEN": TOKEN}.items():
        monkeypatch.setenv(name, value)
    edge = _Edge()
    gateway_url = await serve(edge.app, stack)
    settings = WhatsAppSettings(
        phone_number_ids=NUMBERS,
        bot_number="+263780000000",
        token=TOKEN,
        secrets=(SECRET,),
        webhook_url=f"{gateway_url}/webhook",
        phones={},
    )
    sandbox = web.Application()
    sandbox.add_subapp("/graph", make_app(settings, VirtualClock()))
    url = await serve(sandbox, stack)
    monkeypatch.setenv("WHATSAPP_API_URL", f"{url}/graph/v26.0")
    common = common_settings().model_copy(update={"services_url": services_url})
    makes = {"gateway": make_gateway, "notifier": make_notifier}
    harness = await stack.enter_async_context(Harness(makes, redis=client, common=common))
    edge.lead_to(harness)
    http = await stack.enter_async_context(aiohttp.ClientSession(url))
    return Channel(harness, http, client)


async def serve(app: web.Application, stack: AsyncExitStack) -> str:
    """Serve until the stack is closed; the address."""
    runner = web.AppRunner(app)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return f"http://127.0.0.1:{runner.addresses[0][1]}"


class _Edge:
    """The gateway's address, which the sandbox must know before there is a gateway."""

    def __init__(self) -> None:
        self._routes = web.Application()
        self.app = web.Application(client_max_size=4 * 1024 * 1024)
        self.app.router.add_route("*", "/{path:.*}", self._pass)

    def lead_to(self, harness: Harness) -> None:
        add = harness.services["gateway"].routes
        assert add is not None
        add(self._routes)

    async def _pass(self, request: web.Request) -> web.StreamResponse:
        match = await self._routes.router.resolve(request)
        return await match.handler(request)
