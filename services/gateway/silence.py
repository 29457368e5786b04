"""The alarm "no webhook for N hours": WhatsApp may stop sending, and says nothing of it (WhatsApp contract 1.3).

Beside routes, which tell it of each webhook; the heartbeat asks it.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import redis.asyncio
from redis.exceptions import RedisError

from services.gateway.store import INTAKE, Intake, intake_id_of
from shared.bus.entry import Arrival, Entry
from shared.contracts.gateway import WebhooksMissing
from shared.kernel.clock import Clock
from shared.kernel.errors import Away
from shared.telemetry import metrics

log = logging.getLogger(__name__)

_LATEST = "gateway:webhook_at"
_NOTED_EACH = timedelta(minutes=1)
"""The memory is as coarse as this, so that a webhook costs no write of its own."""


class Silence:
    """When the latest signed webhook came, whichever replica got it, and whether that is too long ago."""

    def __init__(self, client: redis.asyncio.Redis, entry: Entry, clock: Clock, hours: float) -> None:
        self._redis = client
        self._entry = entry
        self._clock = clock
        self._longest = timedelta(hours=hours)
        self._noted = datetime.min.replace(tzinfo=UTC)
        self._alarmed = False

    async def end(self) -> None:
        """A signed webhook came."""
        now = self._clock.now()
        if now - self._noted < _NOTED_EACH:
            return
        self._noted = now
        try:
            await self._redis.set(_LATEST, now.isoformat())
        except (RedisError, OSError):
            log.warning("the time of a webhook cannot be shared now")

    async def health(self) -> dict[str, Any]:
        """The part `webhooks` of the heartbeat; raises the alarm once per silence. Counts from the first start on."""
        now = self._clock.now()
        try:
            await self._redis.set(_LATEST, now.isoformat(), nx=True)
            latest = datetime.fromisoformat(_text(await self._redis.get(_LATEST)))
        except (RedisError, OSError, ValueError):
            return {"ok": False, "latest": None}
        silent = now - latest
        metrics.webhook_silence.set(silent.total_seconds())
        too_long = silent > self._longest
        if too_long and not self._alarmed:
            await self._raise_alarm(latest, now)
        elif not too_long:
            self._alarmed = False
        return {"ok": not too_long, "latest": latest.isoformat()}

    async def _raise_alarm(self, latest: datetime, now: datetime) -> None:
        hours = int((now - latest) / timedelta(hours=1))
        event = WebhooksMissing(since=latest, hours=hours)
        # Under the time of the latest one: whichever replica sees it first, staff are told once.
        id = intake_id_of(f"silence:{latest.isoformat()}")
        try:
            await self._entry.accept([Arrival(INTAKE, id, Intake(what="silence", received_at=now), [event])])
        except Away:
            return  # at the next beat
        log.error("no webhook has come from WhatsApp for %d hours", hours)
        self._alarmed = True


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
