"""The least that the notifier takes for the Graph API: every message is accepted at once, in the load's own loop.

The sandbox checks limits, keeps all talk and posts three statuses a message: that would be measured along.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import perf_counter
from types import TracebackType
from typing import Self

from aiohttp import web

from deploy.local.child import free_port

Told = Callable[[str, str, str], None]
"""Told of each message: phone as WhatsApp writes it, wamid, our reference."""


class Graph:
    """Takes messages and notes when they came."""

    def __init__(self) -> None:
        self.told: Told | None = None
        self.form_tokens: dict[str, str] = {}
        """Of the form that was offered last, by phone."""
        self._port = free_port()
        self._runner: web.AppRunner | None = None
        self._expected: dict[str, asyncio.Future[float]] = {}
        self._messages = 0

    @property
    def url(self) -> str:
        """For WHATSAPP_API_URL."""
        return f"http://127.0.0.1:{self._port}/v26.0"

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/v26.0/{number}/messages", self._message)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    def expect(self, phone: str) -> asyncio.Future[float]:
        """When the next message to this phone, as WhatsApp writes it, has come; in seconds of `perf_counter`."""
        self._expected[phone] = asyncio.get_running_loop().create_future()
        return self._expected[phone]

    async def _message(self, request: web.Request) -> web.Response:
        at = perf_counter()
        body = await request.json()
        if "to" not in body:  # a read mark
            return web.json_response({"success": True})
        phone = str(body["to"]).removeprefix("+")
        parameters = body.get("interactive", {}).get("action", {}).get("parameters", {})
        if "flow_token" in parameters:
            self.form_tokens[phone] = parameters["flow_token"]
        expected = self._expected.pop(phone, None)
        if expected is not None:
            expected.set_result(at)
        self._messages += 1
        wamid = f"wamid.bench{self._messages}"
        if self.told is not None:
            self.told(phone, wamid, body["biz_opaque_callback_data"])
        return web.json_response({"messaging_product": "whatsapp", "messages": [{"id": wamid}]})
