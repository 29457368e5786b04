"""Splits an amount above the limit of one payment into parts that each fit (product 1)."""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal

from shared.kernel.money import Money


def parts_of(amount: Money, lowest: Money, highest: Money, most: int) -> list[Money] | None:
    """As few parts as possible, the largest first; None when it takes more than `most` or cannot be done.

    No part is below `lowest`: where the rest would be, it and the part before it share evenly.
    """
    full, rest = divmod(amount.amount, highest.amount)
    if full > most:
        return None
    parts = [highest.amount] * int(full) + ([rest] if rest else [])
    if 0 < rest < lowest.amount:
        if len(parts) < 2:
            return None
        both = parts[-2] + parts[-1]
        smaller = (both / 2).quantize(Decimal("0.01"), rounding=ROUND_DOWN)
        if smaller < lowest.amount:
            return None
        parts[-2:] = [both - smaller, smaller]
    if len(parts) > most:
        return None
    return [Money(amount=part, currency=amount.currency) for part in parts]
