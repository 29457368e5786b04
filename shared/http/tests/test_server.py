"""What the server side does for every service: plain errors, and figures of what it answered."""

from __future__ import annotations

import json
import subprocess
import sys

from aiohttp.test_utils import TestClient, TestServer

from shared.http.server import Server
from shared.kernel.clock import SystemClock
from shared.telemetry.tracing import Tracing

SCRIPT = """
import asyncio, json
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from shared.http.server import Server, problem
from shared.kernel.clock import SystemClock
from shared.telemetry.metrics import request_figures, start_metrics
from shared.telemetry.tracing import Tracing

async def main():
    start_metrics()
    server = Server("one", Tracing("one"), SystemClock(), host="127.0.0.1", port=0)
    other = Server("other", Tracing("other"), SystemClock(), host="127.0.0.1", port=0)
    async def fine(request): return web.Response()
    async def slow_down(request): return problem(429, "Slower, please.")
    async def bug(request): raise RuntimeError("a secret")
    server.app.router.add_get("/fine/{id}", fine)
    server.app.router.add_get("/slow", slow_down)
    server.app.router.add_get("/bug", bug)
    other.app.router.add_get("/fine/{id}", fine)
    async with TestClient(TestServer(server.app)) as client, TestClient(TestServer(other.app)) as elsewhere:
        for path in ("/fine/1", "/fine/2", "/slow", "/bug", "/nowhere"):
            async with client.get(path) as answer:
                assert "secret" not in await answer.text()
        await elsewhere.get("/fine/3")
    print(json.dumps(request_figures("one")))

asyncio.run(main())
"""


def test_figures_tell_what_one_service_answered_by_route_and_kind() -> None:
    # In a process of its own: a meter provider can be set once per process.
    run = subprocess.run([sys.executable, "-W", "error", "-c", SCRIPT], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    figures = json.loads(run.stdout.splitlines()[-1])
    assert figures.pop("avg_response_time_ms") > 0
    assert figures == {
        "total_requests": 5,
        "successful_requests": 2,
        "failed_requests": 3,
        "rate_limited_requests": 1,
        "requests_by_endpoint": {"/fine/{id}": 2, "/slow": 1, "/bug": 1, "(no such place)": 1},
        "errors_by_type": {"429": 1, "500": 1, "404": 1},
    }


async def test_no_answer_says_what_we_are_made_of_or_leaves_a_body_to_be_guessed() -> None:
    server = Server("one", Tracing("one"), SystemClock(), host="127.0.0.1", port=0)
    async with TestClient(TestServer(server.app)) as client, client.get("/nowhere") as answer:
        assert answer.status == 404
        assert answer.headers["server"] == "ruvimbo"
        assert answer.headers["x-content-type-options"] == "nosniff"
