"""What happens to a transaction after it was accepted: test timelines, and every change told (Paynow contract 10.5)."""

from __future__ import annotations

from functools import partial

from sandbox.paynow.callbacks import Callbacks
from sandbox.paynow.faults import FaultName, Faults
from sandbox.paynow.settings import PaynowSettings
from sandbox.paynow.transactions import MAY_FOLLOW, Case, Status, Transaction
from sandbox.timers import Timers

_SECONDS = {Case.SUCCESS: 5.0, Case.DELAYED_SUCCESS: 30.0, Case.USER_CANCELLED: 30.0}
"""When a test case ends (Paynow contract 6.2)."""

_CONFIRMATION_WINDOW = 24 * 3600.0
"""From Delivered to Paid (Paynow contract 5.1)."""

MAX_WRONG_OTPS = 5


class IllegalChange(Exception):
    """The status may not follow the present one; `str()` is one sentence that says which may."""

    def __init__(self, present: Status, wanted: Status) -> None:
        fits = ", ".join(sorted(MAY_FOLLOW[present])) or "nothing"
        super().__init__(f"{wanted} cannot follow {present}; what can: {fits}.")


class Lifecycle:
    """Moves transactions and tells the merchant."""

    def __init__(self, settings: PaynowSettings, timers: Timers, faults: Faults, callbacks: Callbacks) -> None:
        self._settings = settings
        self._timers = timers
        self._faults = faults
        self._callbacks = callbacks

    async def begin(self, transaction: Transaction) -> None:
        """Start the test case's timeline, if the transaction is one."""
        case = transaction.order.case
        if case is None:
            return
        outcome = Status(self._settings.cancelled_as) if case is Case.USER_CANCELLED else self.success(transaction)
        if self._faults.strike(FaultName.CALLBACK_BEFORE_ANSWER, "remote", transaction) is not None:
            await self.force(transaction, outcome)
        else:
            self._later(_SECONDS[case], transaction, outcome)

    def success(self, transaction: Transaction) -> Status:
        """The status of money that came in: held in escrow under BuySafe."""
        return Status.AWAITING_DELIVERY if transaction.order.integration.buysafe else Status.PAID

    async def change(self, transaction: Transaction, status: Status) -> None:
        """Move on and tell the merchant; returns after the first attempt. Raises IllegalChange."""
        self.enter(transaction, status)
        await self._callbacks.announce(transaction)

    async def force(self, transaction: Transaction, status: Status) -> None:
        """The same, whatever the present status is."""
        self.force_quietly(transaction, status)
        await self._callbacks.announce(transaction)

    def enter(self, transaction: Transaction, status: Status) -> None:
        """Move on without telling. Raises IllegalChange."""
        if status not in MAY_FOLLOW[transaction.status]:
            raise IllegalChange(transaction.status, status)
        self.force_quietly(transaction, status)

    def announce_after(self, seconds: float, transaction: Transaction) -> None:
        """Tell the merchant later; scaled seconds."""
        self._timers.after(seconds * self._settings.time_scale, partial(self._callbacks.announce, transaction))

    def force_quietly(self, transaction: Transaction, status: Status) -> None:
        """Take a status whatever the present one is, without telling."""
        transaction.enter(status, self._timers.now())
        if status is Status.DELIVERED:
            self._later(_CONFIRMATION_WINDOW, transaction, Status.PAID)
        if status in {Status.CANCELLED, Status.FAILED}:
            self._follow(FaultName.CANCELLED_THEN_PAID, transaction, Status.PAID)
        if status in {Status.PAID, Status.AWAITING_DELIVERY}:
            self._follow(FaultName.REFUND_AFTER_PAID, transaction, Status.REFUNDED)

    def _later(self, seconds: float, transaction: Transaction, status: Status) -> None:
        """A change that is due unless something else has happened by then."""
        expected = len(transaction.history)

        async def happen() -> None:
            if len(transaction.history) == expected:
                await self.force(transaction, status)

        self._timers.after(seconds * self._settings.time_scale, happen)

    def _follow(self, name: FaultName, transaction: Transaction, status: Status) -> None:
        fault = self._faults.strike(name, "callback", transaction)
        if fault is not None:
            seconds = 10.0 if fault.seconds is None else fault.seconds
            self._timers.after(seconds, partial(self.force, transaction, status))
