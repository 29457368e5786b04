"""The wiring: one aiohttp application, to be mounted at the path of `PAYNOW_PUBLIC_URL`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from aiohttp import web

from sandbox.paynow.admin import Admin
from sandbox.paynow.callbacks import Callbacks
from sandbox.paynow.faults import Fault, FaultName, Faults
from sandbox.paynow.interface import Interface
from sandbox.paynow.lifecycle import Lifecycle
from sandbox.paynow.messages import Messages
from sandbox.paynow.pages import PaymentPage
from sandbox.paynow.settings import PaynowSettings
from sandbox.paynow.transactions import Transactions
from sandbox.timers import Timers
from shared.kernel.clock import Clock, SystemClock
from shared.kernel.ids import seeded_chance, system_chance


def make_app(settings: PaynowSettings, clock: Clock | None = None) -> web.Application:
    """The stand-in as a sub-application. `clock` is the machine's own unless given."""
    timers = Timers(clock or SystemClock())
    faults = Faults()
    if settings.vary_case:
        faults.arm(Fault(name=FaultName.CAPITALISED_NAMES, times=None))
        faults.arm(Fault(name=FaultName.UPPER_CASE_ESCAPES, times=None))
    transactions = Transactions(system_chance() if settings.seed is None else seeded_chance(settings.seed))
    messages = Messages(settings, faults)
    callbacks = Callbacks(settings, messages, faults, timers)
    lifecycle = Lifecycle(settings, timers, faults, callbacks)

    async def running(_: web.Application) -> AsyncIterator[None]:
        await callbacks.open()
        going = asyncio.ensure_future(timers.run())
        yield
        going.cancel()
        await asyncio.gather(going, return_exceptions=True)
        await callbacks.close()

    async def let_go(_: web.Application) -> None:
        # Before the server waits for open requests: those that a fault holds back must end now.
        await timers.close()

    app = web.Application()
    app.cleanup_ctx.append(running)
    app.on_shutdown.append(let_go)
    app.add_routes(
        Interface(
            settings, transactions=transactions, lifecycle=lifecycle, messages=messages, faults=faults, timers=timers
        ).routes()
    )
    app.add_routes(PaymentPage(settings, transactions, lifecycle).routes())
    app.add_routes(
        Admin(
            settings, transactions=transactions, lifecycle=lifecycle, callbacks=callbacks, faults=faults, timers=timers
        ).routes()
    )
    return app
