"""Amounts as people write them, and the ones that the earlier system misread."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.amounts import Amount, NotAnAmount, parse_amount


@pytest.mark.parametrize(
    ("text", "value", "currency"),
    [
        ("20", "20.00", None),
        ("20.50", "20.50", None),
        ("20.5", "20.50", None),
        ("20.", "20.00", None),
        (".50", "0.50", None),
        ("$20", "20.00", "USD"),
        ("$ 20", "20.00", "USD"),
        ("US$20", "20.00", "USD"),
        ("USD 20", "20.00", "USD"),
        ("usd20", "20.00", "USD"),
        ("20 usd", "20.00", "USD"),
        ("20usd", "20.00", "USD"),
        ("20 dollars", "20.00", "USD"),
        ("$20 usd", "20.00", "USD"),
        ("500 ZiG", "500.00", "ZWG"),
        ("zig 500", "500.00", "ZWG"),
        ("zwg500", "500.00", "ZWG"),
        ("1,000", "1000.00", None),
        ("1 000", "1000.00", None),
        ("1\u00a0000.50", "1000.50", None),
        ("1,000,000.25 zwg", "1000000.25", "ZWG"),
        ("  20  ", "20.00", None),
    ],
)
def test_what_people_write_is_read(text: str, value: str, currency: str | None) -> None:
    assert parse_amount(text) == Amount(Decimal(value), currency)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("0", "more than zero"),
        ("0.00", "more than zero"),
        ("-50", "below zero"),
        ("$-50", "below zero"),
        ("50.999", "two decimals"),
        ("nan", "figures"),
        ("inf", "figures"),
        ("1e3", "figures"),
        ("1e9", "figures"),
        ("five", "figures"),
        ("", "figures"),
        ("٢٠", "figures"),
        ("20,50", "be sure"),
        ("1,00", "be sure"),
        ("1,0000", "be sure"),
        ("10 00", "be sure"),
        ("1.2.3", "be sure"),
        ("20 rand", "USD or ZiG"),
        ("€20", "USD or ZiG"),
        ("20 😀", "USD or ZiG"),
        ("20 zwl", "no longer in use"),
        ("RTGS 20", "no longer in use"),
        ("20 bond", "no longer in use"),
        ("20 usd zig", "USD or ZiG"),
        ("usd 20 zig", "two currencies"),
        ("1234567890123", "too long"),
    ],
)
def test_what_fits_no_amount_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(NotAnAmount, match=reason):
        parse_amount(text)


@given(
    minor=st.integers(1, 10**11),
    currency=st.sampled_from([None, "USD", "ZWG"]),
    separator=st.sampled_from(["", ",", " "]),
    before=st.booleans(),
)
def test_every_amount_is_read_back_as_written(minor: int, currency: str | None, separator: str, before: bool) -> None:
    value = Decimal(minor).scaleb(-2)
    text = f"{value:,.2f}".replace(",", separator)
    if currency:
        text = f"{currency} {text}" if before else f"{text} {currency.lower()}"
    assert parse_amount(text) == Amount(value, currency)


@given(st.text(max_size=60))
def test_any_text_is_an_amount_above_zero_or_a_refusal_in_one_sentence(text: str) -> None:
    try:
        amount = parse_amount(text)
    except NotAnAmount as refusal:
        assert str(refusal).endswith(".")
    else:
        assert amount.value > 0
        assert amount.value == round(amount.value, 2)
