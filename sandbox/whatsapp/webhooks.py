"""Webhooks to the gateway: exact bytes, signed, repeated until they get their 200 (WhatsApp contract 1, 7.2)."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import aiohttp

from sandbox.timers import Timers
from sandbox.whatsapp.settings import WhatsAppSettings

Json = dict[str, Any]

RETRY_SECONDS = (0.5, 1, 2, 4, 8, 15, 30)
"""Waits between attempts; the last one goes on. WhatsApp itself goes on for days."""
MOST_ATTEMPTS = 40


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
    text = json.dumps(body, separators=(",", ":"), ensure_ascii=True)
    return text.replace("/", "\\/").encode()


def sign(body: bytes, secret: str) -> str:
    """The header's value over exactly these bytes."""
    return f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


class Webhooks:
    """Sends updates to the gateway. Carries no trace context: WhatsApp has none."""

    def __init__(self, settings: WhatsAppSettings, timers: Timers) -> None:
        self._settings = settings
        self._timers = timers
        self._session: aiohttp.ClientSession | None = None
        self.attempts: deque[Attempt] = deque(maxlen=10_000)
        self.duplicate = False
        """Send every webhook twice."""

    async def open(self) -> None:
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20))

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def send(self, number_id: str, *, key: str, updates: Sequence[Json], contacts: Sequence[Json] = ()) -> bool:
        """Post updates of one kind (`messages` or `statuses`); True when the first attempt got its 200."""
        value: Json = {
            "messaging_product": "whatsapp",
            "metadata": {
                "display_phone_number": self._settings.bot_number.removeprefix("+"),
                "phone_number_id": number_id,
            },
        }
        if contacts:
            value["contacts"] = list(contacts)
        value[key] = list(updates)
        entry = {"id": "104996122399160", "changes": [{"value": value, "field": "messages"}]}
        body = to_bytes({"object": "whatsapp_business_account", "entry": [entry]})
        accepted = await self._deliver(body, len(updates), 1)
        if self.duplicate:
            await self._deliver(body, len(updates), 1)
        return accepted

    async def shoot(self, body: bytes, signature: str | None) -> int | None:
        """One POST of any bytes with any signature, never repeated; the status."""
        return await self._post(body, signature)

    async def _deliver(self, body: bytes, updates: int, attempt: int) -> bool:
        began = self._timers.now()
        status = await self._post(body, sign(body, self._settings.secret))
        seconds = (self._timers.now() - began).total_seconds()
        self.attempts.append(Attempt(began.isoformat(), status, seconds, updates, attempt))
        if status == 200:
            return True
        if attempt < MOST_ATTEMPTS:
            wait = RETRY_SECONDS[min(attempt, len(RETRY_SECONDS)) - 1]
            self._timers.after(wait, partial(self._again, body, updates, attempt + 1))
        return False

    async def _again(self, body: bytes, updates: int, attempt: int) -> None:
        await self._deliver(body, updates, attempt)

    async def _post(self, body: bytes, signature: str | None) -> int | None:
        assert self._session is not None, "open() comes first"
        headers = {"content-type": "application/json"}
        if signature is not None:
            headers["x-hub-signature-256"] = signature
        try:
            async with self._session.post(self._settings.webhook_url, data=body, headers=headers) as answer:
                await answer.read()
                return answer.status
        except (aiohttp.ClientError, TimeoutError, OSError):
            return None


def is_e164(number: str) -> bool:
    """Digits, up to 15, with or without `+`."""
    return re.fullmatch(r"\+?[1-9]\d{6,14}", number) is not None
