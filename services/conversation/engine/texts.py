"""Texts in the language of the person at hand: `_` finds one in the catalogs, English by default.

The catalogs are the committed `.po` files, read as they are when the service starts: there is nothing to compile.
A text that is kept in a constant is marked with `later` and found with `_` when it is said.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from importlib.resources import files
from typing import get_args

from babel.messages.pofile import read_po

from shared.kernel.languages import Language

LANGUAGE_NAMES: dict[Language, str] = {"en": "English", "sn": "chiShona", "nd": "isiNdebele"}
"""Each in its own words."""

_speaking: ContextVar[Language] = ContextVar("language", default="en")


def _catalog(language: Language) -> dict[str, str]:
    path = files("services.conversation") / "locale" / language / "messages.po"
    with path.open("rb") as source:
        return {str(text.id): str(text.string) for text in read_po(source) if text.id and text.string}


_CATALOGS: dict[Language, dict[str, str]] = {
    language: _catalog(language) for language in get_args(Language) if language != "en"
}


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Whatever is worded inside is in this language."""
    token = _speaking.set(language)
    try:
        yield
    finally:
        _speaking.reset(token)


def language_now() -> Language:
    """The language that is spoken at the moment."""
    return _speaking.get()


def _(text: str) -> str:
    """The text in the language that is spoken; the English one where the catalog has none."""
    return _CATALOGS.get(_speaking.get(), {}).get(text, text)


def later(text: str) -> str:
    """Mark a constant for the catalogs; it is found with `_` when it is said."""
    return text


def in_every_language(text: str) -> frozenset[str]:
    """The text as it may be typed by people of any language."""
    return frozenset({text, *(catalog[text] for catalog in _CATALOGS.values() if text in catalog)})
