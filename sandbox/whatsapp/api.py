"""The Graph API: messages in, ids out, statuses behind (WhatsApp contract 3, 4, 7.1)."""

from __future__ import annotations

import hmac
import json
import re
from collections import deque
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from sandbox.timers import Timers
from sandbox.whatsapp.answers import error_answer, reset
from sandbox.whatsapp.faults import Fault, Faults, Target
from sandbox.whatsapp.limits import MEDIA, Refused, check_message
from sandbox.whatsapp.phones import Item, Phone, Phones
from sandbox.whatsapp.rates import Rates
from sandbox.whatsapp.settings import WhatsAppSettings
from sandbox.whatsapp.statuses import Statuses
from sandbox.whatsapp.templates import Templates
from sandbox.whatsapp.webhooks import Webhooks

Json = dict[str, Any]

SENT_KEPT = 10_000
WINDOW = timedelta(hours=24)
DEAD_HOST = "missing.invalid"
"""Links to media there cannot be fetched; no other link is tried."""
DEFAULT_COUNTRY = "263"

_WHY = {
    131026: "The message cannot be delivered to this person.",
    131047: "More than 24 hours have passed since the customer last replied to this number.",
    131053: "The media could not be fetched from its link.",
    131009: "The message that the reaction is for is not known.",
}

_E164 = re.compile(r"\+?[1-9]\d{6,14}", re.ASCII)


class GraphApi:
    """`POST [/vNN.N]/{phone_number_id}/messages`, and what it sets going."""

    def __init__(
        self,
        settings: WhatsAppSettings,
        *,
        phones: Phones,
        webhooks: Webhooks,
        faults: Faults,
        templates: Templates,
        statuses: Statuses,
        timers: Timers,
    ) -> None:
        self._settings = settings
        self._phones = phones
        self._webhooks = webhooks
        self._faults = faults
        self._templates = templates
        self._statuses = statuses
        self._timers = timers
        self._heard: dict[tuple[str, str], datetime] = {}
        self.rates = Rates()
        self.sent: deque[Json] = deque(maxlen=SENT_KEPT)
        """The bodies that were accepted, oldest first."""

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/{number}/messages", self.messages),
            web.post(r"/{version:v\d+\.\d+}/{number}/messages", self.messages),
        ]

    def heard(self, number_id: str, phone: Phone) -> None:
        """A person wrote to a number: 24 hours begin in which free-form messages are allowed (contract 4.5)."""
        self._heard[number_id, phone.bsuid] = self._timers.now()
        self.rates.heard(number_id, self._timers.now())

    def forget(self) -> None:
        """Buckets are full again, nobody has written, nothing was sent, templates are the product's."""
        self._heard.clear()
        self.sent.clear()
        self.rates.forget()
        self._templates.forget()

    async def messages(self, request: web.Request) -> web.StreamResponse:
        """Accept, refuse, or fail as a fault says."""
        number_id = request.match_info["number"]
        try:
            body = await self._checked(request, number_id)
            if body.get("status") == "read":
                return await self._read_mark(body, request.headers.get("traceparent"))
            type = check_message(body)
            phone = self._recipient(body)
            name = str(body["template"]["name"]) if type == "template" else None
            target = Target(number=number_id, phone=phone.number, type=type, template=name)
            fault = self._faults.strike(target, self._timers.now())
            if fault is not None and (answer := await self._fail(fault, request)) is not None:
                return answer
            held = type == "template" and self._templates.check(body["template"], has_phone="to" in body).held
            failure = self._failure(number_id, phone, type, body)
            if failure == 131047 and self._webhooks.switches.window_refused:
                raise Refused(131047, _WHY[131047])
            self.rates.check(number_id, phone.bsuid, self._timers.now())
        except Refused as refused:
            return error_answer(refused)
        if fault is not None and fault.effect == "failed":
            failure = fault.code
        item = await self._accept(number_id, phone, type, body, failure, request.headers.get("traceparent"))
        if fault is not None and fault.effect == "reset_after":
            return reset(request)
        contact: Json = {"input": body["to"], "wa_id": phone.wa_id} if "to" in body else {"input": body["recipient"]}
        message: Json = {"id": item.wamid}
        if type == "template":
            message["message_status"] = "held_for_quality_assessment" if held else "accepted"
        contacts = [{**contact, "user_id": phone.bsuid}]
        return web.json_response({"messaging_product": "whatsapp", "contacts": contacts, "messages": [message]})

    async def _checked(self, request: web.Request, number_id: str) -> Json:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(token.encode(), self._settings.token.encode()):
            raise Refused(190, "the bearer token is not the one of this sandbox")
        if number_id not in self._settings.phone_number_ids:
            raise Refused(100, f"{number_id} is no phone number id of this sandbox", subcode=33)
        try:
            body = json.loads(await request.read())
        except ValueError:
            raise Refused(100, "the body is not JSON") from None
        if not isinstance(body, dict) or body.get("messaging_product") != "whatsapp":
            raise Refused(100, "messaging_product must be whatsapp in a JSON object")
        return body

    def _recipient(self, body: Json) -> Phone:
        to = body.get("to")
        if isinstance(to, str):
            number = re.sub(r"[\s\-().]", "", to)
            if _E164.fullmatch(number) is None:
                raise Refused(131009, "to is not a phone number")
            if not number.startswith("+") and self._webhooks.switches.prefix_country:
                number = f"+{DEFAULT_COUNTRY}{number}"  # and a stranger gets it (contract 3.1)
            if number.removeprefix("+") == self._settings.bot_number.removeprefix("+"):
                raise Refused(131021, "to is the business's own number")
            # A number that no phone of the sandbox has is a phone nobody looks at.
            return self._phones.get(number) or self._phones.add(f"+{number.removeprefix('+')}", number)
        phone = self._phones.of_bsuid(str(body["recipient"]))
        if phone is None:
            raise Refused(131026, "recipient is not known here")
        return phone

    def _failure(self, number_id: str, phone: Phone, type: str, body: Json) -> int | None:
        """The code with which a message fails that is accepted at first; None when it arrives."""
        inner = body[type]
        if phone.blocks or not phone.has_whatsapp:
            return 131026
        if type == "reaction" and phone.find(str(inner.get("message_id"))) is None:
            return 131009
        if type in MEDIA and DEAD_HOST in str(inner.get("link", "")):
            return 131053
        heard = self._heard.get((number_id, phone.bsuid))
        in_window = heard is not None and self._timers.now() - heard < WINDOW
        return None if type == "template" or in_window else 131047

    async def _fail(self, fault: Fault, request: web.Request) -> web.StreamResponse | None:
        match fault.effect:
            case "code":
                return error_answer(Refused(fault.code, "a fault of the sandbox"), fault.http_status, fault.headers)
            case "html":
                page = "<html><h1>Sorry, something went wrong.</h1></html>"
                return web.Response(status=fault.http_status, text=page, content_type="text/html")
            case "empty":
                return web.Response(status=fault.http_status)
            case "reset_before":
                return reset(request)
            case "delay":
                await self._timers.sleep(fault.seconds)
        return None

    async def _accept(
        self, number_id: str, phone: Phone, type: str, body: Json, failure: int | None, traceparent: str | None
    ) -> Item:
        self.sent.append(body)
        item = Item(
            seq=0,
            direction="out",
            at=self._timers.now().isoformat(),
            wamid=self._phones.new_wamid(phone),
            type=type,
            body=body[type] if isinstance(body[type], dict) else {type: body[type]},
            reference=body.get("biz_opaque_callback_data"),
            status=None if failure is None else "failed",
            traceparent=traceparent,
            error=None if failure is None else _WHY.get(failure, "A fault of the sandbox."),
        )
        await phone.add(item)
        await self._statuses.follow(number_id, phone, item, failure)
        return item

    async def _read_mark(self, body: Json, traceparent: str | None) -> web.StreamResponse:
        wamid = str(body.get("message_id"))
        found = next(((phone, item) for phone in self._phones if (item := phone.find(wamid))), None)
        if found is None:
            raise Refused(100, "message_id is not known")
        phone, item = found
        # Webhooks carry no trace context; the mark comes from the trace that the message began.
        item.traceparent = item.traceparent or traceparent
        await phone.move(wamid, "read")
        if "typing_indicator" in body:
            await phone.tell("typing", {})
        return web.json_response({"success": True})
