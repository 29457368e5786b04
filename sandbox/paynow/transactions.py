"""Transactions as Paynow keeps them, and which status may follow which (Paynow contract 5, 10.2)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from sandbox.paynow.settings import Integration
from shared.kernel.ids import Chance

FIRST_NUMBER = 31000001


class Status(StrEnum):
    """The words of status updates and polls (Paynow contract 5.1)."""

    CREATED = "Created"
    SENT = "Sent"
    PAID = "Paid"
    AWAITING_DELIVERY = "Awaiting Delivery"
    DELIVERED = "Delivered"
    CANCELLED = "Cancelled"
    FAILED = "Failed"
    DISPUTED = "Disputed"
    REFUNDED = "Refunded"


class Case(StrEnum):
    """What a test number or test token stands for (Paynow contract 6.2, 6.3)."""

    SUCCESS = "Success"
    DELAYED_SUCCESS = "Delayed Success"
    USER_CANCELLED = "User Cancelled"
    INSUFFICIENT_BALANCE = "Insufficient balance"


PAID = frozenset({Status.PAID, Status.AWAITING_DELIVERY, Status.DELIVERED})
"""The statuses in which the money is in."""

FINAL = frozenset({Status.PAID, Status.CANCELLED, Status.FAILED, Status.REFUNDED})
"""The statuses that a merchant waits for; of these only Paid may still be disputed or refunded."""

_ENDS = frozenset({Status.CANCELLED, Status.FAILED})

MAY_FOLLOW: dict[Status, frozenset[Status]] = {
    Status.CREATED: frozenset({Status.SENT, Status.PAID, Status.AWAITING_DELIVERY}) | _ENDS,
    Status.SENT: frozenset({Status.CREATED, Status.PAID, Status.AWAITING_DELIVERY}) | _ENDS,
    Status.AWAITING_DELIVERY: frozenset({Status.DELIVERED, Status.PAID, Status.DISPUTED, Status.REFUNDED}),
    Status.DELIVERED: frozenset({Status.PAID, Status.DISPUTED, Status.REFUNDED}),
    Status.PAID: frozenset({Status.DISPUTED, Status.REFUNDED}),
    Status.DISPUTED: frozenset({Status.PAID, Status.DELIVERED, Status.AWAITING_DELIVERY, Status.REFUNDED}),
    Status.CANCELLED: frozenset(),
    Status.FAILED: frozenset(),
    Status.REFUNDED: frozenset(),
}
"""The legal transitions (Paynow contract 5.2)."""


@dataclass(frozen=True)
class Order:
    """What a merchant asked for, checked and fit to become a transaction."""

    integration: Integration
    reference: str
    amount: Decimal
    amount_text: str
    additionalinfo: str
    returnurl: str
    resulturl: str
    authemail: str
    authphone: str
    authname: str
    merchanttrace: str
    tokenize: bool
    method: str = ""
    """Empty for a web payment."""
    phone: str = ""
    token: str = ""
    case: Case | None = None
    """The test case of the number or token; none when nothing happens by itself."""


@dataclass
class Transaction:
    """One payment at Paynow."""

    order: Order
    number: int
    """`paynowreference`."""
    guid: str
    """The secret of the poll address."""
    code: str
    """Nine digits: InnBucks' authorisation code; O'mari's reference is made of it."""
    created_at: datetime
    status: Status
    history: list[tuple[datetime, Status]] = field(default_factory=list)
    wrong_otps: int = 0

    @property
    def code_expires_at(self) -> datetime:
        """When InnBucks no longer takes the code."""
        return self.created_at + timedelta(minutes=10)

    def enter(self, status: Status, now: datetime) -> None:
        """Take a status and remember when."""
        self.status = status
        self.history.append((now, status))

    def status_before(self) -> Status:
        """The status that the present one replaced; the present one when there was none."""
        return self.history[-2][1] if len(self.history) > 1 else self.status

    def paid_at(self) -> datetime | None:
        """When the money came in, if it is still in."""
        if self.status not in PAID:
            return None
        return next(at for at, status in self.history if status in PAID)


class Transactions:
    """All transactions of one stand-in, in the order in which they were made."""

    def __init__(self, chance: Chance) -> None:
        self._chance = chance
        self._all: list[Transaction] = []
        self._by_guid: dict[str, Transaction] = {}
        self._by_trace: dict[str, Transaction] = {}

    def __iter__(self) -> Iterator[Transaction]:
        return iter(self._all)

    def create(self, order: Order, now: datetime) -> Transaction:
        """A new transaction: Created for a web payment, Sent for a remote one (Paynow contract 5.2)."""
        status = Status.SENT if order.method else Status.CREATED
        transaction = Transaction(
            order=order,
            number=FIRST_NUMBER + len(self._all),
            guid=str(uuid.UUID(int=self._chance.getrandbits(128), version=4)),
            code=f"{self._chance.getrandbits(40) % 10**9:09d}",
            created_at=now.astimezone(UTC),
            status=status,
            history=[(now, status)],
        )
        self._all.append(transaction)
        self._by_guid[transaction.guid] = transaction
        if order.merchanttrace:
            self._by_trace[order.merchanttrace] = transaction
        return transaction

    def by_number(self, number: str) -> Transaction | None:
        return next((known for known in self._all if str(known.number) == number), None)

    def by_guid(self, guid: str) -> Transaction | None:
        return self._by_guid.get(guid.strip().lower())

    def by_code(self, code: str) -> Transaction | None:
        return next((known for known in self._all if known.order.method == "innbucks" and known.code == code), None)

    def by_trace(self, merchanttrace: str) -> Transaction | None:
        """The transaction with the merchant's own trace; many have none, and an empty one finds nothing."""
        return self._by_trace.get(merchanttrace)

    def forget(self) -> None:
        for known in (self._all, self._by_guid, self._by_trace):
            known.clear()
