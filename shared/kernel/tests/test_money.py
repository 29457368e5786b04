"""Money is exact, keeps its currency, and never meets another."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.kernel.money import CurrenciesDiffer, Money

minors = st.integers(min_value=-(10**15), max_value=10**15)


@given(minors)
def test_money_survives_the_wire_and_its_minor_units(minor: int) -> None:
    money = Money.from_minor(minor, "USD")
    assert Money.model_validate_json(money.model_dump_json()) == money
    assert money.minor == minor


@given(minors, minors)
def test_adding_and_taking_away_are_exact(left: int, right: int) -> None:
    total = Money.from_minor(left, "ZWG") + Money.from_minor(right, "ZWG")
    assert total.minor == left + right
    assert (total - Money.from_minor(right, "ZWG")).minor == left


def test_an_amount_on_the_wire_is_text_with_all_its_decimals() -> None:
    assert Money.of("20", "USD").model_dump_json() == '{"amount":"20.00","currency":"USD"}'


@pytest.mark.parametrize("value", [20.0, "nan", "inf", "1.005", "x"])
def test_floats_and_senseless_amounts_are_refused(value: object) -> None:
    with pytest.raises(ValidationError):
        Money.model_validate({"amount": value, "currency": "USD"})


def test_unknown_currencies_are_refused_by_name() -> None:
    with pytest.raises(ValidationError, match="ZWL"):
        Money.of("1", "ZWL")


def test_two_currencies_are_never_put_together() -> None:
    for act in (Money.__add__, Money.__sub__, Money.__lt__, Money.__le__):
        with pytest.raises(CurrenciesDiffer, match="USD and ZWG"):
            act(Money.of("1", "USD"), Money.of("1", "ZWG"))


def test_money_reads_as_people_write_it() -> None:
    assert str(Money.of(Decimal("1250.5"), "USD")) == "USD 1,250.50"
