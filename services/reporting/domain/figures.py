"""Figures over payments, one set per currency: currencies are never added together."""

from __future__ import annotations

from collections.abc import Iterable

from services.reporting.domain.rows import PaymentRow
from shared.contracts.reporting import CurrencyFigures
from shared.kernel.money import Money


def figures_of(rows: Iterable[PaymentRow]) -> tuple[CurrencyFigures, ...]:
    """The figures of these rows, by currency code in order of the alphabet."""
    by_currency: dict[str, list[PaymentRow]] = {}
    for row in rows:
        by_currency.setdefault(row.amount.currency, []).append(row)
    return tuple(_figures(currency, by_currency[currency]) for currency in sorted(by_currency))


def _figures(currency: str, rows: list[PaymentRow]) -> CurrencyFigures:
    settled = [row for row in rows if row.state == "settled"]
    total = Money.from_minor(sum(row.amount.minor for row in settled), currency)
    return CurrencyFigures(
        total=total,
        settled=len(settled),
        cancelled=sum(row.state == "cancelled" for row in rows),
        failed=sum(row.state in {"failed", "expired"} for row in rows),
        open=sum(row.state in {"open", "needs_review"} for row in rows),
    )
