"""WhatsApp as a small stand-in over HTTP, and the notifier in memory over a real Valkey for its limits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from services.notifier.app import make
from services.notifier.domain.delivery import State
from services.notifier.store import MAILBOXES
from shared.contracts.gateway import Address, DeliveryStatusChanged
from shared.contracts.gateway_parts import Problem
from shared.contracts.notifier import Outgoing, PlainText, SendMessage
from shared.kernel.ids import MemberId
from shared.store.redis import connect
from shared.testing.harness import Harness

MEMBER = MemberId("M-1")
ADDRESS = Address(phone_number_id="100", phone="+263771234567")
OTHER_NUMBER = Address(phone_number_id="200", phone="+263771234567")


class WhatsApp:
    """Takes messages, in order; `faults` are answered first, one per request. None closes the connection.

    Read marks have faults of their own, since they go beside messages.
    """

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []
        self.numbers: list[str] = []
        self.faults: list[web.Response | None] = []
        self.mark_faults: list[web.Response | None] = []
        self.tokens: set[str] = set()
        self.uploads: list[dict[str, Any]] = []
        self.media: dict[str, web.Response] = {}
        self.url = ""

    async def messages(self, request: web.Request) -> web.Response:
        self.tokens.add(request.headers["authorization"])
        body = await request.json()
        faults = self.mark_faults if "status" in body else self.faults
        if faults:
            fault = faults.pop(0)
            if fault is None:
                self._take(request, body)
                assert request.transport is not None
                request.transport.abort()
                return web.Response()
            return fault
        self._take(request, body)
        return web.json_response({"messages": [{"id": f"wamid.{len(self.bodies)}"}]})

    async def upload(self, request: web.Request) -> web.Response:
        form = await request.post()
        file = form["file"]
        assert isinstance(file, web.FileField)
        content = await asyncio.to_thread(file.file.read)
        self.uploads.append({**form, "file": content, "name": file.filename, "content_type": file.content_type})
        return web.json_response({"id": f"media-{len(self.uploads)}"})

    async def download(self, request: web.Request) -> web.Response:
        self.tokens.add(request.headers.get("authorization", ""))
        return self.media[request.match_info["id"]]

    def _take(self, request: web.Request, body: dict[str, Any]) -> None:
        self.bodies.append(body)
        self.numbers.append(request.match_info["number"])

    @property
    def texts(self) -> list[str]:
        return [body["text"]["body"] for body in self.bodies if "text" in body]


async def deliveries(harness: Harness, state: State | None = None) -> list[str]:
    """Our ids of the member's messages, in this state only if one is given."""
    mailbox = await harness.state("notifier", MAILBOXES, MEMBER)
    assert mailbox is not None, "nothing is known of the member"
    return [delivery.reference for delivery in mailbox.deliveries if state in (None, delivery.state)]


def refusal(code: int, status: int = 400, **headers: str) -> web.Response:
    return web.json_response({"error": {"code": code, "message": "no"}}, status=status, headers=headers)


@pytest.fixture
async def whatsapp(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[WhatsApp]:
    stand_in = WhatsApp()
    app = web.Application()
    app.router.add_post("/v26.0/{number}/messages", stand_in.messages)
    app.router.add_post("/v26.0/{number}/media", stand_in.upload)
    app.router.add_get("/v26.0/{id}", stand_in.download)
    async with TestServer(app) as server:
        stand_in.url = str(server.make_url("/v26.0"))
        monkeypatch.setenv("WHATSAPP_API_URL", stand_in.url)
        monkeypatch.setenv("WHATSAPP_TOKEN", "token-of-test")
        monkeypatch.setenv("RECONCILE_SECONDS", "15")
        monkeypatch.setenv("TEMPLATE_RECEIPT_READY", "receipt_ready_v2")
        yield stand_in


@pytest.fixture
async def harness(whatsapp: WhatsApp, valkey_url: str) -> AsyncIterator[Harness]:
    client = connect(valkey_url)
    await client.flushdb()
    async with Harness({"notifier": make}, redis=client) as harness:
        yield harness
    await client.aclose()


def command(harness: Harness, text: str | Outgoing, *, heard: bool = True, **more: Any) -> SendMessage:
    content = PlainText(body=text) if isinstance(text, str) else text
    given = {"member": MEMBER, "address": ADDRESS, "purpose": "reply", **more}
    return SendMessage(content=content, answers_at=harness.clock.now() if heard else None, **given)


def status(
    harness: Harness, word: str, message_id: str, reference: str | None = None, code: int = 131026
) -> DeliveryStatusChanged:
    return DeliveryStatusChanged(
        member=MEMBER,
        phone_number_id="100",
        message_id=message_id,
        status=word,
        at=harness.clock.now(),
        reference=reference,
        problems=(Problem(code=code),) if word == "failed" else (),
    )
