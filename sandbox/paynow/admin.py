"""What a tester may do from outside, under `/_sim/` (Paynow contract 10.7).

    GET    /_sim/                                a page of all transactions, with buttons for what follows
    GET    /_sim/transactions                    all transactions, newest first
    GET    /_sim/transactions/{number}           one; its number is `paynowreference`
    POST   /_sim/transactions/{number}/status    {"status": "Paid", "callback": true}: force any status of contract 5.1
    POST   /_sim/transactions/{number}/callback  send the status update of the present status again
    POST   /_sim/transactions/{number}/delivered BuySafe: Delivered, and Paid 24 hours later (scaled)
    POST   /_sim/transactions/{number}/dispute   Disputed
    POST   /_sim/transactions/{number}/refund    Refunded
    POST   /_sim/innbucks/{code}/approve         the payer confirms the code in the InnBucks app
    GET    /_sim/callbacks                       every attempt to tell a merchant, oldest first
    GET    /_sim/clock                           {"now", "pending"}: the time here, and how many actions wait
    POST   /_sim/clock                           {"advance": 30}: move time; answers when all that fell due is done
    GET    /_sim/faults                          what is armed, and every fault with its effect
    POST   /_sim/faults                          {"name", "on", "currency", "reference", "times", "seconds",
                                                 "accepted"}: arm one; all but the name are optional (faults.py)
    DELETE /_sim/faults                          disarm all
    POST   /_sim/reset                           forget transactions, faults, callbacks and what is due

Bodies are JSON or forms; answers are JSON, but a form is sent back to the page. An error is a 4xx with
`{"error": "one sentence"}`.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any, TypeVar

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sandbox.paynow.admin_page import transactions_page
from sandbox.paynow.callbacks import Callbacks
from sandbox.paynow.faults import EFFECTS, Fault, Faults
from sandbox.paynow.lifecycle import IllegalChange, Lifecycle
from sandbox.paynow.settings import PaynowSettings
from sandbox.paynow.transactions import Status, Transaction, Transactions
from sandbox.timers import Timers


class _Forced(BaseModel):
    model_config = ConfigDict(extra="forbid")

    status: Status
    callback: bool = True


class _Advanced(BaseModel):
    model_config = ConfigDict(extra="forbid")

    advance: float = Field(ge=0, le=366 * 24 * 3600)


class Admin:
    """The admin API of one stand-in."""

    def __init__(
        self,
        settings: PaynowSettings,
        *,
        transactions: Transactions,
        lifecycle: Lifecycle,
        callbacks: Callbacks,
        faults: Faults,
        timers: Timers,
    ) -> None:
        self._settings = settings
        self._transactions = transactions
        self._lifecycle = lifecycle
        self._callbacks = callbacks
        self._faults = faults
        self._timers = timers

    def routes(self) -> list[web.RouteDef]:
        one = "/_sim/transactions/{number}"
        return [
            web.get("/_sim/", self.page),
            web.get("/_sim/transactions", self.transactions),
            web.get(one, self.transaction),
            web.post(f"{one}/status", self.force),
            web.post(f"{one}/callback", self.send_again),
            web.post(f"{one}/delivered", self.deliver),
            web.post(f"{one}/dispute", self.dispute),
            web.post(f"{one}/refund", self.refund),
            web.post("/_sim/innbucks/{code}/approve", self.approve),
            web.get("/_sim/callbacks", self.callbacks),
            web.get("/_sim/clock", self.clock),
            web.post("/_sim/clock", self.advance),
            web.get("/_sim/faults", self.faults),
            web.post("/_sim/faults", self.arm),
            web.delete("/_sim/faults", self.disarm),
            web.post("/_sim/reset", self.reset),
        ]

    async def page(self, request: web.Request) -> web.Response:
        return transactions_page(self._settings, list(self._transactions), self._callbacks.log, self._faults.armed())

    async def transactions(self, request: web.Request) -> web.Response:
        return web.json_response([_described(known) for known in reversed(list(self._transactions))])

    async def transaction(self, request: web.Request) -> web.Response:
        return web.json_response(_described(self._found(request)))

    async def force(self, request: web.Request) -> web.Response:
        transaction = self._found(request)
        forced = await _read(request, _Forced)
        if forced.callback:
            await self._lifecycle.force(transaction, forced.status)
        else:
            self._lifecycle.force_quietly(transaction, forced.status)
        return _done(request, _described(transaction))

    async def send_again(self, request: web.Request) -> web.Response:
        transaction = self._found(request)
        await self._callbacks.announce(transaction)
        return _done(request, _described(transaction))

    async def deliver(self, request: web.Request) -> web.Response:
        return await self._change(request, self._found(request), Status.DELIVERED)

    async def dispute(self, request: web.Request) -> web.Response:
        return await self._change(request, self._found(request), Status.DISPUTED)

    async def refund(self, request: web.Request) -> web.Response:
        return await self._change(request, self._found(request), Status.REFUNDED)

    async def approve(self, request: web.Request) -> web.Response:
        transaction = self._transactions.by_code(request.match_info["code"])
        if transaction is None:
            raise _problem(web.HTTPNotFound, "No InnBucks transaction has this code.")
        if self._timers.now() > transaction.code_expires_at:
            raise _problem(web.HTTPConflict, "The code has expired; the payer needs a new transaction.")
        return await self._change(request, transaction, self._lifecycle.success(transaction))

    async def callbacks(self, request: web.Request) -> web.Response:
        return web.json_response([asdict(made) | {"at": made.at.isoformat()} for made in self._callbacks.log])

    async def clock(self, request: web.Request) -> web.Response:
        return web.json_response({"now": self._timers.now().isoformat(), "pending": self._timers.pending()})

    async def advance(self, request: web.Request) -> web.Response:
        await self._timers.advance((await _read(request, _Advanced)).advance)
        return _done(request, {"now": self._timers.now().isoformat(), "pending": self._timers.pending()})

    async def faults(self, request: web.Request) -> web.Response:
        known = {name: {"effect": effect, "on": places} for name, (effect, places) in EFFECTS.items()}
        armed = [fault.model_dump(mode="json") for fault in self._faults.armed()]
        return web.json_response({"armed": armed, "known": known})

    async def arm(self, request: web.Request) -> web.Response:
        fault = await _read(request, Fault)
        self._faults.arm(fault)
        return _done(request, fault.model_dump(mode="json"))

    async def disarm(self, request: web.Request) -> web.Response:
        self._faults.disarm()
        return web.json_response({"armed": []})

    async def reset(self, request: web.Request) -> web.Response:
        self._timers.forget()
        self._transactions.forget()
        self._faults.disarm()
        self._callbacks.log.clear()
        return _done(request, {"reset": True})

    async def _change(self, request: web.Request, transaction: Transaction, status: Status) -> web.Response:
        try:
            await self._lifecycle.change(transaction, status)
        except IllegalChange as illegal:
            raise _problem(web.HTTPConflict, str(illegal)) from None
        return _done(request, _described(transaction))

    def _found(self, request: web.Request) -> Transaction:
        transaction = self._transactions.by_number(request.match_info["number"])
        if transaction is None:
            raise _problem(web.HTTPNotFound, "No transaction has this number.")
        return transaction


def _described(transaction: Transaction) -> dict[str, Any]:
    order = transaction.order
    return {
        "paynowreference": transaction.number,
        "guid": transaction.guid,
        "integration": order.integration.id,
        "currency": order.integration.currency,
        "reference": order.reference,
        "amount": order.amount_text,
        "additionalinfo": order.additionalinfo,
        "returnurl": order.returnurl,
        "resulturl": order.resulturl,
        "authemail": order.authemail,
        "authphone": order.authphone,
        "authname": order.authname,
        "merchanttrace": order.merchanttrace,
        "method": order.method or "web",
        "phone": order.phone,
        "authorizationcode": transaction.code if order.method == "innbucks" else "",
        "status": transaction.status,
        "history": [{"at": at.isoformat(), "status": status} for at, status in transaction.history],
        "wrong_otps": transaction.wrong_otps,
    }


M = TypeVar("M", bound=BaseModel)


def _is_form(request: web.Request) -> bool:
    return request.content_type == "application/x-www-form-urlencoded"


async def _read(request: web.Request, model: type[M]) -> M:
    try:
        body = dict(await request.post()) if _is_form(request) else json.loads(await request.text() or "{}")
        return model.model_validate(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise _problem(web.HTTPBadRequest, f"{place or 'The body'}: {first['msg']}.") from None
    except ValueError:
        raise _problem(web.HTTPBadRequest, "The body is neither JSON nor a form.") from None


def _done(request: web.Request, payload: dict[str, Any]) -> web.Response:
    if _is_form(request):
        up = "../" * (request.path.partition("/_sim/")[2].count("/"))
        return web.Response(status=303, headers={"Location": up or "./"})
    return web.json_response(payload)


def _problem(kind: type[web.HTTPClientError], text: str) -> web.HTTPClientError:
    return kind(text=json.dumps({"error": text}), content_type="application/json")
