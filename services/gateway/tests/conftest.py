"""The gateway over real HTTP, on stores in memory and a real Valkey for its counters."""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from services.gateway.app import make
from services.gateway.store import IDENTITIES, INTAKE
from shared.http.server import Server
from shared.store.redis import connect
from shared.testing.harness import Harness

SECRET = "test-secret"
USD_KEY = "7c0a5f3e-91d4-4b6a-8e27-15f3b9d2c841"
ZWG_KEY = "b84e2d90-3f17-4c5d-a06b-9e61c7d8f052"
CORE_KEY = "the-core-s-key"
CONTRACTS = Path(__file__).parents[3] / "tests" / "contracts"


def sign(body: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


@dataclass
class Edge:
    """The gateway to talk to, and what it says on the bus."""

    harness: Harness
    http: aiohttp.ClientSession

    async def post(self, body: bytes | dict[str, Any], header: str | None = None, **headers: str) -> int:
        """A webhook, and all that is said of it."""
        status = await self.send(body, header, **headers)
        await self.quiet()
        return status

    async def send(self, body: bytes | dict[str, Any], header: str | None = None, **headers: str) -> int:
        """A webhook alone."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        data = io.BytesIO(raw)
        signed = {"x-hub-signature-256": sign(raw) if header is None else header, **headers}
        async with self.http.post("/webhook", data=data, headers={k: v for k, v in signed.items() if v}) as answer:
            await answer.read()
        return answer.status

    async def quiet(self) -> None:
        """Wait until all that was accepted is said: chaos leaves some of it to the sweep."""
        await self.harness.running["gateway"].entry.drain()
        await self.harness.advance(1)
        while self._unsaid():
            await self.harness.advance(8, step=2)

    def _unsaid(self) -> set[str]:
        documents = [*self.harness.documents("gateway", INTAKE), *self.harness.documents("gateway", IDENTITIES)]
        written = {entry.id for document in documents for entry in document.outbox}
        return written - {envelope.id for envelope in self.harness.said}

    def promised(self, name: str) -> list[dict[str, Any]]:
        """What is said, and what is still to be said."""
        waiting = [envelope for kept in self.harness.documents("gateway", INTAKE) for envelope in kept.outbox]
        return [told.data for told in [*self.harness.said, *waiting] if told.type == f"gateway.{name}"]

    def said(self, name: str) -> list[dict[str, Any]]:
        return [envelope.data for envelope in self.harness.said if envelope.type == f"gateway.{name}"]


@pytest.fixture
async def edge(valkey_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Edge]:
    monkeypatch.setenv("META_APP_SECRET", SECRET)
    monkeypatch.setenv("VERIFY_TOKEN", "0123-täken")
    monkeypatch.setenv("WHATSAPP_BOT_NUMBER", "+263780000000")
    monkeypatch.setenv("PAYNOW_USD_KEY", USD_KEY)
    monkeypatch.setenv("PAYNOW_ZWG_KEY", ZWG_KEY)
    monkeypatch.setenv("CLIENT_API_KEY", CORE_KEY)
    monkeypatch.setenv("UNSIGNED_PER_MINUTE", "20")
    client = connect(valkey_url)
    await client.flushdb()
    async with Harness({"gateway": make}, redis=client) as harness:
        server = Server("gateway", harness.running["gateway"].tracing, harness.clock, host="127.0.0.1", port=0)
        routes = harness.services["gateway"].routes
        assert routes is not None
        routes(server.app)
        async with TestServer(server.app) as listening, aiohttp.ClientSession(listening.make_url("/")) as http:
            yield Edge(harness, http)
    await client.aclose()


def b64(text: str) -> bytes:
    return base64.b64decode(text)
