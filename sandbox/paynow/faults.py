"""What can go wrong at Paynow, by name, armed for the next so many times or until disarmed (Paynow contract 10.8)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, model_validator

from sandbox.paynow.settings import Integration
from sandbox.paynow.transactions import Transaction

Place = Literal["initiate", "remote", "poll", "trace", "otp", "callback"]
"""Where a fault strikes: the answer of a call, or a status update to the merchant."""


class FaultName(StrEnum):
    """The faults; the value is the name in the admin API, `EFFECTS` says what each does."""

    DUPLICATE_CALLBACK = "duplicate-callback"
    DELAYED_CALLBACK = "delayed-callback"
    LOST_CALLBACK = "lost-callback"
    OUT_OF_ORDER_CALLBACK = "out-of-order-callback"
    CALLBACK_BEFORE_ANSWER = "callback-before-answer"
    WRONG_HASH = "wrong-hash"
    OTHER_CURRENCY_KEY = "other-currency-key"
    TAMPERED_AMOUNT = "tampered-amount"
    BOUNDARY_SHIFT = "boundary-shift"
    EXTRA_FIELD = "extra-field"
    CAPITALISED_NAMES = "capitalised-names"
    UPPER_CASE_ESCAPES = "upper-case-escapes"
    COMMA_IN_REFERENCE = "comma-in-reference"
    LOST_ANSWER = "lost-answer"
    HTML_200 = "html-200"
    HTML_403 = "html-403"
    STATUS_500 = "status-500"
    RESET = "reset"
    SLOW_ANSWER = "slow-answer"
    POLL_FLAPPING = "poll-flapping"
    CANCELLED_THEN_PAID = "cancelled-then-paid"
    REFUND_AFTER_PAID = "refund-after-paid"
    TRACE_ERROR_THEN_NOT_FOUND = "trace-error-then-not-found"


_CALLS: tuple[Place, ...] = ("initiate", "remote", "poll", "trace", "otp")
_UPDATES: tuple[Place, ...] = ("callback", "poll", "trace", "otp")
_SIGNED: tuple[Place, ...] = (*_CALLS, "callback")
_CALLBACK: tuple[Place, ...] = ("callback",)

EFFECTS: dict[FaultName, tuple[str, tuple[Place, ...]]] = {
    FaultName.DUPLICATE_CALLBACK: ("The status update comes twice.", _CALLBACK),
    FaultName.DELAYED_CALLBACK: ("The status update comes `seconds` later (60).", _CALLBACK),
    FaultName.LOST_CALLBACK: ("The status update never comes.", _CALLBACK),
    FaultName.OUT_OF_ORDER_CALLBACK: ("The status update of the former status comes after that of the new.", _CALLBACK),
    FaultName.CALLBACK_BEFORE_ANSWER: ("A test case's outcome and its status update precede the answer.", ("remote",)),
    FaultName.WRONG_HASH: ("The hash is not that of the message.", _SIGNED),
    FaultName.OTHER_CURRENCY_KEY: ("The message is hashed with the key of the other currency.", _SIGNED),
    FaultName.TAMPERED_AMOUNT: ("The amount is ten times what was hashed.", _UPDATES),
    FaultName.BOUNDARY_SHIFT: ("The reference's last digit moves to the amount: the same hash is valid.", _UPDATES),
    FaultName.EXTRA_FIELD: ("A field that no document names is in the message and in its hash.", _SIGNED),
    FaultName.CAPITALISED_NAMES: ("Names are capitalised.", _SIGNED),
    FaultName.UPPER_CASE_ESCAPES: ("Percent escapes are upper-case.", _SIGNED),
    FaultName.COMMA_IN_REFERENCE: ("`paynowreference` has thousands commas, and is hashed so.", _SIGNED),
    FaultName.LOST_ANSWER: ("The call is carried out; after `seconds` (120) the connection ends unanswered.", _CALLS),
    FaultName.HTML_200: ("An HTML page with 200.", _CALLS),
    FaultName.HTML_403: ("An HTML page with 403.", _CALLS),
    FaultName.STATUS_500: ("An HTML page with 500.", _CALLS),
    FaultName.RESET: ("The connection is reset.", _CALLS),
    FaultName.SLOW_ANSWER: ("The call is carried out; the answer comes `seconds` (20) later.", _CALLS),
    FaultName.POLL_FLAPPING: ("Every second poll after a change tells the former status again.", ("poll",)),
    FaultName.CANCELLED_THEN_PAID: ("`seconds` (10) after Cancelled or Failed comes Paid.", _CALLBACK),
    FaultName.REFUND_AFTER_PAID: ("`seconds` (10) after the money came in comes Refunded.", _CALLBACK),
    FaultName.TRACE_ERROR_THEN_NOT_FOUND: ("A trace is answered by Error, then NotFound, then truly.", ("trace",)),
}
"""For each fault: its effect, with the default of `seconds`, and the places where it can strike."""

_TAKES_TWO = frozenset({FaultName.POLL_FLAPPING, FaultName.TRACE_ERROR_THEN_NOT_FOUND})
"""The faults that tell two untruths one after the other."""

HTML_FAULTS = {FaultName.HTML_200: 200, FaultName.HTML_403: 403, FaultName.STATUS_500: 500}


class Fault(BaseModel):
    """One armed fault. Without `on`, `currency` or `reference` it strikes wherever it can."""

    model_config = ConfigDict(extra="forbid")

    name: FaultName
    on: Place | None = None
    currency: str | None = None
    reference: str | None = None
    """The merchant's reference of the transaction; a trace for an unknown one has none."""
    times: int | None = Field(default=1, ge=1)
    """How often it strikes before it is gone, by default once, twice where it takes two; null: until disarmed."""
    seconds: float | None = Field(default=None, ge=0)
    """Where the effect takes time; not scaled."""
    accepted: bool = False
    """For the HTML pages and the reset: the call is carried out first, only its answer is spoilt."""

    _turns: Counter[str] = PrivateAttr(default_factory=Counter)

    @model_validator(mode="after")
    def _fits(self) -> Fault:
        places = EFFECTS[self.name][1]
        if self.on is not None and self.on not in places:
            raise ValueError(f"{self.name} strikes only on {', '.join(places)}")
        if self.name in _TAKES_TWO and "times" not in self.model_fields_set:
            self.times = 2
        return self

    def turn(self, subject: str) -> int:
        """Count one more strike on this subject; returns how many it has had."""
        self._turns[subject] += 1
        return self._turns[subject]


class Faults:
    """The armed faults of one stand-in, oldest first."""

    def __init__(self) -> None:
        self._armed: list[Fault] = []

    def arm(self, fault: Fault) -> None:
        self._armed.append(fault)

    def armed(self) -> tuple[Fault, ...]:
        return tuple(self._armed)

    def disarm(self) -> None:
        self._armed.clear()

    def take(
        self, names: Iterable[FaultName], place: Place, integration: Integration | None, reference: str
    ) -> Fault | None:
        """The first armed fault of these names that fits, with one of its times used up."""
        wanted = frozenset(names)
        for fault in self._armed:
            if fault.name in wanted and self._fits(fault, place, integration, reference):
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times == 0:
                        self._armed.remove(fault)
                return fault
        return None

    def strike(self, name: FaultName, place: Place, transaction: Transaction) -> Fault | None:
        """The fault of this name that strikes this transaction here, if one is armed."""
        return self.take([name], place, transaction.order.integration, transaction.order.reference)

    @staticmethod
    def _fits(fault: Fault, place: Place, integration: Integration | None, reference: str) -> bool:
        return (
            place in EFFECTS[fault.name][1]
            and fault.on in {None, place}
            and (fault.currency is None or (integration is not None and fault.currency == integration.currency))
            and fault.reference in {None, reference}
        )
