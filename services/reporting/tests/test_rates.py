"""Rates: exact to the cent, by their day, and a senseless one names itself."""

from __future__ import annotations

from datetime import date

import pytest

from services.reporting.domain.rates import Rates
from shared.kernel.money import Money

RATES = Rates.parse("USD 2% from 2026-01-01; USD ecocash 1.5% + 0.10; USD ecocash 1% from 2026-12-01; ZWG 0.5%")


@pytest.mark.parametrize(
    ("day", "currency", "method", "amount", "expected"),
    [
        (date(2025, 12, 31), "USD", None, "100", None),
        (date(2026, 1, 1), "USD", None, "100", "2.00"),
        (date(2026, 1, 1), "USD", "web", "0.25", "0.01"),
        (date(2026, 11, 30), "USD", "ecocash", "33.33", "0.60"),
        (date(2026, 12, 1), "USD", "ecocash", "33.33", "0.33"),
        (date(2026, 12, 1), "ZWG", "ecocash", "1.00", "0.01"),
    ],
)
def test_the_rate_of_the_day_and_method_holds(
    day: date, currency: str, method: str | None, amount: str, expected: str | None
) -> None:
    rate = RATES.at(day, currency, method)
    told = None if rate is None else str(rate.of(Money.of(amount, currency)).amount)
    assert told == expected


@pytest.mark.parametrize("text", ["USD", "USD 2", "EUR 2%", "USD wire 2%", "USD 2% + 0.001", "USD 101%", "USD -2%"])
def test_a_rate_that_cannot_be_names_itself(text: str) -> None:
    with pytest.raises(ValueError, match="'" + text.replace("+", r"\+")):
        Rates.parse(text)


def test_no_rate_is_no_rate() -> None:
    assert Rates.parse(" ; ").at(date(2026, 1, 1), "USD") is None
