"""The one-line offers of credex: `0.5=>handle`, `0.5 USD=>handle`, `0.5->handle`, `0.5->handle=2026-12-31` (product 3).

    offer   := amount arrow handle [ "=" date ]
    amount  := [ denomination ] number [ denomination ]       one denomination at most
    number  := 20 | 0.5 | .5 | 1,000.50 | 1 000               above zero
    arrow   := "=>"  secured          | "->"  a promise with a due date, which alone may have a date
    handle  := 3 to 30 of a-z, 0-9, _ in any case, with or without @, or a phone as people write it
    date    := YYYY-MM-DD

Blanks may stand anywhere but inside a handle or a date. A shortcut makes nothing: it opens the summary.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from services.conversation.domain.credex import DENOMINATIONS
from services.conversation.engine.texts import _
from shared.kernel.amounts import CURRENCY_WORDS, MOST_DIGITS, OLD_CURRENCIES
from shared.kernel.errors import Refusal
from shared.kernel.phone import NotAPhone, parse_phone

FIRST_DUE, DEFAULT_DUE, LAST_DUE = timedelta(days=7), timedelta(days=28), timedelta(days=34)
"""Days from today in UTC between which a promise may be due (credex-core contract 3.6)."""

_ARROW = re.compile(r"=>|->|⇒|→")
"""Phones turn arrows that are typed into real ones."""
_SECURED = frozenset({"=>", "⇒"})
_AMOUNT = re.compile(r"(?P<before>[a-z$ ]*?) ?(?P<number>[-+]?[\d.,][\d., e+-]*?) ?(?P<after>[a-z$ ]*)", re.ASCII)
_NUMBER = re.compile(r"(?:\d+|\d{1,3}(?:,\d{3})+|\d{1,3}(?: \d{3})+)(?:\.\d+)?|\.\d+", re.ASCII)
_HANDLE = re.compile(r"[a-z0-9_]{3,30}", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_WORDS = CURRENCY_WORDS | {"cad": "CAD", "xau": "XAU", "gold": "XAU", "cxx": "CXX"}


class NotAShortcut(Refusal):
    """The line has an arrow but is no offer; `str()` says what is wrong and shows the form that fits."""


@dataclass(frozen=True)
class Shortcut:
    """An offer as it was typed. `denomination` None: that of the account. `due` None for a promise: four weeks."""

    amount: Decimal
    denomination: str | None
    secured: bool
    handle: str
    due: date | None = None

    def due_by(self, today: date) -> date | None:
        """When it is due; None for a secured offer. `today` is in UTC. Raises NotAShortcut outside the days allowed."""
        if self.secured:
            return None
        return in_time(self.due or today + DEFAULT_DUE, today)


def in_time(due: date, today: date) -> date:
    """The day, if a promise may be due then; `today` is in UTC. Raises NotAShortcut."""
    if due < today + FIRST_DUE:
        raise NotAShortcut(_("That is too early; the first day it may be due is {day}.").format(day=today + FIRST_DUE))
    if due > today + LAST_DUE:
        raise NotAShortcut(_("That is too late; the last day it may be due is {day}.").format(day=today + LAST_DUE))
    return due


def is_meant(text: str) -> bool:
    """Whether a line is meant as a shortcut: it has an arrow, and a figure somewhere before it."""
    before, arrow, _after = _split(text)
    return arrow is not None and any(letter.isdigit() for letter in before)


def read_shortcut(text: str, decimals: Mapping[str, int] = DENOMINATIONS) -> Shortcut:
    """Read one line. Raises NotAShortcut."""
    before, arrow, after = _split(text)
    if arrow is None or _ARROW.search(after):
        raise NotAShortcut(_("Please send an offer like 0.5=>handle or 5 USD->handle=2026-12-31."))
    amount, denomination = read_amount(before, decimals)
    handle, equals, day = after.partition("=")
    secured = arrow in _SECURED
    if secured and equals:
        raise NotAShortcut(_("An offer with => is settled at once and has no date; with -> it may have one."))
    return Shortcut(amount, denomination, secured, read_handle(handle), read_day(day) if equals else None)


def _split(text: str) -> tuple[str, str | None, str]:
    found = _ARROW.search(text)
    return (text, None, "") if found is None else (text[: found.start()], found[0], text[found.end() :])


def read_amount(
    text: str, decimals: Mapping[str, int] = DENOMINATIONS, *, form: str = "=>handle"
) -> tuple[Decimal, str | None]:
    """An amount and its denomination, None when none was named; `form` follows the amounts that a refusal shows.

    Raises NotAShortcut.
    """
    parts = _AMOUNT.fullmatch(" ".join(text.split()).casefold())
    if parts is None:
        raise NotAShortcut(_("Please send the amount in figures, like 0.5{form}.").format(form=form))
    denomination = _denomination(parts["before"].strip(), parts["after"].strip(), decimals, form)
    number = parts["number"].strip()
    if number.startswith("-"):
        raise NotAShortcut(_("An amount can't be below zero; send it like 0.5{form}.").format(form=form))
    number = number.removeprefix("+")
    if _NUMBER.fullmatch(number) is None or sum(letter.isdigit() for letter in number) > MOST_DIGITS:
        raise NotAShortcut(_("I can't be sure of that number; send it like 0.5{form} or 1000{form}.").format(form=form))
    amount = Decimal(number.replace(",", "").replace(" ", ""))
    if not amount:
        raise NotAShortcut(_("The amount must be more than zero, like 0.5{form}.").format(form=form))
    most = max(decimals.values()) if denomination is None else decimals[denomination]
    if len(number.partition(".")[2]) > most:
        raise NotAShortcut(
            _("That has more than {most} decimals; send it like 0.5{form}.").format(most=most, form=form)
        )
    return amount, denomination


def _denomination(before: str, after: str, decimals: Mapping[str, int], form: str) -> str | None:
    named = [word for word in (before, after) if word]
    if any(word in OLD_CURRENCIES for word in named):
        raise NotAShortcut(_("That currency is no longer in use; use USD or ZiG, like 5 USD{form}.").format(form=form))
    known = {_WORDS.get(word) for word in named}
    if any(name is None or name not in decimals for name in known):
        raise NotAShortcut(_("I know {names}; send it like 5 USD{form}.").format(names=", ".join(decimals), form=form))
    if len(known) > 1:
        raise NotAShortcut(_("That names two denominations; send one, like 5 USD{form}.").format(form=form))
    return known.pop() if known else None


def read_handle(text: str) -> str:
    """A handle as the core writes it; a phone stands for the handle that it was at first. Raises NotAShortcut."""
    written = text.strip().removeprefix("@").casefold()
    if written.startswith(("0", "+")):
        try:
            return parse_phone(written).removeprefix("+")  # a handle that was never changed is the phone
        except NotAPhone:
            pass
    if _HANDLE.fullmatch(written) is None:
        raise NotAShortcut(_("After the arrow comes a handle of 3 to 30 letters and figures, like 0.5=>rudo_ncube."))
    return written


def read_day(text: str) -> date:
    """A day like 2026-12-31. Raises NotAShortcut."""
    written = text.strip()
    try:
        if _DATE.fullmatch(written):
            return date.fromisoformat(written)
    except ValueError:
        pass
    raise NotAShortcut(_("Please send the date like 2026-12-31."))
