"""Credit: exact, in any denomination, read as credex-core writes it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.kernel.credit import Credit, NotACredit

amounts = st.decimals(-(10**12), 10**12, places=4, allow_nan=False, allow_infinity=False)


@given(amounts, st.sampled_from(["USD", "XAU", "CXX"]))
def test_what_the_core_writes_is_read_exactly(amount: Decimal, denomination: str) -> None:
    assert Credit.parse(f"{amount:,} {denomination}") == Credit.of(amount, denomination)


@given(amounts)
def test_the_wire_keeps_every_digit(amount: Decimal) -> None:
    credit = Credit.of(amount, "XAU")
    assert Credit.model_validate_json(credit.model_dump_json()).amount.as_tuple() == amount.as_tuple()


@pytest.mark.parametrize(
    "text", ["", "1.00", "USD", "1.00USD", "1.00 usd", "nan USD", "1e3 USD", "-, USD", "1.0.0 USD", "1 USD 2", "१ USD"]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(NotACredit):
        Credit.parse(text)


@pytest.mark.parametrize("amount", [1.5, "nan", "inf"])
def test_an_amount_is_a_finite_decimal(amount: object) -> None:
    with pytest.raises(ValidationError):
        Credit.model_validate({"amount": amount, "denomination": "USD"})


@pytest.mark.parametrize(
    ("text", "decimals", "fits"),
    [("1.23", 2, True), ("1.230", 2, True), ("1.234", 2, False), ("100", 0, True), ("0.5", 0, False), ("0", 0, True)],
)
def test_digits_after_the_point_that_count(text: str, decimals: int, fits: bool) -> None:
    assert Credit.of(text, "USD").fits(decimals) is fits


def test_it_reads_as_money_does() -> None:
    assert str(Credit.of("1234.50", "ZWG")) == "ZWG 1,234.50"
    assert abs(Credit.of("-2", "CAD")) == Credit.of("2", "CAD")
