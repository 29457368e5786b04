"""The wiring: one aiohttp application, to be mounted where CREDEX_API_URL points."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from aiohttp import web

from sandbox.credex_core import hooks
from sandbox.credex_core.admin import Admin
from sandbox.credex_core.core import Core
from sandbox.credex_core.settings import CredexCoreSettings
from sandbox.timers import Timers
from shared.kernel.clock import Clock, SystemClock


def make_app(settings: CredexCoreSettings, clock: Clock | None = None) -> web.Application:
    """The stand-in as a sub-application. `clock` is the machine's own unless given."""
    timers = Timers(clock or SystemClock())
    core = Core(settings, timers)

    async def running(_: web.Application) -> AsyncIterator[None]:
        going = asyncio.ensure_future(timers.run())
        yield
        going.cancel()
        await asyncio.gather(going, return_exceptions=True)

    async def let_go(_: web.Application) -> None:
        # Before the server waits for open requests: those that a fault holds back must end now.
        await timers.close()

    app = web.Application()
    app.cleanup_ctx.append(running)
    app.on_shutdown.append(let_go)
    admin = Admin(core)
    app.add_routes(admin.routes())
    app.add_routes(hooks.routes(admin))
    app.add_routes(core.routes())
    return app
