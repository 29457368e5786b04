"""The person's side: `/_sim/…`, by which the phone page and the tests write, tap, watch and look inside.

GET  phones                       POST phones {"phone", "name"}
GET  phones/{phone}/messages?after=SEQ
GET  phones/{phone}/wait?after=SEQ&contains=TEXT&type=TYPE&seconds=S   until the bot has said it; 408 otherwise
POST phones/{phone}/say {"text"}  phones/{phone}/tap {"wamid", "id"}  phones/{phone}/send {"message"}
POST webhook?signature=good|wrong|missing    any bytes to the gateway, once
GET  attempts, sent, clock        POST clock {"advance": seconds}     POST reset
GET  faults  POST faults {…}  DELETE faults  GET switches  POST switches {…}

say, tap and send go to the first business number, or to `?number=ID`. They answer when a webhook with the message got
its 200; with `?wait=no` at once.
"""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Any

from aiohttp import web
from pydantic import ValidationError

from sandbox.timers import Timers
from sandbox.whatsapp.api import GraphApi
from sandbox.whatsapp.faults import Fault, Faults
from sandbox.whatsapp.network import Network
from sandbox.whatsapp.phones import Item, Phone, Phones, visible_text
from sandbox.whatsapp.reading import invalid, json_object, seconds, whole_number, wrong
from sandbox.whatsapp.settings import WhatsAppSettings
from sandbox.whatsapp.watch import found_phone
from sandbox.whatsapp.webhooks import Switches, Webhooks, sign
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
        network: Network,
    ) -> None:
        self._settings = settings
        self._phones = phones
        self._webhooks = webhooks
        self._api = api
        self._faults = faults
        self._timers = timers
        self._network = network
        self._stopping = asyncio.Event()

    def routes(self) -> list[web.RouteDef]:
        one = "/_sim/phones/{phone}"
        return [
            web.get("/_sim/phones", self.list_phones),
            web.post("/_sim/phones", self.add_phone),
            web.get(f"{one}/messages", self.messages),
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
        """End whatever waits, so that the server can stop."""
        self._stopping.set()
        for phone in self._phones:
            await phone.wake()

    async def list_phones(self, _: web.Request) -> web.Response:
        found = [{"phone": phone.number, "name": phone.name} for phone in self._phones]
        return web.json_response({"phones": found})

    async def add_phone(self, request: web.Request) -> web.Response:
        body = await json_object(request)
        try:
            number = parse_phone(str(body.get("phone", "")))
        except NotAPhone as error:
            raise wrong(web.HTTPBadRequest, str(error)) from None
        phone = self._phones.add(number, str(body.get("name") or number)[:60])
        return web.json_response({"phone": phone.number, "name": phone.name})

    async def messages(self, request: web.Request) -> web.Response:
        after = whole_number(request, "after", 0)
        items = [asdict(item) for item in self._phone(request).items if item.seq > after]
        return web.json_response({"messages": items})

    async def wait(self, request: web.Request) -> web.Response:
        """The first thing after `after` that the bot says and that contains the text."""
        phone = self._phone(request)
        after = whole_number(request, "after", 0)
        wanted = request.query.get("contains", "").casefold()
        type = request.query.get("type", "")
        longest = min(seconds(request.query.get("seconds", "10"), "seconds"), LONGEST_WAIT)

        def found() -> Item | None:
            for item in phone.items:
                arrived = item.direction == "out" and item.status != "failed"
                fits = type in ("", item.type, item.body.get("type")) and wanted in visible_text(item).casefold()
                if item.seq > after and arrived and fits:
                    return item
            return None

        try:
            async with asyncio.timeout(longest), phone.changed:
                await phone.changed.wait_for(lambda: found() or self._stopping.is_set())
        except TimeoutError:
            pass  # told below
        item = found()
        if item is None:
            raise wrong(web.HTTPRequestTimeout, "The bot has not said that.")
        return web.json_response({"message": asdict(item)})

    async def say(self, request: web.Request) -> web.Response:
        body = await json_object(request)
        text = str(body.get("text", ""))
        if not text.strip():
            raise wrong(web.HTTPBadRequest, "An empty message cannot be sent; give a text.")
        return await self._send(request, {"type": "text", "text": {"body": text[:4096]}})

    async def tap(self, request: web.Request) -> web.Response:
        """Tap a button or a row of a message of the bot."""
        phone = self._phone(request)
        body = await json_object(request)
        item = phone.find(str(body.get("wamid")))
        if item is None:
            raise wrong(web.HTTPNotFound, "There is no such message on this phone.")
        action = item.body.get("action") or {}
        for button in action.get("buttons", []):
            if button["reply"]["id"] == body.get("id"):
                reply = {"type": "button_reply", "button_reply": button["reply"]}
                return await self._send(request, {"type": "interactive", "interactive": reply}, item.wamid)
        for row in (row for section in action.get("sections", []) for row in section["rows"]):
            if row["id"] == body.get("id"):
                reply = {"type": "list_reply", "list_reply": row}
                return await self._send(request, {"type": "interactive", "interactive": reply}, item.wamid)
        raise wrong(web.HTTPNotFound, "That message has no such button or row.")

    async def send(self, request: web.Request) -> web.Response:
        """Any message object of the contract's 2.3; id, sender and time are added."""
        body = await json_object(request)
        message = body.get("message")
        if not isinstance(message, dict):
            raise wrong(web.HTTPBadRequest, "Give the message as a JSON object.")
        return await self._send(request, message)

    async def webhook(self, request: web.Request) -> web.Response:
        body = await request.read()
        kinds = {"good": sign(body, self._settings.secret), "wrong": "sha256=" + "0" * 64, "missing": None}
        signature = request.query.get("signature", "good")
        if signature not in kinds:
            raise wrong(web.HTTPBadRequest, "signature is good, wrong or missing.")
        return web.json_response({"status": await self._webhooks.shoot(body, kinds[signature])})

    async def attempts(self, _: web.Request) -> web.Response:
        return web.json_response({"attempts": [asdict(attempt) for attempt in self._webhooks.attempts]})

    async def sent(self, _: web.Request) -> web.Response:
        return web.json_response({"sent": list(self._api.sent)})

    async def clock(self, _: web.Request) -> web.Response:
        return web.json_response({"now": self._timers.now().isoformat(), "pending": self._timers.pending()})

    async def advance(self, request: web.Request) -> web.Response:
        await self._timers.advance(seconds((await json_object(request)).get("advance", 0), "advance"))
        return await self.clock(request)

    async def list_faults(self, _: web.Request) -> web.Response:
        return web.json_response({"faults": [fault.model_dump() for fault in self._faults.armed]})

    async def arm(self, request: web.Request) -> web.Response:
        try:
            self._faults.armed.append(Fault.model_validate(await json_object(request)))
        except ValidationError as error:
            raise invalid(error) from None
        return await self.list_faults(request)

    async def disarm(self, request: web.Request) -> web.Response:
        self._faults.armed.clear()
        return await self.list_faults(request)

    async def switches(self, _: web.Request) -> web.Response:
        return web.json_response(self._webhooks.switches.model_dump())

    async def switch(self, request: web.Request) -> web.Response:
        """Change the switches that are named; the others stay."""
        try:
            changed = self._webhooks.switches.model_dump() | await json_object(request)
            self._webhooks.switches = Switches.model_validate(changed)
        except ValidationError as error:
            raise invalid(error) from None
        self._network.look()
        self._webhooks.let_go()
        self._phones.feed.tell("switches", self._webhooks.switches.model_dump())
        return await self.switches(request)

    async def reset(self, request: web.Request) -> web.Response:
        """Forget all talk, faults, switches and what was still to happen. Phones stay; the clock does not go back."""
        self._timers.forget()
        self._faults.armed.clear()
        self._webhooks.forget()
        self._api.forget()
        self._network.forget()
        await self._phones.forget()
        self._phones.feed.tell("switches", self._webhooks.switches.model_dump())
        return await self.clock(request)

    def _phone(self, request: web.Request) -> Phone:
        return found_phone(self._phones, request)

    def timestamp(self) -> str:
        """Now, as messages have it."""
        return str(int(self._timers.now().timestamp()))

    async def _send(self, request: web.Request, content: Json, context: str | None = None) -> web.Response:
        return await self.send_from(self._phone(request), request, content, context)

    async def send_from(
        self, phone: Phone, request: web.Request, content: Json, context: str | None = None
    ) -> web.Response:
        """Send a message to the bot, as the phone would. A member that is null is left out."""
        number_id = request.query.get("number", self._settings.phone_number_ids[0])
        if number_id not in self._settings.phone_number_ids:
            raise wrong(web.HTTPBadRequest, "number is one of the sandbox's phone number ids.")
        now = self._timers.now()
        message: Json = {
            **phone.sender,
            "id": self._phones.new_wamid(phone),
            "timestamp": self.timestamp(),
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
            await phone.tell_status(item)

        async def leave() -> None:
            await phone.move(wamid, "sent")
            await self._webhooks.send(number_id, "messages", message, phone.contact, accepted)

        # On the timers rather than here, so that a request that is given up takes no message with it.
        self._network.carry(leave)
        if request.query.get("wait") != "no":
            async with phone.changed:
                await phone.changed.wait_for(
                    lambda: item.accepted or self._stopping.is_set() or phone.find(wamid) is None
                )
            if not item.accepted:
                raise wrong(web.HTTPServiceUnavailable, "The sandbox stopped before the gateway took it.")
        return web.json_response({"wamid": wamid, "seq": item.seq})
