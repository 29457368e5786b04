"""The Graph API: messages in, ids out, statuses behind (WhatsApp contract 3, 4, 7.1). Limits by number and by pair."""

from __future__ import annotations

import asyncio
import hmac
import json
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from aiohttp import web

from sandbox.timers import Timers
from sandbox.whatsapp.faults import Fault, Faults
from sandbox.whatsapp.limits import Refused, check_message
from sandbox.whatsapp.phones import Item, Phone, Phones
from sandbox.whatsapp.settings import WhatsAppSettings
from sandbox.whatsapp.webhooks import Webhooks, is_e164

Json = dict[str, Any]

PAIR_BURST = 45.0
PAIR_PER_SECOND = 1 / 6
NUMBER_PER_SECOND = 80.0
WINDOW = timedelta(hours=24)

_TITLES = {
    100: "Invalid parameter",
    190: "Access token has expired or is invalid",
    130429: "Rate limit hit",
    131008: "Required parameter is missing",
    131009: "Parameter value is not valid",
    131026: "Message undeliverable",
    131047: "Re-engagement message",
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
        self, settings: WhatsAppSettings, phones: Phones, webhooks: Webhooks, faults: Faults, timers: Timers
    ) -> None:
        self._settings = settings
        self._phones = phones
        self._webhooks = webhooks
        self._faults = faults
        self._timers = timers
        self._pairs: dict[tuple[str, str], Bucket] = {}
        self._numbers: dict[str, Bucket] = {}
        self.heard: dict[tuple[str, str], datetime] = {}
        """Last message of a person to a number: the 24-hour window."""
        self.sent: list[Json] = []
        """Every body that was accepted."""

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/{number}/messages", self.messages),
            web.post(r"/{version:v\d+\.\d+}/{number}/messages", self.messages),
        ]

    async def messages(self, request: web.Request) -> web.StreamResponse:  # noqa: PLR0911 one answer for each refusal
        """Accept, refuse, or fail as a fault says."""
        number = request.match_info["number"]
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(token.encode(), self._settings.token.encode()):
            return _error(190, "the bearer token is not the one of this sandbox", 401)
        if number not in self._settings.phone_number_ids:
            return _error(100, f"{number} is no phone number id of this sandbox", 400, 33)
        try:
            body = json.loads(await request.read())
        except ValueError:
            return _error(100, "the body is not JSON", 400)
        if isinstance(body, dict) and body.get("status") == "read":
            return await self._read_mark(body)
        try:
            type = check_message(body)
            phone = self._recipient(body)
            self._within_rates(number, phone)
        except Refused as refused:
            return _error(refused.code, refused.details, 400)
        fault = self._faults.strike(phone.number)
        if fault is not None and (answer := await self._fail(fault, request)) is not None:
            return answer
        wamid = await self._accept(number, phone, type, body, request.headers.get("traceparent"))
        if fault is not None and fault.effect == "reset_after":
            return _reset(request)
        contact = {"input": body.get("to") or body.get("recipient"), "wa_id": phone.wa_id, "user_id": phone.bsuid}
        return web.json_response({"messaging_product": "whatsapp", "contacts": [contact], "messages": [{"id": wamid}]})

    def _recipient(self, body: Json) -> Phone:
        to = body.get("to")
        if isinstance(to, str):
            number = "".join(to.split())
            if not is_e164(number):
                raise Refused(131009, "to is not a phone number")
            # A number that no phone of the sandbox has is a phone nobody looks at.
            return self._phones.get(number) or self._phones.add(f"+{number.removeprefix('+')}", number)
        phone = self._phones.of_bsuid(str(body["recipient"]))
        if phone is None:
            raise Refused(131026, "recipient is not known here")
        return phone

    def _within_rates(self, number: str, phone: Phone) -> None:
        now = self._timers.now()
        if not self._numbers.setdefault(number, Bucket(NUMBER_PER_SECOND, NUMBER_PER_SECOND)).take(now):
            raise Refused(130429, "more than 80 messages a second")
        pair = self._pairs.setdefault((number, phone.number), Bucket(PAIR_BURST, PAIR_PER_SECOND))
        if not pair.take(now):
            raise Refused(131056, "too many messages to this person in a short time")

    async def _fail(self, fault: Fault, request: web.Request) -> web.StreamResponse | None:
        match fault.effect:
            case "code":
                headers = {"retry-after": str(fault.retry_after)} if fault.retry_after is not None else {}
                return _error(fault.code, "a fault of the sandbox", fault.status, headers=headers)
            case "html":
                return web.Response(status=fault.status, text="<html><h1>Sorry</h1></html>", content_type="text/html")
            case "reset_before":
                return _reset(request)
            case "delay":
                await self._timers.sleep(fault.seconds)
        return None

    async def _accept(self, number: str, phone: Phone, type: str, body: Json, traceparent: str | None) -> str:
        wamid = self._phones.new_wamid(phone)
        self.sent.append(body)
        at = self._timers.now()
        item = Item(
            seq=0,
            direction="out",
            at=at.isoformat(),
            wamid=wamid,
            type=type,
            body=body[type] if isinstance(body[type], dict) else {type: body[type]},
            reference=body.get("biz_opaque_callback_data"),
            status=None,
            traceparent=traceparent,
        )
        heard = self.heard.get((number, phone.number))
        is_open = heard is not None and at - heard < WINDOW
        if type != "template" and not is_open:
            failure = {"code": 131047, "title": _TITLES[131047], "message": _TITLES[131047]}
            details = {"details": "More than 24 hours have passed since the customer last replied to this number."}
            errors = [{**failure, "error_data": details}]
            self._timers.after(0, partial(self._status, number, phone, item, "failed", errors))
            return wamid
        await phone.add(item)
        step = self._settings.status_seconds
        for place, word in enumerate(("sent", "delivered", "read")):
            self._timers.after(step * place, partial(self._status, number, phone, item, word, None))
        return wamid

    async def _status(self, number: str, phone: Phone, item: Item, word: str, errors: list[Json] | None) -> None:
        await phone.move(item.wamid, word)
        status: Json = {
            "id": item.wamid,
            "status": word,
            "timestamp": str(int(self._timers.now().timestamp())),
            "recipient_id": phone.wa_id,
            "recipient_user_id": phone.bsuid,
        }
        if item.reference is not None:
            status["biz_opaque_callback_data"] = item.reference
        if word in ("sent", "delivered"):
            kind = {"category": "service", "type": "free_customer_service"}
            status["pricing"] = {"billable": False, "pricing_model": "PMP", **kind}
        if errors is not None:
            status["errors"] = errors
        await self._webhooks.send(number, key="statuses", updates=[status])

    async def _read_mark(self, body: Json) -> web.StreamResponse:
        wamid = body.get("message_id")
        phone = next((phone for phone in self._phones if phone.find(str(wamid))), None)
        if phone is None:
            return _error(100, "message_id is not known", 400)
        await phone.move(str(wamid), "read")
        if "typing_indicator" in body:
            await phone.tell("typing", {})
        return web.json_response({"success": True})


def _error(
    code: int, details: str, status: int, subcode: int | None = None, headers: dict[str, str] | None = None
) -> web.Response:
    """The body of the contract's 4.1."""
    error: Json = {
        "message": f"(#{code}) {_TITLES.get(code, 'Something went wrong')}",
        "type": "OAuthException",
        "code": code,
        "error_data": {"messaging_product": "whatsapp", "details": details},
        "fbtrace_id": "sandbox",
    }
    if subcode is not None:
        error["error_subcode"] = subcode
    return web.json_response({"error": error}, status=status, headers=headers)


def _reset(request: web.Request) -> web.StreamResponse:
    """Cut the connection: whoever sent does not get an answer."""
    assert request.transport is not None
    request.transport.abort()
    raise asyncio.CancelledError
