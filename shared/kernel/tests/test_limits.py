"""Which limit holds when, and how the setting is read."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from shared.contracts.payments import Method
from shared.kernel.limits import METHODS, Limit, Limits
from shared.kernel.money import Money

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def maximum(limits: Limits, method: str | None = None, *, when: datetime = NOW, currency: str = "USD") -> str:
    return str(limits.at(when, currency, method).maximum.amount)


def test_without_a_setting_both_currencies_take_one_to_four_hundred_and_eighty() -> None:
    for currency in ("USD", "ZWG"):
        limit = Limits().at(NOW, currency, "ecocash")
        assert (limit.minimum, limit.maximum) == (Money.of("1.00", currency), Money.of("480.00", currency))


def test_an_entry_without_a_date_takes_the_place_of_the_default() -> None:
    limits = Limits.parse("USD 2-300.50")

    assert maximum(limits) == "300.50"
    assert maximum(limits, currency="ZWG") == "480.00"


def test_a_method_goes_before_its_currency_even_when_the_currency_began_later() -> None:
    limits = Limits.parse("USD ecocash 1-500 from 2026-01-01; USD 1-300 from 2026-06-01")

    assert maximum(limits, "ecocash") == "500.00"
    assert maximum(limits, "onemoney") == "300.00"
    assert maximum(limits) == "300.00"


def test_a_limit_begins_at_midnight_in_harare() -> None:
    limits = Limits.parse(" USD  1-500  from 2026-12-01 ;")

    assert maximum(limits, when=datetime(2026, 11, 30, 21, 59, 59, tzinfo=UTC)) == "480.00"
    assert maximum(limits, when=datetime(2026, 11, 30, 22, 0, tzinfo=UTC)) == "500.00"


def test_the_latest_start_that_has_come_holds() -> None:
    limits = Limits.parse("USD 1-30 from 2026-03-01; USD 1-20 from 2026-02-01; USD 1-40 from 2027-01-01")

    assert maximum(limits) == "30.00"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("USD", "is not like"),
        ("USD 1-2 since 2026-01-01", "is not like"),
        ("USD -1-2", "is not like"),
        ("USD 1e2-2e2", "is not like"),
        ("ZWL 1-2", "currency that we don't keep"),
        ("USD telecash 1-2", "unknown method"),
        ("USD 1.001-2", "more decimals"),
        ("USD 1-2 from 2026-02-30", "date that does not exist"),
        ("USD 0-2", "above zero"),
        ("USD 3-2", "below its beginning"),
        ("USD 1-2; USD 1-3", "says again"),
    ],
)
def test_a_senseless_setting_is_refused_with_the_entry_at_fault(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        Limits.parse(text)


def test_a_settings_class_reads_limits_from_text() -> None:
    class Settings(BaseModel):
        limits: Limits = Limits()

    assert maximum(Settings.model_validate({"limits": "USD 1-20"}).limits) == "20.00"
    with pytest.raises(ValueError, match="is not like"):
        Settings.model_validate({"limits": "USD"})


def test_the_methods_are_those_of_the_published_language() -> None:
    assert get_args(Method) == METHODS


limits_of_any_kind = st.builds(
    lambda low, more, method, start: Limit(
        Money.from_minor(low, "USD"), Money.from_minor(low + more, "USD"), method, start
    ),
    st.integers(1, 10**6),
    st.integers(0, 10**6),
    st.none() | st.sampled_from(METHODS),
    st.none() | st.dates(date(2000, 1, 1), date(2100, 1, 1)),
)


@given(st.lists(limits_of_any_kind, max_size=8, unique_by=lambda limit: (limit.method, limit.start)))
def test_what_is_written_down_is_read_back(entries: list[Limit]) -> None:
    text = ";".join(
        f"USD {entry.method or ''} {entry.minimum.amount}-{entry.maximum.amount}"
        + (f" from {entry.start}" if entry.start else "")
        for entry in entries
    )
    read = Limits.parse(text)

    for method in (None, *METHODS):
        assert read.at(NOW, "USD", method) == Limits(entries).at(NOW, "USD", method)
        assert read.at(NOW, "USD", method).maximum.amount >= Decimal("0.01")
