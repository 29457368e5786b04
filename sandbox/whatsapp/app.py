"""The wiring: one aiohttp application, to be mounted where WHATSAPP_API_URL points."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from aiohttp import web

from sandbox.timers import Timers
from sandbox.whatsapp.account import Account
from sandbox.whatsapp.api import GraphApi
from sandbox.whatsapp.faults import Faults
from sandbox.whatsapp.flow_client import FlowClient
from sandbox.whatsapp.forms import Forms
from sandbox.whatsapp.inspection import Inspection
from sandbox.whatsapp.media import MediaStore
from sandbox.whatsapp.network import Network
from sandbox.whatsapp.people import People
from sandbox.whatsapp.persons import Persons
from sandbox.whatsapp.phones import Phones
from sandbox.whatsapp.picked import PickedFiles
from sandbox.whatsapp.settings import WhatsAppSettings
from sandbox.whatsapp.statuses import Statuses
from sandbox.whatsapp.templates import Templates
from sandbox.whatsapp.watch import Watch
from sandbox.whatsapp.webhooks import Webhooks
from shared.kernel.clock import Clock, SystemClock


def make_app(settings: WhatsAppSettings, clock: Clock | None = None) -> web.Application:
    """The stand-in as a sub-application. `clock` is the machine's own unless given."""
    timers = Timers(clock or SystemClock())
    phones = Phones(settings.phones)
    webhooks = Webhooks(settings, timers)
    faults = Faults()
    network = Network(timers, webhooks)
    templates = Templates()
    statuses = Statuses(webhooks, timers, network, settings.time_scale)
    api = GraphApi(
        settings,
        phones=phones,
        webhooks=webhooks,
        faults=faults,
        templates=templates,
        statuses=statuses,
        timers=timers,
    )
    people = People(settings, phones=phones, webhooks=webhooks, api=api, faults=faults, timers=timers, network=network)
    media = MediaStore(settings, timers)
    account = Account(settings, templates)
    client = FlowClient(settings, account)
    files = PickedFiles(phones, media, network)
    forms = Forms(settings, phones=phones, people=people, network=network, client=client, files=files)
    persons = Persons(settings, phones=phones, people=people, webhooks=webhooks, media=media)
    inspection = Inspection(phones, api, webhooks, templates)
    watch = Watch(settings, phones, webhooks)

    async def running(_: web.Application) -> AsyncIterator[None]:
        await webhooks.open()
        going = asyncio.ensure_future(timers.run())
        yield
        going.cancel()
        await asyncio.gather(going, return_exceptions=True)
        await webhooks.close()

    async def let_go(_: web.Application) -> None:
        # Before the server waits for open requests: streams and whoever waits must end now.
        watch.stop()
        await people.stop()
        await timers.close()

    app = web.Application(client_max_size=8 * 1024 * 1024)
    app.cleanup_ctx.append(running)
    app.on_shutdown.append(let_go)
    app.add_routes(people.routes())
    app.add_routes(watch.routes())
    app.add_routes(api.routes())
    app.add_routes(persons.routes())
    app.add_routes(forms.routes())
    app.add_routes(files.routes())
    app.add_routes(inspection.routes())
    app.add_routes(account.routes())
    app.add_routes(media.routes())
    return app
