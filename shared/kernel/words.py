"""Amounts in English words, as receipts have them: "twenty US dollars and fifty cents"."""

from __future__ import annotations

from shared.kernel.money import DECIMALS, Money

_SMALL = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    *("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_THOUSANDS = ("", " thousand", " million", " billion", " trillion")

_UNITS = {"USD": ("US dollar", "US dollars", "cent", "cents"), "ZWG": ("ZiG", "ZiG", "cent", "cents")}
"""One and many of the major and of the minor unit."""


def number_in_words(number: int) -> str:
    """A whole number from zero up to below 10**15."""
    if not 0 <= number < 1000 ** len(_THOUSANDS):
        raise ValueError("a number from zero to below a thousand trillions")
    if number < 20:
        return _SMALL[number]
    if number < 100:
        return _TENS[number // 10] + (f"-{_SMALL[number % 10]}" if number % 10 else "")
    if number < 1000:
        rest = f" and {number_in_words(number % 100)}" if number % 100 else ""
        return f"{_SMALL[number // 100]} hundred{rest}"
    power = next(power for power in range(1, len(_THOUSANDS)) if number < 1000 ** (power + 1))
    head, rest_number = divmod(number, 1000**power)
    said = number_in_words(head) + _THOUSANDS[power]
    if not rest_number:
        return said
    return f"{said}{' and' if rest_number < 100 else ''} {number_in_words(rest_number)}"


def amount_in_words(money: Money) -> str:
    """An amount of zero or more, with its currency and its cents where there are any."""
    major, minor = divmod(money.minor, 10 ** DECIMALS[money.currency])
    one, many, one_part, many_parts = _UNITS[money.currency]
    said = f"{number_in_words(major)} {one if major == 1 else many}"
    if minor:
        said += f" and {number_in_words(minor)} {one_part if minor == 1 else many_parts}"
    return said
