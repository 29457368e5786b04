"""Denominations: their decimals, their rates, and how the core writes amounts (contract 1.6, 2.6)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

DECIMALS = {"CXX": 3, "CAD": 2, "USD": 2, "XAU": 4, "ZWG": 2}

RATES = {
    "CXX": Decimal(1),
    "CAD": Decimal(1),
    "USD": Decimal("1.40"),
    "XAU": Decimal(3700),
    "ZWG": Decimal("0.053"),
}
"""CXX per unit; fixed and made up (contract 5.1)."""


def converted(amount: Decimal, denomination: str, to: str) -> Decimal:
    """The amount at today's rate in another denomination."""
    return amount if denomination == to else amount * RATES[denomination] / RATES[to]


def bare(amount: Decimal, denomination: str) -> str:
    """`1,234.50`: rounded half up to the decimals shown, never `-0.00`."""
    shown = amount.quantize(Decimal(1).scaleb(-DECIMALS[denomination]), ROUND_HALF_UP)
    return f"{shown if shown else abs(shown):,}"


def formatted(amount: Decimal, denomination: str) -> str:
    """`1,234.50 USD`."""
    return f"{bare(amount, denomination)} {denomination}"


def plain(amount: Decimal) -> str:
    """As JavaScript writes a number: `2.5`, `5`."""
    return f"{amount.normalize():f}"
