"""The Graph API: messages in, ids out, statuses behind (WhatsApp contract 3, 4, 7.1). Limits by number and by pair."""

from __future__ import annotations

import hmac
import json
import re
import socket
import struct
from collections import deque
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from aiohttp import web

from sandbox.timers import Timers
from sandbox.whatsapp.faults import HTTP_BY_CODE, Fault, Faults
from sandbox.whatsapp.limits import Refused, check_message
from sandbox.whatsapp.network import Network
from sandbox.whatsapp.phones import Item, Phone, Phones
from sandbox.whatsapp.settings import WhatsAppSettings
from sandbox.whatsapp.webhooks import Webhooks

Json = dict[str, Any]

STATUS_SECONDS = 0.3
"""From the request to `sent`, to `delivered`, to `read`, at the usual speed."""
FROM_PHONE = ("delivered", "read")
"""The statuses that only a phone with a network can cause."""
SENT_KEPT = 10_000
PAIR_BURST = 45.0
PAIR_PER_SECOND = 1 / 6
NUMBER_PER_SECOND = 80.0
WINDOW = timedelta(hours=24)
OUTSIDE_WINDOW = "More than 24 hours have passed since the customer last replied to this number."

_E164 = re.compile(r"\+?[1-9]\d{6,14}", re.ASCII)

_TITLES = {
    100: "Invalid parameter",
    190: "Access token has expired or is invalid",
    130429: "Rate limit hit",
    131008: "Required parameter is missing",
    131009: "Parameter value is not valid",
    131021: "Recipient cannot be sender",
    131026: "Message undeliverable",
    131047: "Re-engagement message",
    131053: "Media upload error",
    131056: "(Business Account, Consumer Account) pair rate limit hit",
}


class Bucket:
    """A token bucket over the stand-in's clock."""

    def __init__(self, burst: float, per_second: float) -> None:
        self._burst = burst
        self._per_second = per_second
        self._tokens = burst
        self._at: datetime | None = None

    def take(self, now: datetime) -> bool:
        """One token, if there is one."""
        if self._at is not None:
            self._tokens = min(self._burst, self._tokens + (now - self._at).total_seconds() * self._per_second)
        self._at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


class GraphApi:
    """`POST [/vNN.N]/{phone_number_id}/messages`, and what it sets going."""

    def __init__(
        self,
        settings: WhatsAppSettings,
        phones: Phones,
        webhooks: Webhooks,
        faults: Faults,
        timers: Timers,
        network: Network,
    ) -> None:
        self._settings = settings
        self._phones = phones
        self._webhooks = webhooks
        self._faults = faults
        self._timers = timers
        self._network = network
        self._pairs: dict[tuple[str, str], Bucket] = {}
        self._numbers: dict[str, Bucket] = {}
        self._heard: dict[tuple[str, str], datetime] = {}
        self.sent: deque[Json] = deque(maxlen=SENT_KEPT)
        """The bodies that were accepted, oldest first."""

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/{number}/messages", self.messages),
            web.post(r"/{version:v\d+\.\d+}/{number}/messages", self.messages),
        ]

    def heard(self, number_id: str, phone: Phone) -> None:
        """A person wrote to a number: 24 hours begin in which free-form messages are allowed (contract 4.5)."""
        self._heard[number_id, phone.number] = self._timers.now()

    def forget(self) -> None:
        """Buckets are full again, nobody has written, nothing was sent."""
        for memory in (self._pairs, self._numbers, self._heard, self.sent):
            memory.clear()

    async def messages(self, request: web.Request) -> web.StreamResponse:
        """Accept, refuse, or fail as a fault says."""
        number_id = request.match_info["number"]
        try:
            body = await self._checked(request, number_id)
            if body.get("status") == "read":
                return await self._read_mark(body)
            type = check_message(body)
            phone = self._recipient(body)
            fault = self._faults.strike(phone.number, type)
            if fault is not None and (answer := await self._fail(fault, request)) is not None:
                return answer
            self._within_rates(number_id, phone)
        except Refused as refused:
            return error_answer(refused)
        item = await self._accept(number_id, phone, type, body, request.headers.get("traceparent"))
        if fault is not None and fault.effect == "reset_after":
            return _reset(request)
        contact = {"input": body["to"], "wa_id": phone.wa_id} if "to" in body else {"input": body["recipient"]}
        message = {"id": item.wamid, **({"message_status": "accepted"} if type == "template" else {})}
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
            number = "".join(to.split())
            if _E164.fullmatch(number) is None:
                raise Refused(131009, "to is not a phone number")
            if number.removeprefix("+") == self._settings.bot_number.removeprefix("+"):
                raise Refused(131021, "to is the business's own number")
            # A number that no phone of the sandbox has is a phone nobody looks at.
            return self._phones.get(number) or self._phones.add(f"+{number.removeprefix('+')}", number)
        phone = self._phones.of_bsuid(str(body["recipient"]))
        if phone is None:
            raise Refused(131026, "recipient is not known here")
        return phone

    def _within_rates(self, number_id: str, phone: Phone) -> None:
        now = self._timers.now()
        if not self._numbers.setdefault(number_id, Bucket(NUMBER_PER_SECOND, NUMBER_PER_SECOND)).take(now):
            raise Refused(130429, "more than 80 messages a second")
        pair = self._pairs.setdefault((number_id, phone.number), Bucket(PAIR_BURST, PAIR_PER_SECOND))
        if not pair.take(now):
            raise Refused(131056, "too many messages to this person in a short time")

    async def _fail(self, fault: Fault, request: web.Request) -> web.StreamResponse | None:
        match fault.effect:
            case "code":
                headers = {"retry-after": str(fault.retry_after)} if fault.retry_after is not None else {}
                return error_answer(Refused(fault.code, "a fault of the sandbox"), fault.http_status, headers)
            case "html":
                page = "<html><h1>Sorry, something went wrong.</h1></html>"
                return web.Response(status=fault.http_status, text=page, content_type="text/html")
            case "reset_before":
                return _reset(request)
            case "delay":
                await self._timers.sleep(fault.seconds)
        return None

    async def _accept(self, number_id: str, phone: Phone, type: str, body: Json, traceparent: str | None) -> Item:
        self.sent.append(body)
        now = self._timers.now()
        heard = self._heard.get((number_id, phone.number))
        in_window = type == "template" or (heard is not None and now - heard < WINDOW)
        item = Item(
            seq=0,
            direction="out",
            at=now.isoformat(),
            wamid=self._phones.new_wamid(phone),
            type=type,
            body=body[type] if isinstance(body[type], dict) else {type: body[type]},
            reference=body.get("biz_opaque_callback_data"),
            status=None if in_window else "failed",
            traceparent=traceparent,
            error=None if in_window else OUTSIDE_WINDOW,
        )
        await phone.add(item)
        await self._follow(number_id, phone, item)
        return item

    async def _follow(self, number_id: str, phone: Phone, item: Item) -> None:
        """Set going what the gateway is told of an accepted message."""
        switches = self._webhooks.switches
        if item.status == "failed":
            words = ["failed"]
        elif item.type == "reaction":
            words = ["sent"]  # and no more (contract 3.2)
        else:
            words = ["sent", "delivered", "read"][: 2 if switches.no_read else 3]
        step = STATUS_SECONDS * self._settings.time_scale
        now = self._timers.now()
        planned = [(word, now + timedelta(seconds=step * place)) for place, word in enumerate(words, 1)]
        if switches.status_before_answer:
            await self._status(number_id, phone, item, *planned.pop(0))
        delays = [(at - now).total_seconds() for _, at in planned]
        if switches.reorder:
            planned.reverse()
        for delay, (word, at) in zip(delays, planned, strict=True):
            telling = partial(self._status, number_id, phone, item, word, at)
            if word in FROM_PHONE:
                self._network.carry(telling, after=delay)
            else:
                self._timers.after(delay, telling)

    async def _status(self, number_id: str, phone: Phone, item: Item, word: str, at: datetime) -> None:
        await phone.move(item.wamid, word)
        status: Json = {
            "id": item.wamid,
            "status": word,
            "timestamp": str(int(at.timestamp())),
            "recipient_id": phone.wa_id,
            "recipient_user_id": phone.bsuid,
        }
        if word in ("sent", "delivered"):
            kind = {"category": "service", "type": "free_customer_service"}
            status["pricing"] = {"billable": False, "pricing_model": "PMP", **kind}
        if item.reference is not None:
            status["biz_opaque_callback_data"] = item.reference
        if word == "failed":
            title = _TITLES[131047]
            error = {"code": 131047, "title": title, "message": title, "error_data": {"details": OUTSIDE_WINDOW}}
            status["errors"] = [error]
        # Failed statuses have no contacts (contract 2.4).
        await self._webhooks.send(number_id, "statuses", status, None if word == "failed" else phone.contact)

    async def _read_mark(self, body: Json) -> web.StreamResponse:
        wamid = str(body.get("message_id"))
        phone = next((phone for phone in self._phones if phone.find(wamid)), None)
        if phone is None:
            raise Refused(100, "message_id is not known")
        await phone.move(wamid, "read")
        if "typing_indicator" in body:
            await phone.tell("typing", {})
        return web.json_response({"success": True})


def error_answer(refused: Refused, status: int | None = None, headers: dict[str, str] | None = None) -> web.Response:
    """The body of the contract's 4.1."""
    code = refused.code
    error: Json = {
        "message": f"(#{code}) {_TITLES.get(code, 'Something went wrong')}",
        "type": "OAuthException",
        "code": code,
        "error_data": {"messaging_product": "whatsapp", "details": refused.details},
        "fbtrace_id": "sandbox",
    }
    if refused.subcode is not None:
        error["error_subcode"] = refused.subcode
    return web.json_response({"error": error}, status=status or HTTP_BY_CODE.get(code, 400), headers=headers)


def _reset(request: web.Request) -> web.StreamResponse:
    """Cut the connection: whoever sent does not get an answer."""
    if request.transport is not None:
        # Lingering for no time makes the system send RST instead of FIN.
        request.transport.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
        )
        request.transport.abort()
    return web.Response()
