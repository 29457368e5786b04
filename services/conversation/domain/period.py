"""Spans of Harare days as staff write them: a word, a day, or two days."""

from __future__ import annotations

import re
from datetime import date, timedelta

_YEAR_FIRST = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})", re.ASCII)
_DAY_FIRST = re.compile(r"(?P<day>\d{1,2})[./](?P<month>\d{1,2})[./](?P<year>\d{4})", re.ASCII)


def days_of(text: str, today: date) -> tuple[date, date] | None:
    """First and last day of `today`, `yesterday`, `week`, `month`, a day or two days; None when it is none of them."""
    spans = {
        "today": (today, today),
        "yesterday": (today - timedelta(days=1), today - timedelta(days=1)),
        "week": (today - timedelta(days=today.weekday()), today),
        "month": (today.replace(day=1), today),
    }
    words = text.casefold().split()
    if len(words) == 1 and words[0] in spans:
        return spans[words[0]]
    days = [_day(word) for word in words]
    if not 1 <= len(days) <= 2 or days[0] is None or days[-1] is None or days[0] > days[-1]:
        return None
    return days[0], days[-1]


def split_off_days(text: str, today: date) -> tuple[str, tuple[date, date] | None]:
    """A text without the days at its end, and those; None when it ends with none."""
    words = text.split()
    for count in (2, 1):
        days = days_of(" ".join(words[-count:]), today) if len(words) >= count else None
        if days is not None:
            return " ".join(words[:-count]), days
    return " ".join(words), None


def _day(word: str) -> date | None:
    found = re.fullmatch(_YEAR_FIRST, word) or re.fullmatch(_DAY_FIRST, word)
    try:
        return date(int(found["year"]), int(found["month"]), int(found["day"])) if found else None
    except ValueError:
        return None
