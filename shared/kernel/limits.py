"""How much may be given at once: limits per currency and method, each from a date on (product 1, 10).

The setting `LIMITS` is a list, separated by semicolons, of

    CURRENCY [METHOD] MINIMUM-MAXIMUM [from YYYY-MM-DD]

such as `USD 1.00-480.00; USD ecocash 1.00-500.00 from 2026-12-01`. A date begins at midnight in Harare. An entry
for a method goes before one for the whole currency; among equals, the one that began last holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from shared.kernel.clock import HARARE
from shared.kernel.money import DECIMALS, Money

METHODS = ("ecocash", "onemoney", "innbucks", "omari", "web", "manual")
"""The methods that a limit may name: those of the published language."""

_ENTRY = re.compile(
    r"(?P<currency>[A-Z]{3})(?: (?P<method>[a-z]+))?"
    r" (?P<minimum>\d+(?:\.\d+)?)-(?P<maximum>\d+(?:\.\d+)?)(?: from (?P<start>\d{4}-\d\d-\d\d))?",
    re.ASCII,
)


@dataclass(frozen=True)
class Limit:
    """What one payment may be, both ends included. `method` None: any; `start` None: since ever."""

    minimum: Money
    maximum: Money
    method: str | None = None
    start: date | None = None

    @property
    def currency(self) -> str:
        return self.minimum.currency


class Limits:
    """All limits that were set. A currency that none is set for has 1.00 to 480.00, as the earlier system had."""

    def __init__(self, entries: Iterable[Limit] = ()) -> None:
        defaults = [Limit(Money.of("1.00", currency), Money.of("480.00", currency)) for currency in DECIMALS]
        self._by_key = {(limit.currency, limit.method, limit.start): limit for limit in (*defaults, *entries)}

    @classmethod
    def parse(cls, text: str) -> Limits:
        """The limits in the text of the setting. Raises ValueError that quotes the entry at fault."""
        entries: dict[tuple[str, str | None, date | None], Limit] = {}
        for part in filter(None, (" ".join(part.split()) for part in text.split(";"))):
            limit = _parse_entry(part)
            key = (limit.currency, limit.method, limit.start)
            if key in entries:
                raise ValueError(f"{part!r} says again what an entry before it says")
            entries[key] = limit
        return cls(entries.values())

    def at(self, when: datetime, currency: str, method: str | None = None) -> Limit:
        """The limit that holds at an aware time; with no method, the one of the whole currency.

        Raises KeyError for a currency that we don't keep.
        """
        today = when.astimezone(HARARE).date()
        for wanted in dict.fromkeys((method, None)):
            begun = [
                limit
                for limit in self._by_key.values()
                if (limit.currency, limit.method) == (currency, wanted) and (limit.start or date.min) <= today
            ]
            if begun:
                return max(begun, key=lambda limit: limit.start or date.min)
        raise KeyError(currency)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            lambda value: value if isinstance(value, Limits) else cls.parse(str(value))
        )


def _parse_entry(text: str) -> Limit:
    parts = re.fullmatch(_ENTRY, text)
    if parts is None:
        raise ValueError(f"{text!r} is not like 'USD ecocash 1.00-480.00 from 2026-12-01'")
    currency, method = parts["currency"], parts["method"]
    if currency not in DECIMALS:
        raise ValueError(f"{text!r} names a currency that we don't keep; known are {', '.join(DECIMALS)}")
    if method is not None and method not in METHODS:
        raise ValueError(f"{text!r} names an unknown method; known are {', '.join(METHODS)}")
    try:
        minimum, maximum = Money.of(Decimal(parts["minimum"]), currency), Money.of(Decimal(parts["maximum"]), currency)
        start = date.fromisoformat(parts["start"]) if parts["start"] else None
    except ValueError:
        raise ValueError(f"{text!r} has more decimals than {currency}, or a date that does not exist") from None
    if not 0 < minimum.amount <= maximum.amount:
        raise ValueError(f"{text!r} must begin above zero and not end below its beginning")
    return Limit(minimum, maximum, method, start)
