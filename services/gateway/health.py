"""The health of the whole system, from the heartbeats of its services (product 7; the shape is the seed's)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import redis.asyncio
from redis.exceptions import RedisError

from shared.contracts.registry import SERVICES
from shared.kernel.clock import Clock
from shared.telemetry.metrics import request_figures

_CIRCUITS = {"payment_service": "payments", "whatsapp_service": "notifier", "credex_service": "credex"}
"""The seed's names of the parts that have a vendor behind them."""


async def health_of(client: redis.asyncio.Redis, clock: Clock) -> dict[str, Any]:
    """`status` is `healthy` when every service beats and is ready, `degraded` when some are, else `unhealthy`."""
    try:
        beats = await client.mget([f"heartbeat:{service}" for service in SERVICES])
    except (RedisError, OSError):
        beats = [None] * len(SERVICES)
    services = {
        service: json.loads(beat) if beat else {"service": service, "ready": False, "parts": {}, "missing": True}
        for service, beat in zip(SERVICES, beats, strict=True)
    }
    ready = [beat["ready"] for beat in services.values()]
    status = "healthy" if all(ready) else "degraded" if any(ready) else "unhealthy"
    return {
        "status": status,
        "timestamp": clock.now().isoformat(),
        "components": {
            **{
                name: {"ready": services[owner]["ready"], "circuit_state": _circuit_of(services[owner])}
                for name, owner in _CIRCUITS.items()
            },
            "rate_limiter": {"enabled": True},
            "services": services,
        },
        "metrics": request_figures("gateway"),
    }


def _circuit_of(beat: Mapping[str, Any]) -> str:
    """The state of the circuit around the vendor of a service: closed, open or half_open."""
    return next((str(part["circuit_state"]) for part in beat["parts"].values() if "circuit_state" in part), "unknown")
