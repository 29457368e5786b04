"""How times, durations and services look on the pages. Times are nanoseconds since 1970."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zlib import crc32

from markupsafe import Markup, escape

from shared.kernel.clock import HARARE

KNOWN = ("gateway", "conversation", "payments", "credex", "notifier", "reporting")
"""The services that have a colour of their own, in the order in which they are shown."""
OTHER_COLOURS = 4

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _utc(time: int) -> datetime:
    # A float cannot hold today's microseconds; and no sender's senseless time may break a page.
    return _EPOCH + timedelta(microseconds=min(time // 1000, 250_000_000_000_000_000))


def clock(time: int) -> str:
    """`14:03:07.250` in Harare."""
    return _utc(time).astimezone(HARARE).isoformat(timespec="milliseconds")[11:23]


def day(time: int) -> str:
    """`24 November 2026` in Harare."""
    return f"{_utc(time).astimezone(HARARE):%-d %B %Y}"


def iso(time: int) -> str:
    """In UTC, to the microsecond."""
    return _utc(time).isoformat(timespec="microseconds")


def duration(nanoseconds: int) -> str:
    """`850 µs`, `12.3 ms`, `1.24 s`, `2 min 05 s`, `1 h 02 min`."""
    seconds = nanoseconds / 1e9
    if seconds < 0.000_999_5:
        return f"{nanoseconds / 1e3:.0f} µs"
    if seconds < 0.999_95:
        return f"{nanoseconds / 1e6:.1f} ms"
    if seconds < 59.995:
        return f"{seconds:.2f} s"
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02} min"


def offset(nanoseconds: int) -> str:
    """How long after the start, to the millisecond: `0`, `16.0 ms`, `3.250 s`, `1:35.006`, `1:02:03.004`."""
    if nanoseconds == 0:
        return "0"
    thousandths = round(nanoseconds / 1e6)
    if thousandths < 1000:
        return duration(nanoseconds)
    minutes, thousandths = divmod(thousandths, 60_000)
    if minutes == 0:
        return f"{thousandths / 1000:.3f} s"
    seconds = f"{minutes % 60:02}:{thousandths / 1000:06.3f}"
    return f"{minutes // 60}:{seconds}" if minutes >= 60 else seconds.removeprefix("0")


def breakable(name: str) -> Markup:
    """The name with places where a narrow screen may break it: after dots, underscores and slashes."""
    return Markup(re.sub(r"([._/])(?=.)", r"\1<wbr>", str(escape(name))))  # noqa: S704 escaped just here


def rank(service: str) -> tuple[int, str]:
    """Where a service stands among others: the known ones first."""
    return (KNOWN.index(service) if service in KNOWN else len(KNOWN), service)


def colour(service: str) -> str:
    """The class of the style sheet that gives the service its colour, the same on every page."""
    return f"s-{service}" if service in KNOWN else f"s-other-{crc32(service.encode()) % OTHER_COLOURS}"
