"""Status updates to the merchant: posted, sent again when refused, and remembered (Paynow contract 3, 10.7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial

import aiohttp
from yarl import URL

from sandbox.paynow.faults import FaultName, Faults
from sandbox.paynow.messages import Messages
from sandbox.paynow.settings import PaynowSettings
from sandbox.paynow.transactions import FINAL, Status, Transaction
from sandbox.timers import Timers

RESENDS = 10
"""How often a refused status update is sent again (Paynow contract 3.2)."""


@dataclass(frozen=True)
class Delivery:
    """One attempt to tell the merchant."""

    at: datetime
    number: int
    reference: str
    status: str
    attempt: int
    """1 for the first, up to 11."""
    result: str
    """The merchant's HTTP status, `lost`, or the kind of network error."""
    body: str


@dataclass(frozen=True)
class _Update:
    """A status update as it stood when the status changed; it is sent again unchanged."""

    transaction: Transaction
    status: Status
    body: str


class Callbacks:
    """Tells merchants about their transactions. Carries no trace context: Paynow has none."""

    def __init__(self, settings: PaynowSettings, messages: Messages, faults: Faults, timers: Timers) -> None:
        self._settings = settings
        self._messages = messages
        self._faults = faults
        self._timers = timers
        self._session: aiohttp.ClientSession | None = None
        self.log: list[Delivery] = []
        """Every attempt, oldest first."""

    async def open(self) -> None:
        """Get ready to post. Needs a running event loop."""
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=self._settings.callback_timeout), cookie_jar=aiohttp.DummyCookieJar()
        )

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def announce(self, transaction: Transaction) -> None:
        """Tell the merchant the present status. Returns after the first attempt; retries follow by themselves."""
        if self._settings.final_callbacks_only and transaction.status not in FINAL:
            return
        update = self._update(transaction, transaction.status)
        if self._faults.strike(FaultName.LOST_CALLBACK, "callback", transaction) is not None:
            self._note(update, 1, "lost")
            return
        if (delay := self._faults.strike(FaultName.DELAYED_CALLBACK, "callback", transaction)) is not None:
            self._timers.after(60.0 if delay.seconds is None else delay.seconds, partial(self._post, update))
            return
        await self._post(update)
        if self._faults.strike(FaultName.DUPLICATE_CALLBACK, "callback", transaction) is not None:
            await self._post(update)
        if self._faults.strike(FaultName.OUT_OF_ORDER_CALLBACK, "callback", transaction) is not None:
            await self._post(self._update(transaction, transaction.status_before()))

    def _update(self, transaction: Transaction, status: Status) -> _Update:
        return _Update(transaction, status, self._messages.update(transaction, status, "callback"))

    async def _post(self, update: _Update, attempt: int = 1) -> None:
        result = await self._result(update)
        self._note(update, attempt, result)
        refused = not result.isdecimal() or int(result) >= 400
        if refused and attempt <= RESENDS:
            wait = 2 ** (attempt - 1) * self._settings.time_scale
            self._timers.after(wait, partial(self._post, update, attempt + 1))

    async def _result(self, update: _Update) -> str:
        assert self._session is not None, "open() comes first"
        try:
            async with self._session.post(
                URL(update.transaction.order.resulturl, encoded=True),
                data=update.body.encode(),
                headers={"Content-Type": "application/x-www-form-urlencoded"},
                allow_redirects=False,
            ) as answer:
                return str(answer.status)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            return type(error).__name__

    def _note(self, update: _Update, attempt: int, result: str) -> None:
        transaction = update.transaction
        self.log.append(
            Delivery(
                at=self._timers.now(),
                number=transaction.number,
                reference=transaction.order.reference,
                status=update.status,
                attempt=attempt,
                result=result,
                body=update.body,
            )
        )
