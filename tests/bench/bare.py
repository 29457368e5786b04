"""What a webhook costs at the very least: `python -m tests.bench.bare PORT REDIS_URL`, with META_APP_SECRET.

Checks the HMAC over the raw body, writes once to Redis, which is on disk when it answers, and says 200.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import os
import signal
import sys

import redis.asyncio
from aiohttp import web


async def serve(port: int, redis_url: str, secret: bytes) -> None:
    """Until SIGTERM."""
    client = redis.asyncio.Redis.from_url(redis_url)

    async def webhook(request: web.Request) -> web.Response:
        body = await request.read()
        digest = hmac.digest(secret, body, hashlib.sha256).hex()
        if not hmac.compare_digest(f"sha256={digest}", request.headers.get("x-hub-signature-256", "")):
            return web.Response(status=401)
        await client.set(f"bare:{digest}", body)
        return web.Response()

    async def ready(_: web.Request) -> web.Response:
        return web.Response()

    app = web.Application()
    app.router.add_post("/webhook", webhook)
    app.router.add_get("/ready", ready)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    told_to_stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told_to_stop.set)
    await told_to_stop.wait()
    await runner.cleanup()
    await client.aclose()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), sys.argv[2], os.environ["META_APP_SECRET"].encode()))
