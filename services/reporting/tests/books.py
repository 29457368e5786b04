"""Log and journals in memory, by the same rules as the handlers', for tests of many operations."""

from __future__ import annotations

from datetime import UTC, datetime

from services.reporting.domain.accounts import Rules
from services.reporting.domain.journal import START, JournalEntry, entry_for
from services.reporting.domain.log import LogEntry, entry_after
from services.reporting.domain.rates import Rates
from shared.contracts.reporting import Fact, LogEvent
from shared.kernel.money import Money

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
RULES = Rules(frozenset({"Tithe", "Construction"}), Rates.parse("USD ecocash 1.5% + 0.10; ZWG 2% from 2026-11-01"))


def told(event: str, id: str, amount: Money, after: str | None = None, **fact: str) -> LogEvent:
    """A message to the log."""
    given = {"method": "ecocash", "purpose": "Tithe", "payment_id": f"P-{id}", **fact}
    return LogEvent(event_id=f"E-{id}-{event}", event=event, at=NOW, fact=Fact(amount=amount, after=after, **given))


class Books:
    """What the handlers keep."""

    def __init__(self, rules: Rules = RULES) -> None:
        self._rules = rules
        self.log: list[LogEntry] = []
        self.journals: dict[str, list[JournalEntry]] = {}
        self._known: set[str] = set()
        self._last: dict[str, LogEntry] = {}

    def hear(self, command: LogEvent) -> None:
        """Log the event and post it, once."""
        if command.event_id in self._known:
            return
        self._known.add(command.event_id)
        amount = command.fact.amount
        last_of_currency = self._last.get(amount.currency) if amount else None
        entry = entry_after(self.log[-1] if self.log else None, last_of_currency, command, NOW)
        self.log.append(entry)
        if entry.place is not None and entry.currency is not None:
            self._last[entry.currency] = entry
            journal = self.journals.setdefault(entry.currency, [])
            journal.append(entry_for(entry, journal[-1].hash if journal else START, self._rules))
