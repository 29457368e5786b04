"""What each service tells of itself: live, ready, metrics, and the heartbeat behind the gateway's `/health`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from shared.bus.transport import Transport
from shared.kernel.clock import Clock
from shared.kernel.errors import Away
from shared.runtime.running import Running
from shared.telemetry.metrics import metrics_page, request_figures


def add_health_routes(app: web.Application, running: Running) -> None:
    """`GET /live`: the loop turns. `GET /ready`: 200, or 503 naming what is away.

    `GET /metrics`: Prometheus' text, or with `Accept: application/json` the seed's few figures (product 7).
    """

    async def live(_: web.Request) -> web.Response:
        return web.json_response({"status": "live"})

    async def ready(_: web.Request) -> web.Response:
        try:
            await running.ready()
        except Away as away:
            return web.json_response({"status": "not ready", "waiting_for": away.subject}, status=503)
        return web.json_response({"status": "ready"})

    async def metrics(request: web.Request) -> web.Response:
        if "application/json" in request.headers.get("accept", ""):
            return web.json_response(request_figures(running.name))
        page, content_type = metrics_page()
        return web.Response(body=page, headers={"content-type": content_type})

    app.router.add_get("/live", live)
    app.router.add_get("/ready", ready)
    app.router.add_get("/metrics", metrics)


async def heartbeat_of(running: Running, transport: Transport, clock: Clock) -> dict[str, Any]:
    """One beat: `service`, `at`, `ready`, `parts` (name to `{"ok": bool, …}`), `backlog`, `backlog_age_seconds`."""
    parts: dict[str, Mapping[str, Any]] = {}
    for name, ask in {"stores": running.stores.ping, "bus": transport.ready}.items():
        try:
            await ask()
            parts[name] = {"ok": True}
        except Away as away:
            parts[name] = {"ok": False, "away": away.subject}
    if running.service is not None:
        for name, tell in running.service.health.items():
            parts[name] = await tell()
    backlog = 0
    ready = True
    try:
        backlog = await transport.backlog(running.name)
        await running.ready()
    except Away:
        ready = False
    return {
        "service": running.name,
        "at": clock.now().isoformat(),
        "ready": ready,
        "parts": parts,
        "backlog": backlog,
        "backlog_age_seconds": max(
            running.publisher.oldest_unsent_seconds,
            running.runner.oldest_due_seconds if running.runner else 0.0,
        ),
    }
