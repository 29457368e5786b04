"""Rates with a start date: the provider's fees, and the tax on transfers (IMTT) that reports tell of (product 10).

A setting is a list, separated by semicolons, of

    CURRENCY [METHOD] PERCENT% [+ FIXED] [from YYYY-MM-DD]

such as `USD 2% from 2026-01-01` or `USD ecocash 1.5% + 0.10`. A date begins at midnight in Harare. An entry for a
method goes before one for the whole currency; among equals, the one that began last holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from shared.kernel.limits import METHODS
from shared.kernel.money import DECIMALS, Money

_ENTRY = re.compile(
    r"(?P<currency>[A-Z]{3})(?: (?P<method>[a-z]+))? (?P<percent>\d+(?:\.\d+)?)%"
    r"(?: \+ (?P<fixed>\d+(?:\.\d+)?))?(?: from (?P<start>\d{4}-\d\d-\d\d))?",
    re.ASCII,
)


@dataclass(frozen=True)
class Rate:
    """A share of an amount, and a fixed part. `method` None: any; `start` None: since ever."""

    currency: str
    percent: Decimal
    fixed: Money
    method: str | None = None
    start: date | None = None

    def of(self, amount: Money) -> Money:
        """What the rate makes of an amount, rounded half up to the currency's decimals."""
        share = (Decimal(amount.minor) * self.percent / 100).quantize(Decimal(1), ROUND_HALF_UP)
        return Money.from_minor(int(share) + self.fixed.minor, amount.currency)


class Rates:
    """All rates of one setting."""

    def __init__(self, entries: Iterable[Rate] = ()) -> None:
        self._entries = tuple(entries)

    @classmethod
    def parse(cls, text: str) -> Rates:
        """The rates in the text of the setting. Raises ValueError that quotes the entry at fault."""
        return cls(_parse(part) for part in filter(None, (" ".join(part.split()) for part in text.split(";"))))

    def at(self, day: date, currency: str, method: str | None = None) -> Rate | None:
        """The rate that holds on a Harare day; None when there is none."""
        for wanted in dict.fromkeys((method, None)):
            begun = [
                rate
                for rate in self._entries
                if (rate.currency, rate.method) == (currency, wanted) and (rate.start or date.min) <= day
            ]
            if begun:
                return max(begun, key=lambda rate: rate.start or date.min)
        return None

    @property
    def entries(self) -> tuple[Rate, ...]:
        """As they were set, to be shown."""
        return self._entries

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            lambda value: value if isinstance(value, Rates) else cls.parse(str(value))
        )


def _parse(text: str) -> Rate:
    parts = re.fullmatch(_ENTRY, text)
    if parts is None:
        raise ValueError(f"{text!r} is not like 'USD ecocash 1.5% + 0.10 from 2026-12-01'")
    currency, method = parts["currency"], parts["method"]
    if currency not in DECIMALS:
        raise ValueError(f"{text!r} names a currency that we don't keep; known are {', '.join(DECIMALS)}")
    if method is not None and method not in METHODS:
        raise ValueError(f"{text!r} names an unknown method; known are {', '.join(METHODS)}")
    try:
        fixed = Money.of(parts["fixed"] or "0", currency)
        start = date.fromisoformat(parts["start"]) if parts["start"] else None
    except ValueError:
        raise ValueError(f"{text!r} has more decimals than {currency}, or a date that does not exist") from None
    percent = Decimal(parts["percent"])
    if percent > 100:
        raise ValueError(f"{text!r} takes more than all")
    return Rate(currency, percent, fixed, method, start)
