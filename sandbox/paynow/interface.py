"""Paynow's interface over HTTP: initiate, remote, poll, trace, and O'mari's code (Paynow contract E1, E2, E4-E6)."""

from __future__ import annotations

import socket
import struct
from collections.abc import Awaitable, Callable

from aiohttp import web

from sandbox.paynow import pages
from sandbox.paynow.faults import HTML_FAULTS, Fault, FaultName, Faults, Place
from sandbox.paynow.lifecycle import MAX_WRONG_OTPS, Lifecycle
from sandbox.paynow.messages import Messages
from sandbox.paynow.settings import Integration, PaynowSettings
from sandbox.paynow.transactions import Status, Transaction, Transactions
from sandbox.paynow.validation import Refused, check_order, check_sender
from sandbox.paynow.wire import Form, error_body, parse
from sandbox.timers import Timers

_ANSWER_FAULTS = (*HTML_FAULTS, FaultName.RESET, FaultName.LOST_ANSWER, FaultName.SLOW_ANSWER)
_NO_TRANSACTION = "The transaction was not found"


def any_case(path: str) -> str:
    """An aiohttp route that takes the path in any letter case, with or without a slash at its end."""
    parts = path.strip("/").split("/")
    return "".join(f"/{{part{index}:(?i:{part})}}" for index, part in enumerate(parts)) + "{end:/?}"


class Interface:
    """The calls of merchants' servers."""

    def __init__(
        self,
        settings: PaynowSettings,
        *,
        transactions: Transactions,
        lifecycle: Lifecycle,
        messages: Messages,
        faults: Faults,
        timers: Timers,
    ) -> None:
        self._settings = settings
        self._transactions = transactions
        self._lifecycle = lifecycle
        self._messages = messages
        self._faults = faults
        self._timers = timers

    def routes(self) -> list[web.RouteDef]:
        return [
            web.route("*", any_case("interface/initiatetransaction"), self.initiate),
            web.route("*", any_case("interface/remotetransaction"), self.remote),
            web.route("*", any_case("interface/checkpayment"), self.poll),
            web.route("*", any_case("interface/trace"), self.trace),
            web.route("*", any_case("interface/remoteotp"), self.otp),
        ]

    async def initiate(self, request: web.Request) -> web.StreamResponse:
        """E1: a web payment."""
        form = await _form(request)

        async def carry_out() -> str:
            order = check_order(form, self._settings, self._transactions, remote=False)
            return self._messages.initiated(self._transactions.create(order, self._timers.now()))

        return await self._answer(request, "initiate", self._sender(form), form.get("reference"), carry_out)

    async def remote(self, request: web.Request) -> web.StreamResponse:
        """E2: a payment on the payer's phone or by a stored token."""
        form = await _form(request)

        async def carry_out() -> str:
            order = check_order(form, self._settings, self._transactions, remote=True)
            transaction = self._transactions.create(order, self._timers.now())
            await self._lifecycle.begin(transaction)
            return self._messages.sent(transaction)

        return await self._answer(request, "remote", self._sender(form), form.get("reference"), carry_out)

    async def poll(self, request: web.Request) -> web.StreamResponse:
        """E4: the status of a transaction; its guid is the only secret."""
        transaction = self._transactions.by_guid(request.query.get("guid", ""))

        async def carry_out() -> str:
            if transaction is None:
                raise Refused(_NO_TRANSACTION)
            return self._messages.update(transaction, self._status_to_tell(transaction), "poll")

        return await self._answer(request, "poll", *_subject(transaction), carry_out)

    async def trace(self, request: web.Request) -> web.StreamResponse:
        """E5: a transaction by the merchant's own trace."""
        form = await _form(request)
        transaction = self._transactions.by_trace(form.get("merchanttrace"))
        reference = transaction.order.reference if transaction else ""

        async def carry_out() -> str:
            integration = check_sender(form, self._settings)
            fault = self._faults.take([FaultName.TRACE_ERROR_THEN_NOT_FOUND], "trace", integration, reference)
            turn = fault.turn(form.get("merchanttrace")) if fault else 0
            if turn == 1:
                raise Refused("Trace failed")
            if turn == 2 or transaction is None or transaction.order.integration != integration:
                return self._messages.not_found(integration)
            return self._messages.update(transaction, transaction.status, "trace")

        return await self._answer(request, "trace", self._sender(form), reference, carry_out)

    async def otp(self, request: web.Request) -> web.StreamResponse:
        """E6: the code that O'mari sent to the payer."""
        form = await _form(request)
        transaction = self._transactions.by_guid(request.query.get("guid", ""))

        async def carry_out() -> str:
            integration = check_sender(form, self._settings)
            if transaction is None or transaction.order.integration != integration:
                raise Refused(_NO_TRANSACTION)
            if transaction.order.method != "omari" or transaction.status is not Status.SENT:
                raise Refused("The transaction is not waiting for an OTP")
            if form.get("otp") != self._settings.omari_otp:
                await self._count_wrong_otp(transaction)
                raise Refused("Invalid OTP")
            self._lifecycle.enter(transaction, self._lifecycle.success(transaction))
            self._lifecycle.announce_after(0, transaction)
            return self._messages.update(transaction, transaction.status, "otp")

        return await self._answer(request, "otp", *_subject(transaction), carry_out)

    async def _count_wrong_otp(self, transaction: Transaction) -> None:
        transaction.wrong_otps += 1
        if transaction.wrong_otps >= MAX_WRONG_OTPS:
            self._lifecycle.enter(transaction, Status.CANCELLED)
            self._lifecycle.announce_after(0, transaction)

    def _sender(self, form: Form) -> Integration | None:
        return self._settings.integration(form.get("id"))

    def _status_to_tell(self, transaction: Transaction) -> Status:
        if len(transaction.history) > 1:
            fault = self._faults.strike(FaultName.POLL_FLAPPING, "poll", transaction)
            if fault is not None and fault.turn(transaction.guid) % 2 == 0:
                return transaction.status_before()
        return transaction.status

    async def _answer(
        self,
        request: web.Request,
        place: Place,
        integration: Integration | None,
        reference: str,
        carry_out: Callable[[], Awaitable[str]],
    ) -> web.StreamResponse:
        """Carry the call out and answer it, or spoil that as an armed fault says."""

        async def body() -> str:
            try:
                return await carry_out()
            except Refused as refused:
                return error_body(str(refused))

        fault = self._faults.take(_ANSWER_FAULTS, place, integration, reference)
        if fault is None:
            return _text(await body())
        spoilt = fault.name in HTML_FAULTS or fault.name is FaultName.RESET
        answer = "" if spoilt and not fault.accepted else await body()
        return await self._spoil(request, fault, answer)

    async def _spoil(self, request: web.Request, fault: Fault, answer: str) -> web.StreamResponse:
        if fault.name in HTML_FAULTS:
            return pages.challenge(HTML_FAULTS[fault.name])
        if fault.name is FaultName.SLOW_ANSWER:
            await self._timers.sleep(20.0 if fault.seconds is None else fault.seconds)
        if fault.name is FaultName.LOST_ANSWER:
            await self._timers.sleep(120.0 if fault.seconds is None else fault.seconds)
        if fault.name is not FaultName.SLOW_ANSWER:
            _cut(request)
        return _text(answer)


async def _form(request: web.Request) -> Form:
    """The fields of a form post. Anything else gets a page, as from a web server that knows no such address."""
    if request.method != "POST":
        raise pages.no_such_page()
    if request.content_type != "application/x-www-form-urlencoded":
        raise pages.not_understood()
    return Form(parse((await request.read()).decode("utf-8", "replace")))


def _subject(transaction: Transaction | None) -> tuple[Integration | None, str]:
    return (transaction.order.integration, transaction.order.reference) if transaction else (None, "")


def _text(body: str) -> web.Response:
    # The product must not trust the response's content type (Paynow contract 0), so it is a misleading one.
    return web.Response(text=body, content_type="text/html")


def _cut(request: web.Request) -> None:
    """End the connection by a reset; what is written afterwards goes nowhere."""
    transport = request.transport
    if transport is not None:
        # Lingering for no time makes the system send RST instead of FIN.
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
