"""Figures over payments, one set per currency: currencies are never added together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from shared.contracts.reporting import CurrencyFigures
from shared.kernel.money import Money

COUNTED_AS: Mapping[str, str] = {
    "settled": "settled",
    "cancelled": "cancelled",
    "failed": "failed",
    "expired": "failed",
    "rejected": "failed",
    "open": "open",
    "needs_review": "open",
    "disputed": "disputed",
    "refunded": "refunded",
}
"""What each state of a row counts as."""


def figures_of(groups: Iterable[tuple[tuple[Any, ...], int, int]]) -> tuple[CurrencyFigures, ...]:
    """The figures of the sums by (currency, state), in order of the alphabet."""
    totals: dict[str, int] = {}
    counts: dict[str, dict[str, int]] = {}
    for (currency, state), count, minor in groups:
        of = counts.setdefault(currency, dict.fromkeys(COUNTED_AS.values(), 0))
        of[COUNTED_AS[state]] += count
        totals[currency] = totals.get(currency, 0) + (minor if state == "settled" else 0)
    return tuple(
        CurrencyFigures(total=Money.from_minor(totals[currency], currency), **counts[currency])
        for currency in sorted(counts)
    )
