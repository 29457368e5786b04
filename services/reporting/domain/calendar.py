"""Periods of reports, and when they go out by themselves. All days and times are those of Harare.

The setting `REPORT_TIMES` is a list, separated by semicolons, of

    daily HH:MM | weekly WEEKDAY HH:MM | monthly DAY HH:MM

each at most once; a report covers the whole day, week (Monday to Sunday) or month before its time. `off`: none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, get_args

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from shared.contracts.reporting import Schedule
from shared.kernel.clock import HARARE

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_ENTRY = re.compile(r"(?P<schedule>daily|weekly|monthly)(?: (?P<day>[a-z]+|\d+))? (?P<hour>\d\d):(?P<minute>\d\d)")


@dataclass(frozen=True)
class Period:
    """Harare days, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    @property
    def in_file_names(self) -> str:
        """`2026-11-24`, or `2026-11-01-to-2026-11-30`."""
        return str(self.first) if self.first == self.last else f"{self.first}-to-{self.last}"

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def __str__(self) -> str:
        if self.first == self.last:
            return f"{self.first:%-d %B %Y}"
        if (self.first.year, self.first.month) == (self.last.year, self.last.month):
            return f"{self.first:%-d} to {self.last:%-d %B %Y}"
        if self.first.year == self.last.year:
            return f"{self.first:%-d %B} to {self.last:%-d %B %Y}"
        return f"{self.first:%-d %B %Y} to {self.last:%-d %B %Y}"


@dataclass(frozen=True)
class Time:
    """One entry of the calendar. `day`: 0 to 6 from Monday, or 1 to 28 of the month."""

    schedule: Schedule
    day: int
    at: time

    def next_after(self, now: datetime) -> datetime:
        """The first time after `now`, in UTC."""
        here = now.astimezone(HARARE)
        candidate = datetime.combine(here.date(), self.at, HARARE)
        while not (candidate > here and self._fits(candidate.date())):
            candidate += timedelta(days=1)
        return candidate.astimezone(UTC)

    def period_before(self, at: datetime) -> Period:
        """The whole day, week or month that ended before `at`."""
        today = at.astimezone(HARARE).date()
        match self.schedule:
            case "daily":
                return Period(today - timedelta(days=1), today - timedelta(days=1))
            case "weekly":
                monday = today - timedelta(days=today.weekday())
                return Period(monday - timedelta(days=7), monday - timedelta(days=1))
            case "monthly":
                last = today.replace(day=1) - timedelta(days=1)
                return Period(last.replace(day=1), last)

    @property
    def told(self) -> str:
        """As people say it: `every Monday at 07:00`."""
        match self.schedule:
            case "daily":
                when = "every day"
            case "weekly":
                when = f"every {WEEKDAYS[self.day].capitalize()}"
            case "monthly":
                when = f"on day {self.day} of each month"
        return f"{when} at {self.at:%H:%M}"

    def _fits(self, day: date) -> bool:
        match self.schedule:
            case "daily":
                return True
            case "weekly":
                return day.weekday() == self.day
            case "monthly":
                return day.day == self.day

    def __str__(self) -> str:
        named = {"daily": "", "weekly": WEEKDAYS[self.day] if self.day < 7 else "", "monthly": str(self.day)}
        return " ".join(filter(None, (self.schedule, named[self.schedule], f"{self.at:%H:%M}")))


@dataclass(frozen=True)
class Calendar:
    """When reports go out."""

    times: tuple[Time, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Calendar:
        """The calendar in the text of the setting. Raises ValueError that quotes the entry at fault."""
        parts = [" ".join(part.lower().split()) for part in text.split(";") if part.strip()]
        if parts == ["off"]:
            return cls()
        times = tuple(_parse(part) for part in parts)
        if len({one.schedule for one in times}) < len(times):
            raise ValueError(f"{text!r} names a schedule twice")
        return cls(times)

    def of(self, schedule: Schedule) -> Time | None:
        """The entry of a schedule."""
        return next((one for one in self.times if one.schedule == schedule), None)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            lambda value: value if isinstance(value, Calendar) else cls.parse(str(value))
        )


SCHEDULES: tuple[Schedule, ...] = get_args(Schedule)


def _parse(text: str) -> Time:
    parts = re.fullmatch(_ENTRY, text)
    if parts is None:
        raise ValueError(f"{text!r} is not like 'daily 07:00', 'weekly monday 07:00' or 'monthly 1 07:00'")
    schedule, day = parts["schedule"], parts["day"]
    try:
        at = time(int(parts["hour"]), int(parts["minute"]))
        match schedule:
            case "daily" if day is None:
                return Time("daily", 0, at)
            case "weekly" if day in WEEKDAYS:
                return Time("weekly", WEEKDAYS.index(day), at)
            case "monthly" if day is not None and 1 <= int(day) <= 28:
                return Time("monthly", int(day), at)
    except ValueError:
        pass
    raise ValueError(f"{text!r} names a time that is not in every day, week or month (days 1 to 28)")
