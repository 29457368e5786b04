"""What a report says, apart from its form: figures per currency. Currencies are never added together."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby

from services.reporting.domain.calendar import Period
from services.reporting.domain.rates import Rates
from services.reporting.domain.rows import PaymentRow
from shared.kernel.money import Money

NOT_SAID = "(not said)"
"""Where a payment says no congregation, province or purpose."""

METHOD_NAMES = {
    "ecocash": "EcoCash",
    "onemoney": "OneMoney",
    "innbucks": "InnBucks",
    "omari": "O'mari",
    "web": "Paynow page",
    "manual": "Bank or cash",
}
STATE_NAMES = {
    "settled": "Settled",
    "open": "Waiting",
    "needs_review": "To review",
    "disputed": "Disputed",
    "refunded": "Refunded",
    "cancelled": "Cancelled",
    "failed": "Failed",
    "expired": "Expired",
    "rejected": "Rejected",
}


@dataclass(frozen=True)
class Slice:
    """A part of a total: how many payments, and how much in minor units."""

    name: str
    count: int
    minor: int


@dataclass
class CurrencySummary:
    """One currency's figures. All but `states` and `attention` are of settled payments only."""

    currency: str
    states: dict[str, Slice]
    by_purpose: list[Slice] = field(default_factory=list)
    by_method: list[Slice] = field(default_factory=list)
    by_congregation: list[Slice] = field(default_factory=list)
    by_province: list[Slice] = field(default_factory=list)
    by_day: dict[date, Slice] = field(default_factory=dict)
    failures: list[Slice] = field(default_factory=list)
    """Failed payments by cause."""
    top_donors: list[Slice] = field(default_factory=list)
    attention: list[PaymentRow] = field(default_factory=list)
    """Waiting, to review, disputed and refunded payments, the newest first, up to a limit."""
    attention_left_out: int = 0
    imtt: Money | None = None
    """For information: what the tax on transfers is on what was settled."""

    @property
    def settled(self) -> Slice:
        """The total."""
        return self.states.get("settled", Slice("settled", 0, 0))

    def money(self, minor: int) -> Money:
        """An amount of this currency."""
        return Money.from_minor(minor, self.currency)


@dataclass(frozen=True)
class Summary:
    """A whole report."""

    organisation: str
    period: Period
    made_at: datetime
    currencies: tuple[CurrencySummary, ...]

    @property
    def title(self) -> str:
        """What the report is called."""
        return f"Payments, {self.period}"


def by_size(slices: list[Slice]) -> list[Slice]:
    """The greatest first; equal ones by name."""
    return sorted(slices, key=lambda one: (-one.minor, one.name))


def in_steps(by_day: dict[date, Slice], period: Period) -> list[Slice]:
    """The days of a period for a chart: days up to a month, else weeks (from Monday), else months; empty ones too."""
    days = [period.first + timedelta(days=offset) for offset in range(period.days)]
    if period.days <= 31:
        groups = [(f"{day:%-d %b}", [day]) for day in days]
    elif period.days <= 186:
        weeks = groupby(days, key=monday_of)
        groups = [(f"{week:%-d %b}", list(of)) for week, of in weeks]
    else:
        months = groupby(days, key=lambda day: day.replace(day=1))
        groups = [(f"{month:%b %Y}", list(of)) for month, of in months]
    nothing = Slice("", 0, 0)
    return [
        Slice(
            name,
            sum(by_day.get(day, nothing).count for day in of),
            sum(by_day.get(day, nothing).minor for day in of),
        )
        for name, of in groups
    ]


def monday_of(day: date) -> date:
    """The Monday of its week."""
    return day - timedelta(days=day.weekday())


def step_name(period: Period) -> str:
    """What a step of the chart is."""
    return "day" if period.days <= 31 else "week from" if period.days <= 186 else "month"


def imtt_of(by_day: dict[date, Slice], currency: str, rates: Rates) -> Money | None:
    """The tax by the rate of each day; None where no rate is set."""
    taxed = [
        rate.of(Money.from_minor(one.minor, currency))
        for day, one in by_day.items()
        if (rate := rates.at(day, currency)) is not None
    ]
    return Money.from_minor(sum(tax.minor for tax in taxed), currency) if taxed else None


def shown(minor: int, currency: str) -> str:
    """An amount as people read it in a column: `1,234.50`."""
    return f"{Money.from_minor(minor, currency).amount:,}"
