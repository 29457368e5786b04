"""A thousand messages through a WhatsApp that breaks two in five: each arrives once, none is lost, limits hold.

Gateway and notifier are real, over HTTP with the sandbox and with their limits in a real Valkey; time is virtual, and
both sides move in lockstep.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import AsyncIterator
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
from shared.contracts.notifier import (
    MessageAccepted,
    MessageDelivered,
    MessageFailed,
    MessageRead,
    PlainText,
    Purpose,
    SendMessage,
)
from shared.kernel.clock import VirtualClock
from shared.runtime.health import heartbeat_of
from shared.store.redis import connect
from shared.testing.harness import Harness

SECRET, TOKEN = "test-secret", "test-token"
NUMBERS = ("100", "200")
EACH = 5
STEP = 0.5
LONGEST = 3600

FAULTS: list[dict[str, Any]] = [
    {"effect": "reset_after", "probability": 0.10, "seed": 1},
    {"effect": "reset_before", "probability": 0.10, "seed": 2},
    {"effect": "code", "code": 130429, "probability": 0.05, "seed": 3},
    {"effect": "code", "code": 131056, "probability": 0.05, "seed": 4},
    {"effect": "code", "code": 131000, "probability": 0.05, "seed": 5},
    {"effect": "html", "status": 503, "probability": 0.05, "seed": 6},
]


class Channel:
    """Gateway, notifier and WhatsApp, and the time of all three."""

    def __init__(self, harness: Harness, http: aiohttp.ClientSession, client: redis.asyncio.Redis) -> None:
        self.harness = harness
        self._http = http
        self._redis = client
        self._caught_up = 0.0
        self.longest_step = 0.0

    async def sim(self, method: str, path: str, body: object = None) -> Any:
        async with self._http.request(method, f"/graph/_sim/{path}", json=body) as answer:
            assert answer.status == 200, await answer.text()
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


async def serve(app: web.Application, stack: AsyncExitStack) -> str:
    runner = web.AppRunner(app)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return f"http://127.0.0.1:{runner.addresses[0][1]}"


@pytest.fixture
async def channel(valkey_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Channel]:
    client = connect(valkey_url)
    await client.flushdb()
    async with AsyncExitStack() as stack:
        stack.push_async_callback(client.aclose)
        given = {"META_APP_SECRET": SECRET, "VERIFY_TOKEN": "v", "WHATSAPP_BOT_NUMBER": "+263780000000"}
        for name, value in {**given, "WHATSAPP_TOKEN": TOKEN}.items():
            monkeypatch.setenv(name, value)
        edge = web.Application(client_max_size=4 * 1024 * 1024)
        sandbox = web.Application()
        gateway_url = await _reserve(edge, stack)
        settings = WhatsAppSettings(
            phone_number_ids=NUMBERS,
            bot_number="+263780000000",
            token=TOKEN,
            secrets=(SECRET,),
            webhook_url=f"{gateway_url}/webhook",
            phones={},
        )
        sandbox.add_subapp("/graph", make_app(settings, VirtualClock()))
        url = await serve(sandbox, stack)
        monkeypatch.setenv("WHATSAPP_API_URL", f"{url}/graph/v26.0")
        makes = {"gateway": make_gateway, "notifier": make_notifier}
        harness = await stack.enter_async_context(Harness(makes, redis=client))
        _inside.append(harness)
        stack.callback(_inside.clear)
        http = await stack.enter_async_context(aiohttp.ClientSession(url))
        yield Channel(harness, http, client)


_inside: list[Harness] = []


async def _reserve(edge: web.Application, stack: AsyncExitStack) -> str:
    """The gateway's address must be known before the gateway is made: requests are handed to it when it is there."""
    routes = web.Application()

    async def webhook(request: web.Request) -> web.StreamResponse:
        if not routes.router.resources():
            add = _inside[0].services["gateway"].routes
            assert add is not None
            add(routes)
        match = await routes.router.resolve(request)
        return await match.handler(request)

    edge.router.add_post("/webhook", webhook)
    return await serve(edge, stack)


def told_of(harness: Harness) -> set[str]:
    """The messages that the notifier has said to have arrived, at WhatsApp or further."""
    good = {message.NAME for message in (MessageAccepted, MessageDelivered, MessageRead)}
    return {envelope.data["reference"] for envelope in harness.said if envelope.type in good}


@pytest.mark.parametrize("people", [12, pytest.param(200, marks=pytest.mark.simulate)])
async def test_every_message_arrives_once_whatever_breaks(channel: Channel, people: int) -> None:
    harness = channel.harness
    phones = [f"+26377{place:07d}" for place in range(people)]
    for place, phone in enumerate(phones):
        await channel.sim("POST", "phones", {"phone": phone, "name": f"Person {place}"})
        await channel.sim("POST", f"phones/{phone}/say?wait=no&number={NUMBERS[place % 2]}", {"text": "hi"})
    await channel.sim("POST", "switches", {"batch_seconds": 0.1, "random_delays": True})
    await channel.step()
    while len(harness.all(MessageReceived)) < people:
        await channel.step()
    for fault in FAULTS:
        await channel.sim("POST", "faults", {"times": None, **fault})
    purposes: tuple[Purpose, ...] = ("reply", "notice", "report")
    for place, heard in enumerate(harness.all(MessageReceived)):
        await harness.say(
            *(
                SendMessage(
                    member=heard.member,
                    address=heard.address,
                    content=PlainText(body=f"{place}:{number}"),
                    purpose=purposes[place % 3],
                    answers_at=heard.sent_at,
                )
                for number in range(EACH)
            )
        )
        if place % 20 == 19:
            await channel.step()
    wanted = {f"{place}:{number}" for place in range(people) for number in range(EACH)}
    for _ in range(int(LONGEST / STEP)):
        if len(told_of(harness)) >= len(wanted):
            break
        await channel.step()
    assert channel.longest_step < 10, "the two clocks went apart, and statuses seem lost that are not"
    arrived = Counter(body["text"]["body"] for body in (await channel.sim("GET", "sent"))["sent"])
    assert set(arrived) == wanted, "none is lost"
    assert set(arrived.values()) == {1}, "none is said twice"
    assert harness.all(MessageFailed) == []
    assert len(told_of(harness)) == len(wanted)
    report = await channel.sim("GET", "report")
    assert report["refused_for_pace"] == {}, "no message met a limit of WhatsApp's own"
    assert max(report["most_in_a_second"].values()) <= 80
