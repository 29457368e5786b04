"""Waits until no status can still be on its way through our own house, before an uncertain message is said again.

A status that WhatsApp has told may lie in the gateway's outbox while the broker is away, or have been refused by a
gateway that is down. The heartbeats tell of both.
"""

from __future__ import annotations

import json
from typing import Any

import redis.asyncio
from redis.exceptions import RedisError

from services.notifier.ports import Done, Reconciliation
from shared.outcalls.calls import NotSent

ON_THE_WAY = ("gateway", "notifier")
"""The services that a status passes."""
OLD_SECONDS = 4.0
LOOK_AGAIN = 5.0


class Patience:
    """The call behind the timer RECONCILE."""

    def __init__(self, client: redis.asyncio.Redis) -> None:
        self._redis = client

    async def ring(self, _: Reconciliation) -> Done:
        """Return when statuses have had their chance. Raises NotSent while some may be waiting."""
        try:
            beats = await self._redis.mget([f"heartbeat:{service}" for service in ON_THE_WAY])
        except (RedisError, OSError):
            raise NotSent("the heartbeats cannot be read", retry_after=LOOK_AGAIN) from None
        # A host that writes no heartbeats at all is a test of one service.
        if any(beats) and not all(_passes(beat) for beat in beats):
            raise NotSent("statuses may be waiting in our own house", retry_after=LOOK_AGAIN)
        return Done()


def _passes(beat: bytes | str | None) -> bool:
    if beat is None:
        return False
    told: dict[str, Any] = json.loads(beat)
    return bool(told.get("ready")) and float(told.get("backlog_age_seconds", 0)) < OLD_SECONDS
