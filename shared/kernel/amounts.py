"""Amounts as people write them: `20`, `20.50`, `$20`, `USD 20`, `20 zig`, `1,000`, `1 000` (product 1)."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from shared.kernel.errors import Refusal

CURRENCY_WORDS = {
    "$": "USD",
    "us": "USD",
    "us$": "USD",
    "usd": "USD",
    "usd$": "USD",
    "dollar": "USD",
    "dollars": "USD",
    "us dollar": "USD",
    "us dollars": "USD",
    "zig": "ZWG",
    "zwg": "ZWG",
}
OLD_CURRENCIES = frozenset({"zwl", "zwl$", "zw$", "bond", "bond notes", "rtgs", "rtgs$", "rtgs dollars"})
"""Replaced by ZiG in 2024; still in people's mouths (product 8)."""
FOREIGN_CURRENCIES = frozenset(
    {"r", "rand", "rands", "zar", "pula", "bwp", "kwacha", "euro", "euros", "eur", "€", "pound", "pounds", "gbp", "£"}
)
"""Used in the country or sent home, and not taken."""

MOST_DIGITS = 12
"""Longer numbers are no amounts; a phone number has 9 or more and is far above every limit anyway."""

_SPACES = re.compile(r"[\s\u00a0\u202f]+")
_PARTS = re.compile(r"(?P<before>[^\d.,+-]*?) ?(?P<number>[-+]?[\d.,][\d., ]*) ?(?P<after>[^\d.,]*)", re.ASCII)
_NUMBER = re.compile(r"(?:\d+|\d{1,3}(?:,\d{3})+|\d{1,3}(?: \d{3})+)(?:\.(\d*))?|\.(\d+)", re.ASCII)


class NotAnAmount(Refusal):
    """The text is no amount that we take; `str()` says why in one sentence."""


class Amount(NamedTuple):
    """What was written: `value` above zero with at most two decimals; `currency` None when none was written."""

    value: Decimal
    currency: str | None


def parse_amount(text: str) -> Amount:
    """Read one amount, with or without a currency. Raises NotAnAmount."""
    written = _SPACES.sub(" ", text).strip().casefold()
    parts = _PARTS.fullmatch(written)
    if parts is None:
        raise NotAnAmount("Please send the amount in figures, like 20 or 20.50.")
    currency = _currency(parts["before"].strip(), parts["after"].strip())
    number = parts["number"].strip()
    if number.startswith("-"):
        raise NotAnAmount("An amount can't be below zero; please send it like 20 or 20.50.")
    digits = number.removeprefix("+").rstrip(" ,")
    shape = _NUMBER.fullmatch(digits)
    if shape is None:
        raise NotAnAmount("I can't be sure of that number; please send it like 1000 or 20.50.")
    decimals = shape[1] or shape[2] or ""
    if len(decimals) > 2:
        raise NotAnAmount("That has more than two decimals; please send it like 20.50.")
    if sum(character.isdigit() for character in digits) > MOST_DIGITS:
        raise NotAnAmount("That number is too long for an amount; please send it like 20 or 20.50.")
    value = Decimal(digits.replace(",", "").replace(" ", "").rstrip("."))
    if not value:
        raise NotAnAmount("The amount must be more than zero; please send it like 20 or 20.50.")
    return Amount(value.quantize(Decimal("0.01")), currency)


def _currency(before: str, after: str) -> str | None:
    named = [word for word in (before, after) if word]
    if any(word in OLD_CURRENCIES for word in named):
        raise NotAnAmount("That currency is no longer in use; please give in USD or ZiG, like 20 USD or 500 ZiG.")
    known = {CURRENCY_WORDS.get(word) for word in named}
    if None in known:
        raise NotAnAmount("Please send just the amount in figures, in USD or ZiG, like 20 USD or 500 ZiG.")
    if len(known) > 1:
        raise NotAnAmount("That names two currencies; please send one, like 20 USD or 500 ZiG.")
    return known.pop() if known else None
