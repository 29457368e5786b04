"""The ledger: one hash-chained journal per currency and per denomination of credex, in the log's order.

Each entry holds the hash of the one before it, so that whoever changes an entry must change all that follow; and it
can be made again from the log, so that a chain that was forged as a whole is found out too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from pydantic import BaseModel, computed_field

from services.reporting.domain.accounts import Line, Rules, lines_of
from services.reporting.domain.log import LogEntry
from services.reporting.domain.rows import harare_day

START = "0" * 64
"""The hash before the first entry."""


class JournalEntry(BaseModel):
    """One entry: lines that sum to zero. `number` is the place of its event in the journal, named by `currency`."""

    currency: str
    number: int
    log_number: int
    event_id: str
    event: str
    reference: str | None
    at: datetime
    day: date
    """The Harare day of `at`."""
    lines: tuple[Line, ...]
    previous: str
    """The hash of the entry before; SHA-256, hexadecimal."""
    hash: str = ""

    @computed_field  # type: ignore[prop-decorator]  # mypy#1362: decorators on top of a property
    @property
    def to_funds(self) -> int:
        """What it gives to funds, for sums. It follows from the lines, and so is no part of the hash."""
        return -sum(line.minor for line in self.lines if line.account.startswith("fund:"))

    @property
    def id(self) -> str:
        """The id of its document: a second entry of one number is impossible."""
        return journal_id(self.currency, self.number)

    def digest(self) -> str:
        """The hash that the entry must have: SHA-256 of its canonical JSON without the hash and what is computed."""
        content = self.model_dump(mode="json", exclude={"hash", "to_funds"})
        return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


@dataclass(frozen=True)
class Broken:
    """The first entry of a journal that is not as it was written, and what is wrong with it."""

    currency: str
    number: int
    why: str

    def __str__(self) -> str:
        return f"Entry {self.number} of the {self.currency} journal {self.why}."


@dataclass(frozen=True)
class Proof:
    """What a verification found: how many entries are good, the last good hash, balances, and the first bad entry."""

    currency: str
    entries: int
    last_hash: str
    balances: dict[str, int]
    broken: Broken | None


def journal_id(currency: str, number: int) -> str:
    """The document's id of an entry."""
    return f"{currency}-{number:012}"


def entry_for(logged: LogEntry, previous: str, rules: Rules) -> JournalEntry:
    """The journal's entry of an event of the log that moves something; `previous` is the hash of the entry before."""
    if logged.place is None or logged.currency is None:
        raise ValueError("this event has no place in a journal")
    day = harare_day(logged.at)
    entry = JournalEntry(
        currency=logged.currency,
        number=logged.place,
        log_number=logged.number,
        event_id=logged.event_id,
        event=logged.event,
        reference=logged.fact.payment_id or logged.fact.credex_id,
        at=logged.at,
        day=day,
        lines=lines_of(logged.event, logged.fact, day, rules),
        previous=previous,
    )
    entry.hash = entry.digest()
    return entry


class Verifier:
    """Goes through one currency's journal in order. Feed every entry; `broken` is set at the first bad one."""

    def __init__(self, currency: str) -> None:
        self._currency = currency
        self._count = 0
        self._hash = START
        self._log_number = 0
        self._balances: dict[str, int] = {}
        self.broken: Broken | None = None

    def take(self, entry: JournalEntry) -> None:
        """The next entry."""
        if self.broken is not None:
            return
        why = self._wrong(entry)
        if why:
            self.broken = Broken(self._currency, self._count + 1, why)
            return
        self._count += 1
        self._hash = entry.hash
        self._log_number = entry.log_number
        for line in entry.lines:
            self._balances[line.account] = self._balances.get(line.account, 0) + line.minor

    @property
    def last_hash(self) -> str:
        """The hash that the next entry must follow."""
        return self._hash

    @property
    def proof(self) -> Proof:
        """What was found so far."""
        return Proof(self._currency, self._count, self._hash, dict(sorted(self._balances.items())), self.broken)

    def _wrong(self, entry: JournalEntry) -> str | None:
        if entry.number != self._count + 1 or entry.currency != self._currency:
            return f"is missing: {entry.currency} {entry.number} stands in its place"
        if entry.previous != self._hash:
            return "does not follow the entry before it"
        if entry.hash != entry.digest():
            return "was changed: its hash does not fit it"
        if sum(line.minor for line in entry.lines) != 0:
            return "does not sum to zero"
        if entry.log_number <= self._log_number:
            return "stands in another order than the log"
        return None


def verify(currency: str, entries: Iterable[JournalEntry]) -> Proof:
    """The proof of a whole journal."""
    verifier = Verifier(currency)
    for entry in entries:
        verifier.take(entry)
    return verifier.proof


async def rebuild(log: AsyncIterable[list[LogEntry]], rules: Rules) -> dict[str, Proof]:
    """The journals made again from the log, in memory: the last hashes must be those of the stored ones."""
    verifiers: dict[str, Verifier] = {}
    async for batch in log:
        for logged in batch:
            if logged.place is not None and logged.currency is not None:
                verifier = verifiers.setdefault(logged.currency, Verifier(logged.currency))
                verifier.take(entry_for(logged, verifier.last_hash, rules))
    return {currency: verifier.proof for currency, verifier in verifiers.items()}
