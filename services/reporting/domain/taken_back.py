"""What settled in a period and was refunded or disputed after its end.

The ledger keeps an entry in either period; a payment's row stands only where the payment is now. So the settled figure
of the earlier period is less than on a report that was printed before, and must say so.
"""

from __future__ import annotations

from collections.abc import Iterable

from services.reporting.domain.calendar import Period
from services.reporting.domain.rows import PaymentRow, RowState
from services.reporting.domain.summary import shown

TAKEN_BACK: tuple[RowState, ...] = ("refunded", "disputed")


def is_taken_back(row: PaymentRow, period: Period) -> bool:
    """Whether it was counted when the period ended, and is no longer."""
    settled = row.settled_on
    return row.state in TAKEN_BACK and row.day > period.last and settled is not None and settled in period


def taken_back(rows: Iterable[PaymentRow]) -> dict[str, str]:
    """One sentence per currency about payments of which `is_taken_back` is true."""
    found: dict[str, dict[RowState, list[int]]] = {}
    for row in rows:
        found.setdefault(row.currency, {}).setdefault(row.state, []).append(row.minor)
    return {currency: _sentence(currency, found[currency]) for currency in sorted(found)}


def _sentence(currency: str, minors: dict[RowState, list[int]]) -> str:
    parts = [
        f"{currency} {shown(sum(of), currency)} ({len(of):,} {'payment' if len(of) == 1 else 'payments'}), "
        f"{state} after its end"
        for state in TAKEN_BACK
        if (of := minors.get(state))
    ]
    return f"Settled in this period but no longer counted: {'; '.join(parts)}."
