"""Webhooks to the gateway: exact bytes, signed, repeated until they get their 200 (WhatsApp contract 1, 7.2)."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import aiohttp
from pydantic import BaseModel, ConfigDict, Field

from sandbox.timers import Action, Timers
from sandbox.whatsapp.settings import WhatsAppSettings

Json = dict[str, Any]

RETRY_SECONDS = (0.5, 1, 2, 4, 8, 15, 30)
"""Waits between attempts; the last one goes on, as long as the stand-in runs. WhatsApp itself gives up after days."""
ANSWER_SECONDS = 20
"""A gateway that takes longer has not answered."""
BATCH = 1000
"""Most updates in one POST (contract 1.3)."""
ATTEMPTS_KEPT = 10_000
ACCOUNT = "104996122399160"
"""The business account that all webhooks come from."""


class Switches(BaseModel):
    """What the contract allows WhatsApp to do and what it seldom does."""

    model_config = ConfigDict(extra="forbid")

    batch_seconds: float = Field(default=0, ge=0)
    """Updates are collected for so long and then posted together."""
    duplicate: bool = False
    """Every webhook that got its 200 is posted once more."""
    reorder: bool = False
    """The statuses of a message come in reverse."""
    status_before_answer: bool = False
    """`sent` arrives before the sender has the answer to its request."""
    no_read: bool = False
    """People have receipts off."""
    slow_seconds: float = Field(default=0, ge=0)
    """What a phone sends or gets takes so much longer."""
    offline: bool = False
    """No phone has a network: what it sends or should get waits until it has one again."""


@dataclass(frozen=True)
class Update:
    """One message or status for the gateway. `accepted` is called when a webhook with it got its 200."""

    number_id: str
    key: str
    """`messages` or `statuses`."""
    content: Json
    contact: Json | None
    accepted: Action | None


@dataclass(frozen=True)
class Attempt:
    """One POST to the gateway."""

    at: str
    status: int | None
    """None: no answer."""
    seconds: float
    updates: int
    attempt: int


def to_bytes(body: Json) -> bytes:
    """As Meta sends it: compact, non-ASCII as lower-case escapes, `/` as `\\/` (contract 1.2)."""
    return json.dumps(body, separators=(",", ":"), ensure_ascii=True).replace("/", "\\/").encode()


def sign(body: bytes, secret: str) -> str:
    """The header's value over exactly these bytes."""
    return f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


class Webhooks:
    """Sends updates to the gateway. Carries no trace context: WhatsApp has none."""

    def __init__(self, settings: WhatsAppSettings, timers: Timers) -> None:
        self._settings = settings
        self._timers = timers
        self._session: aiohttp.ClientSession | None = None
        self._collected: list[Update] = []
        self.attempts: deque[Attempt] = deque(maxlen=ATTEMPTS_KEPT)
        self.switches = Switches()

    async def open(self) -> None:
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS))

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    def forget(self) -> None:
        """Drop what is collected, the attempts and the switches."""
        self._collected.clear()
        self.attempts.clear()
        self.switches = Switches()

    async def send(
        self, number_id: str, key: str, content: Json, contact: Json | None, accepted: Action | None = None
    ) -> None:
        """Post an update, or collect it. Returns after the first attempt; the others come by themselves."""
        self._collected.append(Update(number_id, key, content, contact, accepted))
        if not self.switches.batch_seconds:
            await self._post_collected()
        elif len(self._collected) == 1:
            self._timers.after(self.switches.batch_seconds, self._post_collected)

    async def shoot(self, body: bytes, signature: str | None) -> int | None:
        """One POST of any bytes with any signature, never repeated; the status."""
        return await self._post(body, signature, updates=1, attempt=1)

    async def _post_collected(self) -> None:
        collected, self._collected = self._collected, []
        for start in range(0, len(collected), BATCH):
            await self._deliver(collected[start : start + BATCH], 1)

    async def _deliver(self, updates: Sequence[Update], attempt: int) -> None:
        body = to_bytes(self._envelope(updates))
        signature = sign(body, self._settings.secret)
        if await self._post(body, signature, updates=len(updates), attempt=attempt) == 200:
            for update in updates:
                if update.accepted is not None:
                    await update.accepted()
            if self.switches.duplicate:
                await self._post(body, signature, updates=len(updates), attempt=attempt + 1)
            return
        wait = RETRY_SECONDS[min(attempt, len(RETRY_SECONDS)) - 1] * self._settings.time_scale
        self._timers.after(wait, partial(self._deliver, updates, attempt + 1))

    def _envelope(self, updates: Sequence[Update]) -> Json:
        values: dict[tuple[str, str], Json] = {}
        for update in updates:
            metadata = {
                "display_phone_number": self._settings.bot_number.removeprefix("+"),
                "phone_number_id": update.number_id,
            }
            value = values.setdefault(
                (update.number_id, update.key), {"messaging_product": "whatsapp", "metadata": metadata}
            )
            if update.contact is not None and update.contact not in value.setdefault("contacts", []):
                value["contacts"].append(update.contact)
            value.setdefault(update.key, []).append(update.content)
        changes = [{"value": value, "field": "messages"} for value in values.values()]
        return {"object": "whatsapp_business_account", "entry": [{"id": ACCOUNT, "changes": changes}]}

    async def _post(self, body: bytes, signature: str | None, *, updates: int, attempt: int) -> int | None:
        assert self._session is not None, "open() comes first"
        headers = {"content-type": "application/json"}
        if signature is not None:
            headers["x-hub-signature-256"] = signature
        at, clock = self._timers.now().isoformat(), asyncio.get_running_loop().time
        began = clock()
        status: int | None = None
        try:
            async with self._session.post(self._settings.webhook_url, data=body, headers=headers) as answer:
                await answer.read()
                status = answer.status
        except (aiohttp.ClientError, TimeoutError, OSError):
            pass  # the attempt tells: no answer
        self.attempts.append(Attempt(at, status, clock() - began, updates, attempt))
        return status
