"""Webhooks to the gateway: exact bytes, signed, repeated until they get their 200 (WhatsApp contract 1, 7.2)."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import aiohttp
from pydantic import BaseModel, ConfigDict, Field

from sandbox.timers import Action, Timers
from sandbox.whatsapp.settings import WhatsAppSettings
from shared.kernel.ids import system_chance

Json = dict[str, Any]

RETRY_SECONDS = (0.5, 1, 2, 4, 8, 15, 30)
"""Waits between attempts; the last one goes on."""
GIVE_UP_SECONDS = 7 * 24 * 3600
"""After this an update is not sent any more (contract 1.3)."""
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
    skip_delivered: bool = False
    """`read` comes without `delivered`."""
    random_delays: bool = False
    """Statuses come sooner or later than usual, the same for the same order of sends."""
    hold: bool = False
    """No webhook leaves until this is off again."""
    merge_retries: bool = False
    """What got no 200 comes again together with whatever else waits, in another envelope."""
    raw_utf8: bool = False
    """Bodies as UTF-8 without escapes, as Meta does not send them."""
    second_secret: bool = False
    """Signed with the second of the app's secrets, as during a rotation."""
    window_refused: bool = False
    """Outside the window a message is refused at once, instead of failing later."""
    prefix_country: bool = False
    """A number without `+` gets the business's own country code in front."""
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
    since: datetime
    field: str = "messages"


@dataclass(frozen=True)
class Attempt:
    """One POST to the gateway."""

    at: str
    status: int | None
    """None: no answer."""
    seconds: float
    updates: int
    attempt: int


def to_bytes(body: Json, *, raw_utf8: bool = False) -> bytes:
    """As Meta sends it: compact, non-ASCII as lower-case escapes, `/` as `\\/` (contract 1.2)."""
    text = json.dumps(body, separators=(",", ":"), ensure_ascii=not raw_utf8)
    return (text if raw_utf8 else text.replace("/", "\\/")).encode()


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
        self._held: list[Update] = []
        self._again: list[Update] = []
        self.url = settings.webhook_url
        """Where webhooks go; another one must prove itself first (contract 1.1)."""
        self.attempts: deque[Attempt] = deque(maxlen=ATTEMPTS_KEPT)
        self.switches = Switches()

    async def open(self) -> None:
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS))

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    def forget(self) -> None:
        """Drop what is collected, the attempts and the switches."""
        for waiting in (self._collected, self._held, self._again):
            waiting.clear()
        self.attempts.clear()
        self.switches = Switches()

    async def send(
        self, number_id: str, key: str, content: Json, contact: Json | None, accepted: Action | None = None
    ) -> None:
        """Post an update, or collect it. Returns after the first attempt; the others come by themselves."""
        update = Update(number_id, key, content, contact, accepted, self._timers.now())
        if self.switches.hold:
            self._held.append(update)
            return
        self._collected.append(update)
        if not self.switches.batch_seconds:
            await self._post_collected()
        elif len(self._collected) == 1:
            self._timers.after(self.switches.batch_seconds, self._post_collected)

    async def send_field(self, number_id: str, field: str, value: Json) -> None:
        """Post a change of another field than messages (contract 1.5)."""
        await self._deliver([Update(number_id, "", value, None, None, self._timers.now(), field)], 1)

    async def prove(self, url: str, token: str) -> bool:
        """Whether an address gives a challenge back byte for byte; if so, webhooks go there (contract 1.1)."""
        assert self._session is not None, "open() comes first"
        challenge = f"0{system_chance().getrandbits(40)}"
        query = {"hub.mode": "subscribe", "hub.verify_token": token, "hub.challenge": challenge}
        try:
            async with self._session.get(url, params=query) as answer:
                proved = answer.status == 200 and await answer.read() == challenge.encode()
        except (aiohttp.ClientError, TimeoutError, OSError):
            return False
        if proved:
            self.url = url
        return proved

    def let_go(self) -> None:
        """The switches changed: send what was held, if nothing is held any more."""
        if not self.switches.hold and self._held:
            self._collected += self._held
            self._held = []
            self._timers.after(0, self._post_collected)

    def figures(self) -> Json:
        """How the gateway answers, against what Meta asks for: a median of 250 ms, one in a hundred above 1 s."""
        seconds = sorted(attempt.seconds for attempt in self.attempts if attempt.status is not None)
        of = {"median": 0.5, "p99": 0.99}
        taken = {
            name: seconds[min(len(seconds) - 1, int(len(seconds) * share))] for name, share in of.items() if seconds
        }
        return {
            "attempts": len(self.attempts),
            "not_200": sum(attempt.status != 200 for attempt in self.attempts),
            "seconds": taken,
            "holds": bool(seconds) and taken["median"] <= 0.25 and taken["p99"] <= 1,
        }

    async def shoot(self, body: bytes, signature: str | None) -> int | None:
        """One POST of any bytes with any signature, never repeated; the status."""
        return await self._post(body, signature, updates=1, attempt=1)

    async def _post_collected(self) -> None:
        collected, self._collected = self._collected, []
        for start in range(0, len(collected), BATCH):
            await self._deliver(collected[start : start + BATCH], 1)

    async def _deliver(self, updates: Sequence[Update], attempt: int) -> None:
        body = to_bytes(self.envelope(updates), raw_utf8=self.switches.raw_utf8)
        signature = sign(body, self._settings.secrets[1 if self.switches.second_secret else 0])
        if await self._post(body, signature, updates=len(updates), attempt=attempt) == 200:
            for update in updates:
                if update.accepted is not None:
                    await update.accepted()
            if self.switches.duplicate:
                await self._post(body, signature, updates=len(updates), attempt=attempt + 1)
            return
        wait = RETRY_SECONDS[min(attempt, len(RETRY_SECONDS)) - 1] * self._settings.time_scale
        oldest = self._timers.now() - timedelta(seconds=GIVE_UP_SECONDS)
        left = [update for update in updates if update.since > oldest]
        if left and self.switches.merge_retries:
            self._again += left
            self._timers.after(wait, partial(self._deliver_again, attempt + 1))
        elif left:
            self._timers.after(wait, partial(self._deliver, left, attempt + 1))

    async def _deliver_again(self, attempt: int) -> None:
        """All that waits for another attempt, newest first: another envelope in another order."""
        again, self._again = self._again[::-1], []
        for start in range(0, len(again), BATCH):
            await self._deliver(again[start : start + BATCH], attempt)

    def envelope(self, updates: Sequence[Update]) -> Json:
        """The body that tells of these updates: an entry for each number, a change for each kind."""
        values: dict[tuple[str, str, str], Json] = {}
        for update in updates:
            metadata = {
                "display_phone_number": self._settings.bot_number.removeprefix("+"),
                "phone_number_id": update.number_id,
            }
            common = {"messaging_product": "whatsapp", "metadata": metadata}
            if not update.key:
                values[update.number_id, update.field, str(len(values))] = {**common, **update.content}
                continue
            value = values.setdefault((update.number_id, update.field, update.key), common)
            if update.contact is not None and update.contact not in value.setdefault("contacts", []):
                value["contacts"].append(update.contact)
            value.setdefault(update.key, []).append(update.content)
        entries: dict[str, list[Json]] = {}
        for (number_id, field, _), value in values.items():
            entries.setdefault(number_id, []).append({"value": value, "field": field})
        entry = [{"id": ACCOUNT, "changes": changes} for changes in entries.values()]
        return {"object": "whatsapp_business_account", "entry": entry}

    async def _post(self, body: bytes, signature: str | None, *, updates: int, attempt: int) -> int | None:
        assert self._session is not None, "open() comes first"
        headers = {"content-type": "application/json"}
        if signature is not None:
            headers["x-hub-signature-256"] = signature
        at, clock = self._timers.now().isoformat(), asyncio.get_running_loop().time
        began = clock()
        status: int | None = None
        try:
            async with self._session.post(self.url, data=body, headers=headers) as answer:
                await answer.read()
                status = answer.status
        except (aiohttp.ClientError, TimeoutError, OSError):
            pass  # the attempt tells: no answer
        self.attempts.append(Attempt(at, status, clock() - began, updates, attempt))
        return status
