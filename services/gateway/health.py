"""The health of the whole system, from the heartbeats of its services (product 7; the shape is the seed's)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.gateway.ports import Seen
from shared.contracts.gateway import ServiceHealth
from shared.kernel.clock import Clock
from shared.telemetry.metrics import request_figures

Beats = Mapping[str, Mapping[str, Any]]
"""The latest heartbeat of each service, by its name (`shared.runtime.health`)."""

_CIRCUITS = {"payment_service": "payments", "whatsapp_service": "notifier", "credex_service": "credex"}
"""The seed's names of the parts that have a vendor behind them."""


def health_of(services: Beats, clock: Clock) -> dict[str, Any]:
    """What the page /health shows."""
    return {
        "status": _status_of(services),
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


def seen_in(services: Beats) -> Seen:
    """What staff are told in the chat: what is wrong."""
    return Seen(status=_status_of(services), services=tuple(map(_seen, services.values())))


def _status_of(services: Beats) -> str:
    """`healthy` when every service beats and is ready, `degraded` when some are, else `unhealthy`."""
    ready = [beat["ready"] for beat in services.values()]
    return "healthy" if all(ready) else "degraded" if any(ready) else "unhealthy"


def _seen(beat: Mapping[str, Any]) -> ServiceHealth:
    return ServiceHealth(
        service=beat["service"],
        beats="missing" not in beat,
        ready=beat["ready"],
        troubles=tuple(filter(None, map(_trouble, beat["parts"], beat["parts"].values()))),
        backlog=beat.get("backlog", 0),
        backlog_age_seconds=beat.get("backlog_age_seconds", 0.0),
    )


def _trouble(name: str, part: Mapping[str, Any]) -> str:
    """What is wrong with a part; empty when nothing is. A circuit that is tried again is worth a word, too."""
    circuit = part.get("circuit_state", "closed")
    if circuit != "closed":
        return f"{name}: {circuit.replace('_', ' ')}"
    return "" if part.get("ok", True) else name


def _circuit_of(beat: Mapping[str, Any]) -> str:
    """The state of the circuit around the vendor of a service: closed, open or half_open."""
    return next((str(part["circuit_state"]) for part in beat["parts"].values() if "circuit_state" in part), "unknown")
