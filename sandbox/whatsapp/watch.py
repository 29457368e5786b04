"""What the phone page and the tests look at: `/_sim/…` streams and transcripts.

GET  events                          server-sent events of all phones
GET  phones/{phone}/events           of one phone
GET  phones/{phone}/transcript?after=SEQ   the talk in the form of a flow's docstring; `&save` as a file

A stream begins with `phones` (who there is, the switches, the epoch), then come the bubbles that are new or changed
since the event that `Last-Event-ID` or `?after=` names (`after=0`: all), then `ready`, then each `message`, `status`,
`typing`, `phone`, `switches` as it happens. A number of another epoch counts as 0: the page begins anew.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict

from aiohttp import web

from sandbox.whatsapp.feed import Event
from sandbox.whatsapp.phones import Json, Phone, Phones
from sandbox.whatsapp.reading import whole_number, wrong
from sandbox.whatsapp.settings import WhatsAppSettings
from sandbox.whatsapp.transcripts import transcript
from sandbox.whatsapp.webhooks import Webhooks

KEEP_ALIVE_SECONDS = 15
RETRY_MILLISECONDS = 1000
"""How soon a page that lost its stream asks again."""


class Watch:
    """The handlers."""

    def __init__(self, settings: WhatsAppSettings, phones: Phones, webhooks: Webhooks) -> None:
        self._settings = settings
        self._phones = phones
        self._webhooks = webhooks
        self._stopping = False

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/_sim/events", self.events),
            web.get("/_sim/phones/{phone}/events", self.events),
            web.get("/_sim/phones/{phone}/transcript", self.transcript),
        ]

    def stop(self) -> None:
        """End every stream."""
        self._stopping = True
        self._phones.feed.end()

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Until the page is closed or the stand-in stops."""
        only = found_phone(self._phones, request) if "phone" in request.match_info else None
        response = web.StreamResponse(headers={"content-type": "text/event-stream", "cache-control": "no-store"})
        feed, queue = self._phones.feed, asyncio.Queue[Event | None]()
        for event in self._so_far(only, self._after(request)):
            queue.put_nowait(event)
        if self._stopping:
            queue.put_nowait(None)
        feed.watchers.add(queue)
        try:
            await response.prepare(request)
            await response.write(f"retry: {RETRY_MILLISECONDS}\n\n".encode())
            while (told := await _next(queue)) is not None:
                if only is None or told.data.get("phone", only.number) == only.number:
                    await response.write(_frame(feed.epoch, told))
        except ConnectionError:
            pass  # the page was closed
        finally:
            feed.watchers.discard(queue)
        return response

    async def transcript(self, request: web.Request) -> web.Response:
        phone = found_phone(self._phones, request)
        after = whole_number(request, "after", 0)
        text = transcript(phone.name, [item for item in phone.items if item.seq > after])
        saved = {"content-disposition": f'attachment; filename="talk-{phone.wa_id}.txt"'}
        return web.Response(text=text, headers=saved if "save" in request.query else None)

    def _after(self, request: web.Request) -> int:
        """The number of the last change that the page has seen; without any word of it: the last one there is."""
        feed = self._phones.feed
        seen = request.headers.get("last-event-id") or request.query.get("after", f"{feed.epoch}-{feed.last}")
        epoch, _, number = seen.partition("-")
        return int(number) if epoch == feed.epoch and number.isascii() and number.isdecimal() else 0

    def _so_far(self, only: Phone | None, after: int) -> list[Event]:
        phones = [only] if only else list(self._phones)
        changed = [
            Event("message", {"phone": phone.number, **asdict(item)}, item.revision)
            for phone in phones
            for item in phone.items
            if item.revision > after
        ]
        # By their numbers, so that a stream that breaks off here is resumed where it broke.
        changed.sort(key=lambda event: event.number or 0)
        return [Event("phones", self._state(phones)), *changed, Event("ready", {})]

    def _state(self, phones: list[Phone]) -> Json:
        return {
            "epoch": self._phones.feed.epoch,
            "bot": self._settings.bot_number,
            "phones": [{"phone": phone.number, "name": phone.name} for phone in phones],
            "switches": self._webhooks.switches.model_dump(),
        }


def found_phone(phones: Phones, request: web.Request) -> Phone:
    """The phone in the request's path. Raises 404."""
    phone = phones.get(request.match_info["phone"])
    if phone is None:
        raise wrong(web.HTTPNotFound, "There is no such phone; GET /graph/_sim/phones lists them.")
    return phone


async def _next(queue: asyncio.Queue[Event | None]) -> Event | None:
    """The next event; a nameless one every so often, by which a page that was closed is found out."""
    try:
        async with asyncio.timeout(KEEP_ALIVE_SECONDS):
            return await queue.get()
    except TimeoutError:
        return Event("", {})


def _frame(epoch: str, event: Event) -> bytes:
    if not event.name:
        return b": still here\n\n"
    number = "" if event.number is None else f"id: {epoch}-{event.number}\n"
    return f"{number}event: {event.name}\ndata: {json.dumps(event.data)}\n\n".encode()
