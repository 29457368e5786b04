"""Amounts as they are spoken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.money import Money
from shared.kernel.words import amount_in_words, number_in_words


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        ("1", "USD", "one US dollar"),
        ("20.00", "USD", "twenty US dollars"),
        ("20.50", "USD", "twenty US dollars and fifty cents"),
        ("0.01", "USD", "zero US dollars and one cent"),
        ("121.99", "ZWG", "one hundred and twenty-one ZiG and ninety-nine cents"),
        ("1001", "USD", "one thousand and one US dollars"),
        ("12345", "ZWG", "twelve thousand three hundred and forty-five ZiG"),
        ("1000000", "USD", "one million US dollars"),
    ],
)
def test_amounts_are_said_with_their_currency(amount: str, currency: str, words: str) -> None:
    assert amount_in_words(Money.of(amount, currency)) == words


@given(st.integers(0, 10**15 - 1))
def test_every_number_has_words_and_no_two_the_same(number: int) -> None:
    words = number_in_words(number)
    assert words == " ".join(words.split())
    assert _read(words) == number


def test_what_has_no_words_is_refused() -> None:
    for number in (-1, 10**15):
        with pytest.raises(ValueError, match="from zero"):
            number_in_words(number)


def _read(words: str) -> int:
    """Back to the number, word by word."""
    values = {number_in_words(number): number for number in (*range(20), *range(20, 100, 10))}
    scales = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
    total = part = 0
    for word in words.replace("-", " ").split():
        if word in scales:
            total, part = total + part * scales[word], 0
        elif word == "hundred":
            part *= 100
        elif word != "and":
            part += values[word]
    return total + part
