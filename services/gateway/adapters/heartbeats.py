"""Reads the heartbeats that every service leaves in Redis (`shared.runtime.host`)."""

from __future__ import annotations

import json

import redis.asyncio
from redis.exceptions import RedisError

from services.gateway.health import Beats, seen_in
from services.gateway.ports import LookAround, Seen
from shared.contracts.registry import SERVICES


class RedisHeartbeats:
    """Of all services; where Redis is away nobody is heard."""

    def __init__(self, client: redis.asyncio.Redis) -> None:
        self._client = client

    async def read(self) -> Beats:
        """The latest heartbeat of each service, by its name."""
        try:
            beats = await self._client.mget([f"heartbeat:{service}" for service in SERVICES])
        except (RedisError, OSError):
            beats = [None] * len(SERVICES)
        return {
            service: json.loads(beat) if beat else {"service": service, "ready": False, "parts": {}, "missing": True}
            for service, beat in zip(SERVICES, beats, strict=True)
        }

    async def look(self, _: LookAround) -> Seen:
        """The same for the chat."""
        return seen_in(await self.read())
