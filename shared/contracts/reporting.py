"""What reporting is asked and says: figures from its read models."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict

from shared.contracts.base import Command, Event
from shared.kernel.ids import MemberId
from shared.kernel.money import Money


class MakeStatistics(Command, name="reporting.make_statistics", version=1, key="asked_by"):
    """Figures of the payments settled on days `first` to `last` (Harare days, both included)."""

    asked_by: MemberId
    first: date
    last: date


class CurrencyFigures(BaseModel):
    """One currency's figures; currencies are never added together."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    total: Money
    settled: int
    cancelled: int
    failed: int
    open: int


class StatisticsReady(Event, name="reporting.statistics_ready", version=1, key="asked_by"):
    """Answers MakeStatistics; one entry per currency in which there was a payment."""

    asked_by: MemberId
    first: date
    last: date
    figures: tuple[CurrencyFigures, ...]
