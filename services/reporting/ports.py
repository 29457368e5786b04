"""What reporting needs from outside its lanes: files made, statements compared, and timers."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Literal

from pydantic import BaseModel

from shared.contracts.files import FileRef
from shared.contracts.reporting import CurrencyFigures, ReportKind, Schedule
from shared.outcalls.calls import Call


class RenderRequest(BaseModel):
    """Make the file of a report over Harare days, both included."""

    kind: ReportKind
    first: date
    last: date


class RenderAnswer(BaseModel):
    """The file, or None when it would be larger than a file may be."""

    file: FileRef | None
    figures: tuple[CurrencyFigures, ...]
    link: str | None = None
    """Where a browser finds the file, when it is too big to be sent."""


RENDER = Call(
    "report.render",
    RenderRequest,
    RenderAnswer,
    deadline=timedelta(minutes=3),
    repeats=True,
    give_up=timedelta(minutes=1),
)
"""Made again when it was cut off: it only reads, and keeps a file."""


class Comparison(BaseModel):
    """Compare a statement that was imported with the ledger and the payments."""

    statement: str


class Compared(BaseModel):
    """What came of it: rows read, payments that fit, exceptions found (also those found before)."""

    rows: int
    matched: int
    found: int
    problem: str | None = None
    """Why the file could not be read, for the person who imported it."""


COMPARE = Call(
    "statement.compare", Comparison, Compared, deadline=timedelta(minutes=3), repeats=True, give_up=timedelta(minutes=1)
)
"""Made again when it was cut off: an exception has one id however often it is found."""


class Wait(BaseModel):
    """A timer of a report."""

    report: Literal["progress"] = "progress"


class Ring(BaseModel):
    """A time of the calendar; `at` says which, so that one that was missed is made up for."""

    schedule: Schedule
    at: datetime


class Rung(BaseModel):
    """The time has come."""


PROGRESS = Call("report.progress", Wait, Rung, deadline=timedelta(seconds=5), repeats=True)
RING = Call("report.ring", Ring, Rung, deadline=timedelta(seconds=5), repeats=True)


async def ring(_: Wait | Ring) -> Rung:
    """A timer's call: it has nothing to do but to be due (decision 0002)."""
    return Rung()
