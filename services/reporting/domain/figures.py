"""Figures for the chat, one set per currency or denomination: neither is ever added to another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from services.reporting.domain.accounts import credit_of
from services.reporting.domain.summary import CREDEX_STEPS, CredexVolume, Slice
from shared.contracts.reporting import CredexFigures, CredexStep, CurrencyFigures
from shared.kernel.credit import Credit
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


def credex_figures(volumes: Iterable[CredexVolume]) -> tuple[CredexFigures, ...]:
    """The same volumes that reports print."""
    return tuple(
        CredexFigures(
            denomination=volume.denomination if volume.is_known else None,
            steps=tuple(
                CredexStep(step=_STEPS[one.name], count=one.count, amount=_credit(volume, one)) for one in volume.steps
            ),
        )
        for volume in volumes
    )


_STEPS = {name: step for step, name in CREDEX_STEPS.items()}


def _credit(volume: CredexVolume, one: Slice) -> Credit | None:
    return Credit.of(credit_of(one.minor), volume.denomination) if volume.is_known else None
