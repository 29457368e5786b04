"""The three-way match: the ledger, the provider's statement, and what payments said of each payment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from services.reporting.domain.calendar import Period
from services.reporting.domain.exceptions import ExceptionType, Finding
from services.reporting.domain.rows import RowState
from services.reporting.domain.statement import StatementRow
from shared.kernel.ids import derive_id
from shared.kernel.money import Money

PAID = frozenset({"paid", "awaiting delivery", "delivered"})
"""The provider's words for money that is in (Paynow contract 5.1)."""
COUNTED: frozenset[RowState] = frozenset({"settled", "disputed", "refunded"})
"""States of payments whose money was in."""
NEAR = timedelta(days=1)
"""The provider may book around midnight."""


@dataclass
class Known:
    """What we have of one payment. `posted` in minor units is what the ledger gave to funds for it."""

    amount: Money
    state: RowState
    method: str
    day: date
    posted: int = 0


@dataclass(frozen=True)
class Match:
    """What a reconciliation found."""

    period: Period
    rows: int
    matched: int
    findings: tuple[Finding, ...]


def period_of(rows: Iterable[StatementRow]) -> Period | None:
    """The days of a statement; None when it has no rows."""
    days = [row.day for row in rows]
    return Period(min(days), max(days)) if days else None


def match(
    currency: str, statement: list[StatementRow], ours: Mapping[str, Known], period: Period, found_at: datetime
) -> Match:
    """Compare. `ours` has the payments of the period and a day around it, and all that the statement names."""
    findings: list[Finding] = []

    def find(type: ExceptionType, reference: str, day: date, known: Known | None, row: StatementRow | None) -> None:
        findings.append(
            Finding(
                type=type,
                currency=currency,
                reference=reference,
                provider_reference=row.provider_reference if row else None,
                day=day,
                ours=known.amount if known else None,
                theirs=row.gross if row else None,
                found_at=found_at,
            )
        )

    paid = sorted((row for row in statement if row.status in PAID), key=lambda row: (row.reference, row.line))
    seen: set[str] = set()
    matched = 0
    for reference, group in groupby(paid, key=lambda row: row.reference):
        first, *again = group
        seen.add(reference)
        known = ours.get(reference)
        before = len(findings)
        for row in again:
            find("duplicate", reference, row.day, known, row)
        if known is None or (known.amount.currency == currency and not known.posted):
            find("missing_here", reference, first.day, known, first)
        elif known.amount.currency != currency:
            find("currency", reference, first.day, known, first)
        elif known.posted != first.gross.minor:
            find("amount", reference, first.day, known, first)
        elif known.state == "settled" and abs(known.day - first.day) > NEAR:
            find("late", reference, first.day, known, first)
        matched += len(findings) == before
    for reference, known in sorted(ours.items()):
        if known.amount.currency != currency or known.method == "manual":
            continue
        if known.posted and reference not in seen and period.first <= known.day <= period.last:
            find("missing_there", reference, known.day, known, None)
        if (known.state in COUNTED) != bool(known.posted):
            find("books_differ", reference, known.day, known, None)
    return Match(period, len(statement), matched, tuple(findings))


def finding_id(finding: Finding) -> str:
    """What was found has one id, from whatever statement and however often."""
    theirs = finding.theirs.minor if finding.theirs else ""
    return derive_id("X", finding.type, finding.currency, finding.reference, finding.provider_reference, theirs)
