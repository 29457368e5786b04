"""Reads answers in free text. Each raises Refusal with one sentence that says what fits."""

from __future__ import annotations

import re
import unicodedata

from services.conversation.domain.amount_in_text import names_money
from services.conversation.domain.vocabulary import NAME_BEGINS, THANKS
from services.conversation.engine.questions import NO, YES, plain
from services.conversation.engine.texts import later
from shared.kernel.errors import Refusal

LONGEST_NAME = 60
LONGEST_PLACE = 60
LONGEST_PURPOSE = 40
LONGEST_EMAIL = 100
_EMAIL = re.compile(
    r"(?:(?:.*\b(?:is|ndi|ngu|yi))\s+|.*:\s*)?"
    r"(?P<address>[^\s@<>,;:\"()\[\]\\]+@(?:[\w-]+\.)+[^\W\d_]{2,})[.,!]*"
)
_NAMES_ONESELF = re.compile(rf"{NAME_BEGINS}\s+(?=\w)", re.IGNORECASE)
_NO_ANSWER = YES | NO | THANKS
"""What is no name of anything, wherever free text is asked for."""


class NotAName(Refusal):
    """The text cannot be a person's name."""


class NotAPlace(Refusal):
    """The text cannot be a place or congregation."""


class NotAPurpose(Refusal):
    """The text cannot be a purpose."""


class NotAnEmail(Refusal):
    """The text cannot be an e-mail address."""


def full_name(text: str) -> str:
    """A person's name as they write it: accents, apostrophes, hyphens, two letters and more are fine."""
    name = one_name(text)
    if plain(name) in THANKS:
        raise NotAName(later("Please send your name in letters, like Tariro Moyo."))
    return name


def one_name(text: str) -> str:
    """A part of a name: *Thanks* may be one."""
    written = clean(text)
    told = re.match(_NAMES_ONESELF, written.replace("’", "'"))
    name = written[told.end() :] if told else written
    if not any(letter.isalpha() for letter in name) or plain(name) in YES | NO:
        raise NotAName(later("Please send your name in letters, like Tariro Moyo."))
    if not 2 <= len(name) <= LONGEST_NAME:
        raise NotAName(later("A name has 2 to 60 letters; please send it like Tariro Moyo."))
    if not all(letter.isalpha() or unicodedata.combining(letter) or letter in " '’.-" for letter in name):
        raise NotAName(later("A name has letters only; please send it like Tariro Moyo."))
    return name


def place(text: str) -> str:
    """A congregation or town."""
    found = clean(text)
    if not 2 <= len(found) <= LONGEST_PLACE or not _says_something(found) or names_money(found.casefold()):
        raise NotAPlace(later("Please send the name of your congregation or town in letters, like Mutare."))
    return found


def purpose_words(text: str) -> str:
    """What a gift is for, in a few words."""
    found = clean(text)
    if not 3 <= len(found) <= LONGEST_PURPOSE or not _says_something(found):
        raise NotAPurpose(later("Please say in a few words what it is for, like Roof repair (at most 40 letters)."))
    return found


def email(text: str) -> str:
    """An e-mail address, in lower case."""
    found = re.fullmatch(_EMAIL, clean(text).casefold())
    if found is None or len(found["address"]) > LONGEST_EMAIL:
        raise NotAnEmail(later("That is no e-mail address; please send it like tariro@example.org."))
    return found["address"]


def _says_something(text: str) -> bool:
    return any(letter.isalpha() for letter in text) and plain(text) not in _NO_ANSWER


def clean(text: str) -> str:
    """Without control and direction characters, and with single blanks."""
    kept = "".join(
        letter
        for letter in text
        if unicodedata.category(letter) not in {"Cc", "Cf", "Cs", "Co", "Cn"} or letter.isspace()
    )
    return " ".join(unicodedata.normalize("NFC", kept).split())
