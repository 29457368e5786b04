"""Finds the amount in a sentence: the one meant, or the one that cannot be given, for the question to refuse."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from services.conversation.domain.vocabulary import GIVE, NUMBERS, POLITE
from shared.kernel.amounts import CURRENCY_WORDS, FOREIGN_CURRENCIES, OLD_CURRENCIES, parse_amount
from shared.kernel.errors import Refusal

_NOT_TAKEN = OLD_CURRENCIES | FOREIGN_CURRENCIES
_SPELLINGS = sorted({*CURRENCY_WORDS, *_NOT_TAKEN} - {"us"}, key=len, reverse=True)
_CURRENCIES = "|".join([*map(re.escape, _SPELLINGS), r"us(?=\d)"])
_WORDS = "|".join(sorted(NUMBERS))
_NUMBER = r"\d{1,3}(?:[ ,]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
MONEY = re.compile(
    rf"(?<![\w.,+-])(?:(?P<before>{_CURRENCIES}) ?)?(?P<number>{_NUMBER})"
    rf"(?: ?(?P<after>{_CURRENCIES}))?(?![\w$]|[.,-]\d)"
)
_TRIED = re.compile(
    rf"(?<!\w)(?:(?:{_CURRENCIES}) ?)?[-+]? ?[$]?[.,]?\d[\w.,]*(?: (?:{_CURRENCIES})(?!\w))?"
    rf"|(?<!\w)(?:{_WORDS})(?: (?:{_CURRENCIES}))?(?!\w)"
)
_WITH_CURRENCY = re.compile(
    rf"(?<![^\W\d])(?:{_CURRENCIES}) ?[-+]?[.,]?\d|(?:\d[.,]?|\b(?:{_WORDS})) ?(?:{_CURRENCIES})(?!\w)"
)


def amount_in(text: str, currencies: Sequence[str]) -> str | None:
    """The amount of a text in lower case, as it was written; None when there is none or several.

    One that cannot be given is returned too where it is clear that it was meant: the question says what is wrong.
    """
    found = list(re.finditer(MONEY, text))
    if len(found) == 1 and not re.search(r"-\s*[$]?\d", text):
        written = found[0][0]
        if is_meant(text) or _fits(written, currencies):
            return written
    if len(found) > 1 or not is_meant(text):
        return None
    tried = re.search(_TRIED, text)
    return tried[0].strip() if tried is not None and not _fits(tried[0], currencies) else None


def is_meant(text: str) -> bool:
    """Whether a number of the text is one of money: it has a currency, or giving is spoken of."""
    return bool(set(re.findall(r"[^\W\d_]+", text)) & GIVE) or names_money(text)


def names_money(text: str) -> bool:
    """Whether a number of the text, in lower case, has a currency."""
    return re.search(_WITH_CURRENCY, text) is not None


def answer_in(text: str, currencies: Sequence[str]) -> str:
    """What of an answer to *how much* is the amount; all of it where that is not clear."""
    plain = text.casefold()
    words = set(re.findall(r"[^\W\d_]+", plain)) - POLITE
    has_sign = any(letter == "%" or unicodedata.category(letter) == "Sc" for letter in plain)
    found = amount_in(plain, currencies)
    return found if found is not None and (is_meant(plain) or not (words or has_sign)) else text


def _fits(written: str, currencies: Sequence[str]) -> bool:
    try:
        amount = parse_amount(written)
    except Refusal:
        return False
    return amount.currency in (None, *currencies)
