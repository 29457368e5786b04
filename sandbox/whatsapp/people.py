"""The person's side: `/_sim/…`, by which the phone page and the tests write, tap, watch and look inside.

GET  phones                       POST phones {"phone", "name"}
GET  phones/{phone}/messages?after=SEQ
GET  phones/{phone}/events        server-sent events: message, status, typing
GET  phones/{phone}/wait?after=SEQ&contains=TEXT&seconds=S   until the bot has said it; 408 otherwise
POST phones/{phone}/say {"text"}  phones/{phone}/tap {"wamid", "id"}  phones/{phone}/send {"message"}
POST webhook?signature=good|wrong|missing    any bytes to the gateway, once
GET  attempts, sent, clock        POST clock {"advance": seconds}
GET  faults  POST faults {…}  DELETE faults  POST duplicate {"on": bool}
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from typing import Any

from aiohttp import web
from pydantic import ValidationError

from sandbox.timers import Timers
from sandbox.whatsapp.api import GraphApi
from sandbox.whatsapp.faults import Fault, Faults
from sandbox.whatsapp.phones import Item, Phone, Phones, visible_text
from sandbox.whatsapp.settings import WhatsAppSettings
from sandbox.whatsapp.webhooks import Webhooks, sign
from shared.kernel.phone import NotAPhone, parse_phone

Json = dict[str, Any]

LONGEST_WAIT = 120.0


class People:
    """The handlers of `/_sim/…`."""

    def __init__(
        self,
        settings: WhatsAppSettings,
        *,
        phones: Phones,
        webhooks: Webhooks,
        api: GraphApi,
        faults: Faults,
        timers: Timers,
    ) -> None:
        self._settings = settings
        self._phones = phones
        self._webhooks = webhooks
        self._api = api
        self._faults = faults
        self._timers = timers
        self._stopping = asyncio.Event()

    def routes(self) -> list[web.RouteDef]:
        one = "/_sim/phones/{phone}"
        return [
            web.get("/_sim/phones", self.list_phones),
            web.post("/_sim/phones", self.add_phone),
            web.get(f"{one}/messages", self.messages),
            web.get(f"{one}/events", self.events),
            web.get(f"{one}/wait", self.wait),
            web.post(f"{one}/say", self.say),
            web.post(f"{one}/tap", self.tap),
            web.post(f"{one}/send", self.send),
            web.post("/_sim/webhook", self.webhook),
            web.get("/_sim/attempts", self.attempts),
            web.get("/_sim/sent", self.sent),
            web.get("/_sim/clock", self.clock),
            web.post("/_sim/clock", self.advance),
            web.get("/_sim/faults", self.list_faults),
            web.post("/_sim/faults", self.arm),
            web.delete("/_sim/faults", self.disarm),
            web.post("/_sim/duplicate", self.duplicate),
        ]

    def stop(self) -> None:
        """End every stream, so that the server can stop."""
        self._stopping.set()

    async def list_phones(self, _: web.Request) -> web.Response:
        found = [{"phone": phone.number, "name": phone.name} for phone in self._phones]
        return web.json_response({"phones": found})

    async def add_phone(self, request: web.Request) -> web.Response:
        body = await _json(request)
        try:
            number = parse_phone(str(body.get("phone", "")))
        except NotAPhone as error:
            raise web.HTTPBadRequest(text=str(error)) from None
        phone = self._phones.add(number, str(body.get("name") or number)[:60])
        return web.json_response({"phone": phone.number, "name": phone.name})

    async def messages(self, request: web.Request) -> web.Response:
        after = _int(request, "after", 0)
        items = [asdict(item) for item in self._phone(request).items if item.seq > after]
        return web.json_response({"messages": items})

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Each new bubble and each status, as it happens."""
        phone = self._phone(request)
        response = web.StreamResponse(headers={"content-type": "text/event-stream", "cache-control": "no-store"})
        await response.prepare(request)
        queue: asyncio.Queue[tuple[str, Json]] = asyncio.Queue()
        phone.watchers.add(queue)
        stopping = asyncio.ensure_future(self._stopping.wait())
        try:
            while not self._stopping.is_set():
                getting = asyncio.ensure_future(queue.get())
                await asyncio.wait({getting, stopping}, timeout=15, return_when=asyncio.FIRST_COMPLETED)
                if getting.done():
                    event, data = getting.result()
                    await response.write(f"event: {event}\ndata: {json.dumps(data)}\n\n".encode())
                else:
                    getting.cancel()
                    await response.write(b": still here\n\n")
        except (ConnectionError, asyncio.CancelledError):
            pass  # the page was closed
        finally:
            stopping.cancel()
            phone.watchers.discard(queue)
        return response

    async def wait(self, request: web.Request) -> web.Response:
        """The first thing after `after` that the bot says and that contains the text."""
        phone = self._phone(request)
        after = _int(request, "after", 0)
        wanted = request.query.get("contains", "").casefold()
        seconds = min(float(request.query.get("seconds", "10")), LONGEST_WAIT)

        def found() -> Item | None:
            return next(
                (
                    item
                    for item in phone.items
                    if item.seq > after and item.direction == "out" and wanted in visible_text(item).casefold()
                ),
                None,
            )

        try:
            async with asyncio.timeout(seconds), phone.changed:
                item = await phone.changed.wait_for(found)
        except TimeoutError:
            raise web.HTTPRequestTimeout(text="The bot has not said that.") from None
        return web.json_response({"message": asdict(item) if item else None})

    async def say(self, request: web.Request) -> web.Response:
        body = await _json(request)
        text = str(body.get("text", ""))
        if not text.strip():
            raise web.HTTPBadRequest(text="An empty message cannot be sent; give a text.")
        return await self._send(self._phone(request), {"type": "text", "text": {"body": text[:4096]}})

    async def tap(self, request: web.Request) -> web.Response:
        """Tap a button or a row of a message of the bot."""
        phone = self._phone(request)
        body = await _json(request)
        item = phone.find(str(body.get("wamid")))
        if item is None:
            raise web.HTTPNotFound(text="There is no such message on this phone.")
        action = item.body.get("action") or {}
        for button in action.get("buttons", []):
            if button["reply"]["id"] == body.get("id"):
                reply = {"type": "button_reply", "button_reply": button["reply"]}
                return await self._send(phone, {"type": "interactive", "interactive": reply}, item.wamid)
        for row in (row for section in action.get("sections", []) for row in section["rows"]):
            if row["id"] == body.get("id"):
                reply = {"type": "list_reply", "list_reply": row}
                return await self._send(phone, {"type": "interactive", "interactive": reply}, item.wamid)
        raise web.HTTPNotFound(text="That message has no such button or row.")

    async def send(self, request: web.Request) -> web.Response:
        """Any message object of the contract's 2.3; id, sender and time are added."""
        body = await _json(request)
        message = body.get("message")
        if not isinstance(message, dict):
            raise web.HTTPBadRequest(text="Give the message as a JSON object.")
        return await self._send(self._phone(request), message)

    async def webhook(self, request: web.Request) -> web.Response:
        body = await request.read()
        kinds = {"good": sign(body, self._settings.secret), "wrong": "sha256=" + "0" * 64, "missing": None}
        signature = request.query.get("signature", "good")
        if signature not in kinds:
            raise web.HTTPBadRequest(text="signature is good, wrong or missing.")
        return web.json_response({"status": await self._webhooks.shoot(body, kinds[signature])})

    async def attempts(self, _: web.Request) -> web.Response:
        return web.json_response({"attempts": [asdict(attempt) for attempt in self._webhooks.attempts]})

    async def sent(self, _: web.Request) -> web.Response:
        return web.json_response({"sent": self._api.sent})

    async def clock(self, _: web.Request) -> web.Response:
        return web.json_response({"now": self._timers.now().isoformat(), "pending": self._timers.pending()})

    async def advance(self, request: web.Request) -> web.Response:
        await self._timers.advance(float((await _json(request)).get("advance", 0)))
        return await self.clock(request)

    async def list_faults(self, _: web.Request) -> web.Response:
        return web.json_response({"faults": [fault.model_dump() for fault in self._faults.armed]})

    async def arm(self, request: web.Request) -> web.Response:
        try:
            self._faults.arm(Fault.model_validate(await _json(request)))
        except ValidationError as error:
            raise web.HTTPBadRequest(text=f"No such fault: {error.errors()[0]['loc']}.") from None
        return await self.list_faults(request)

    async def disarm(self, request: web.Request) -> web.Response:
        self._faults.disarm()
        return await self.list_faults(request)

    async def duplicate(self, request: web.Request) -> web.Response:
        self._webhooks.duplicate = bool((await _json(request)).get("on"))
        return web.json_response({"on": self._webhooks.duplicate})

    def _phone(self, request: web.Request) -> Phone:
        phone = self._phones.get(request.match_info["phone"])
        if phone is None:
            raise web.HTTPNotFound(text="There is no such phone; GET /graph/_sim/phones lists them.")
        return phone

    async def _send(self, phone: Phone, content: Json, context: str | None = None) -> web.Response:
        """Send a message to the bot, as the phone would."""
        number = self._settings.phone_number_ids[0]
        now = self._timers.now()
        wamid = self._phones.new_wamid(phone)
        message: Json = {
            "from": phone.wa_id,
            "from_user_id": phone.bsuid,
            "id": wamid,
            "timestamp": str(int(now.timestamp())),
            **content,
        }
        if context is not None:
            message["context"] = {"from": self._settings.bot_number.removeprefix("+"), "id": context}
        self._api.heard[number, phone.number] = now
        item = await phone.add(
            Item(seq=0, direction="in", at=now.isoformat(), wamid=wamid, type=str(message.get("type")), body=content)
        )
        contact = {"profile": {"name": phone.name}, "wa_id": phone.wa_id, "user_id": phone.bsuid}
        item.accepted = await self._webhooks.send(number, key="messages", updates=[message], contacts=[contact])
        await phone.tell("status", {"wamid": wamid, "status": "sent" if item.accepted else "waiting", "seq": item.seq})
        return web.json_response({"wamid": wamid, "seq": item.seq, "accepted": item.accepted})


async def _json(request: web.Request) -> Json:
    try:
        body = await request.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(text="Give a JSON object.")
    return body


def _int(request: web.Request, name: str, default: int) -> int:
    text = request.query.get(name, str(default))
    if not text.isascii() or not text.isdecimal():
        raise web.HTTPBadRequest(text=f"{name} is a number.")
    return int(text)
