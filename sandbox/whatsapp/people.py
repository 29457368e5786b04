"""The person's side: `/_sim/…`, by which the phone page and the tests write, tap, watch and look inside.

GET  phones                       POST phones {"phone", "name"}
GET  phones/{phone}/messages?after=SEQ
GET  phones/{phone}/events        server-sent events: message, status, typing
GET  phones/{phone}/wait?after=SEQ&contains=TEXT&seconds=S   until the bot has said it; 408 otherwise
POST phones/{phone}/say {"text"}  phones/{phone}/tap {"wamid", "id"}  phones/{phone}/send {"message"}
POST webhook?signature=good|wrong|missing    any bytes to the gateway, once
GET  attempts, sent, clock        POST clock {"advance": seconds}     POST reset
GET  faults  POST faults {…}  DELETE faults  GET switches  POST switches {…}

say, tap and send answer when a webhook with the message got its 200; with `?wait=no` at once.
"""

from __future__ import annotations

import asyncio
import json
import math
from dataclasses import asdict
from functools import partial
from typing import Any

from aiohttp import web
from pydantic import ValidationError

from sandbox.timers import Timers
from sandbox.whatsapp.api import GraphApi
from sandbox.whatsapp.faults import Fault, Faults
from sandbox.whatsapp.phones import Item, Phone, Phones, visible_text
from sandbox.whatsapp.settings import WhatsAppSettings
from sandbox.whatsapp.webhooks import Switches, Webhooks, sign
from shared.kernel.phone import NotAPhone, parse_phone

Json = dict[str, Any]

LONGEST_WAIT = 120.0
KEEP_ALIVE_SECONDS = 15


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
            web.get("/_sim/switches", self.switches),
            web.post("/_sim/switches", self.switch),
            web.post("/_sim/reset", self.reset),
        ]

    async def stop(self) -> None:
        """End every stream and whatever waits, so that the server can stop."""
        self._stopping.set()
        for phone in self._phones:
            await phone.hang_up()

    async def list_phones(self, _: web.Request) -> web.Response:
        found = [{"phone": phone.number, "name": phone.name} for phone in self._phones]
        return web.json_response({"phones": found})

    async def add_phone(self, request: web.Request) -> web.Response:
        body = await _json(request)
        try:
            number = parse_phone(str(body.get("phone", "")))
        except NotAPhone as error:
            raise _wrong(web.HTTPBadRequest, str(error)) from None
        phone = self._phones.add(number, str(body.get("name") or number)[:60])
        return web.json_response({"phone": phone.number, "name": phone.name})

    async def messages(self, request: web.Request) -> web.Response:
        after = _int(request, "after", 0)
        items = [asdict(item) for item in self._phone(request).items if item.seq > after]
        return web.json_response({"messages": items})

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Each new bubble and each status as it happens, after the bubbles since `after` or the last one seen."""
        phone = self._phone(request)
        seen = request.headers.get("last-event-id", "")
        after = int(seen) if seen.isascii() and seen.isdecimal() else _int(request, "after", phone.last_seq)
        response = web.StreamResponse(headers={"content-type": "text/event-stream", "cache-control": "no-store"})
        queue: asyncio.Queue[tuple[str, Json] | None] = asyncio.Queue()
        for item in phone.items:
            if item.seq > after:
                queue.put_nowait(("message", asdict(item)))
        if self._stopping.is_set():
            queue.put_nowait(None)
        phone.watchers.add(queue)
        try:
            await response.prepare(request)
            # Something at once, so that whoever opens the stream knows that it is open.
            await response.write(b": open\n\n")
            while (event := await _next(queue)) is not None:
                await response.write(_frame(*event))
        except ConnectionError:
            pass  # the page was closed
        finally:
            phone.watchers.discard(queue)
        return response

    async def wait(self, request: web.Request) -> web.Response:
        """The first thing after `after` that the bot says and that contains the text."""
        phone = self._phone(request)
        after = _int(request, "after", 0)
        wanted = request.query.get("contains", "").casefold()
        seconds = min(_float(request.query.get("seconds", "10"), "seconds"), LONGEST_WAIT)

        def found() -> Item | None:
            for item in phone.items:
                arrived = item.direction == "out" and item.status != "failed"
                if item.seq > after and arrived and wanted in visible_text(item).casefold():
                    return item
            return None

        try:
            async with asyncio.timeout(seconds), phone.changed:
                await phone.changed.wait_for(lambda: found() or self._stopping.is_set())
        except TimeoutError:
            pass  # told below
        item = found()
        if item is None:
            raise _wrong(web.HTTPRequestTimeout, "The bot has not said that.")
        return web.json_response({"message": asdict(item)})

    async def say(self, request: web.Request) -> web.Response:
        body = await _json(request)
        text = str(body.get("text", ""))
        if not text.strip():
            raise _wrong(web.HTTPBadRequest, "An empty message cannot be sent; give a text.")
        return await self._send(request, {"type": "text", "text": {"body": text[:4096]}})

    async def tap(self, request: web.Request) -> web.Response:
        """Tap a button or a row of a message of the bot."""
        phone = self._phone(request)
        body = await _json(request)
        item = phone.find(str(body.get("wamid")))
        if item is None:
            raise _wrong(web.HTTPNotFound, "There is no such message on this phone.")
        action = item.body.get("action") or {}
        for button in action.get("buttons", []):
            if button["reply"]["id"] == body.get("id"):
                reply = {"type": "button_reply", "button_reply": button["reply"]}
                return await self._send(request, {"type": "interactive", "interactive": reply}, item.wamid)
        for row in (row for section in action.get("sections", []) for row in section["rows"]):
            if row["id"] == body.get("id"):
                reply = {"type": "list_reply", "list_reply": row}
                return await self._send(request, {"type": "interactive", "interactive": reply}, item.wamid)
        raise _wrong(web.HTTPNotFound, "That message has no such button or row.")

    async def send(self, request: web.Request) -> web.Response:
        """Any message object of the contract's 2.3; id, sender and time are added."""
        body = await _json(request)
        message = body.get("message")
        if not isinstance(message, dict):
            raise _wrong(web.HTTPBadRequest, "Give the message as a JSON object.")
        return await self._send(request, message)

    async def webhook(self, request: web.Request) -> web.Response:
        body = await request.read()
        kinds = {"good": sign(body, self._settings.secret), "wrong": "sha256=" + "0" * 64, "missing": None}
        signature = request.query.get("signature", "good")
        if signature not in kinds:
            raise _wrong(web.HTTPBadRequest, "signature is good, wrong or missing.")
        return web.json_response({"status": await self._webhooks.shoot(body, kinds[signature])})

    async def attempts(self, _: web.Request) -> web.Response:
        return web.json_response({"attempts": [asdict(attempt) for attempt in self._webhooks.attempts]})

    async def sent(self, _: web.Request) -> web.Response:
        return web.json_response({"sent": list(self._api.sent)})

    async def clock(self, _: web.Request) -> web.Response:
        return web.json_response({"now": self._timers.now().isoformat(), "pending": self._timers.pending()})

    async def advance(self, request: web.Request) -> web.Response:
        await self._timers.advance(_float((await _json(request)).get("advance", 0), "advance"))
        return await self.clock(request)

    async def list_faults(self, _: web.Request) -> web.Response:
        return web.json_response({"faults": [fault.model_dump() for fault in self._faults.armed]})

    async def arm(self, request: web.Request) -> web.Response:
        try:
            self._faults.armed.append(Fault.model_validate(await _json(request)))
        except ValidationError as error:
            raise _invalid(error) from None
        return await self.list_faults(request)

    async def disarm(self, request: web.Request) -> web.Response:
        self._faults.armed.clear()
        return await self.list_faults(request)

    async def switches(self, _: web.Request) -> web.Response:
        return web.json_response(self._webhooks.switches.model_dump())

    async def switch(self, request: web.Request) -> web.Response:
        """Change the switches that are named; the others stay."""
        try:
            changed = self._webhooks.switches.model_dump() | await _json(request)
            self._webhooks.switches = Switches.model_validate(changed)
        except ValidationError as error:
            raise _invalid(error) from None
        return await self.switches(request)

    async def reset(self, request: web.Request) -> web.Response:
        """Forget all talk, faults, switches and what was still to happen. Phones stay; the clock does not go back."""
        self._timers.forget()
        self._faults.armed.clear()
        self._webhooks.forget()
        self._api.forget()
        for phone in self._phones:
            await phone.forget()
        return await self.clock(request)

    def _phone(self, request: web.Request) -> Phone:
        phone = self._phones.get(request.match_info["phone"])
        if phone is None:
            raise _wrong(web.HTTPNotFound, "There is no such phone; GET /graph/_sim/phones lists them.")
        return phone

    async def _send(self, request: web.Request, content: Json, context: str | None = None) -> web.Response:
        """Send a message to the bot, as the phone would. A member that is null is left out."""
        phone = self._phone(request)
        number_id = self._settings.phone_number_ids[0]
        now = self._timers.now()
        message: Json = {
            "from": phone.wa_id,
            "from_user_id": phone.bsuid,
            "id": self._phones.new_wamid(phone),
            "timestamp": str(int(now.timestamp())),
            **content,
        }
        if context is not None:
            message["context"] = {"from": self._settings.bot_number.removeprefix("+"), "id": context}
        message = {name: value for name, value in message.items() if value is not None}
        wamid = str(message.get("id"))
        self._api.heard(number_id, phone)
        type = str(message.get("type"))
        item = Item(seq=0, direction="in", at=now.isoformat(), wamid=wamid, type=type, body=message, accepted=False)
        await phone.add(item)

        async def accepted() -> None:
            item.accepted = True
            item.status = item.status or "sent"
            await phone.tell("status", {"wamid": wamid, "status": item.status, "seq": item.seq})

        # On the timers rather than here, so that a request that is given up takes no message with it.
        self._timers.after(0, partial(self._webhooks.send, number_id, "messages", message, phone.contact, accepted))
        if request.query.get("wait") != "no":
            async with phone.changed:
                await phone.changed.wait_for(
                    lambda: item.accepted or self._stopping.is_set() or phone.find(wamid) is None
                )
            if not item.accepted:
                raise _wrong(web.HTTPServiceUnavailable, "The sandbox stopped before the gateway took it.")
        return web.json_response({"wamid": wamid, "seq": item.seq})


async def _json(request: web.Request) -> Json:
    try:
        body = await request.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise _wrong(web.HTTPBadRequest, "Give a JSON object.")
    return body


def _int(request: web.Request, name: str, default: int) -> int:
    text = request.query.get(name, str(default))
    if not text.isascii() or not text.isdecimal():
        raise _wrong(web.HTTPBadRequest, f"{name} is a number.")
    return int(text)


def _float(value: object, name: str) -> float:
    try:
        number = float(str(value))
    except ValueError:
        number = -1
    if not 0 <= number < math.inf:
        raise _wrong(web.HTTPBadRequest, f"{name} is a number of seconds, from 0 up.")
    return number


async def _next(queue: asyncio.Queue[tuple[str, Json] | None]) -> tuple[str, Json] | None:
    """The next event; an empty one every so often, by which a page that was closed is found out."""
    try:
        async with asyncio.timeout(KEEP_ALIVE_SECONDS):
            return await queue.get()
    except TimeoutError:
        return "", {}


def _frame(event: str, data: Json) -> bytes:
    if not event:
        return b": still here\n\n"
    # Only a new bubble moves on what a page that connects again has seen.
    number = f"id: {data['seq']}\n" if event == "message" else ""
    return f"{number}event: {event}\ndata: {json.dumps(data)}\n\n".encode()


def _wrong(kind: type[web.HTTPError], text: str) -> web.HTTPError:
    return kind(text=json.dumps({"error": text}), content_type="application/json")


def _invalid(error: ValidationError) -> web.HTTPError:
    first = error.errors(include_url=False, include_input=False)[0]
    name = ".".join(str(part) for part in first["loc"])
    return _wrong(web.HTTPBadRequest, f"{name} is not usable: {first['msg']}.")
