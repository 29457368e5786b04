"""Health tells the truth of each service, from its heartbeat."""

from __future__ import annotations

import json

from services.gateway.tests.conftest import Edge
from shared.contracts.registry import SERVICES
from shared.store.redis import connect


async def test_health_is_as_good_as_the_services_say(edge: Edge, valkey_url: str) -> None:
    client = connect(valkey_url)

    async def beat(name: str, *, ready: bool) -> None:
        parts = {"stores": {"ok": ready}, "paynow": {"ok": ready, "circuit_state": "closed" if ready else "open"}}
        value = {"service": name, "at": "now", "ready": ready, "parts": parts}
        await client.set(f"heartbeat:{name}", json.dumps(value))

    async def ask() -> tuple[int, dict[str, object]]:
        async with edge.http.get("/health") as answer:
            return answer.status, await answer.json()

    status, health = await ask()
    assert (status, health["status"]) == (503, "unhealthy")
    for name in SERVICES:
        await beat(name, ready=True)
    status, health = await ask()
    assert (status, health["status"]) == (200, "healthy")
    await beat("payments", ready=False)
    status, health = await ask()
    assert (status, health["status"]) == (503, "degraded")
    assert health["components"]["payment_service"] == {"ready": False, "circuit_state": "open"}  # type: ignore[index]
    await client.aclose()
