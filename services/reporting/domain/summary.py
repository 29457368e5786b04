"""What a report says, apart from its form: figures per currency. Currencies are never added together."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, Literal

from services.reporting.domain.accounts import credit_of
from services.reporting.domain.calendar import Period
from services.reporting.domain.rates import Rates
from services.reporting.domain.rows import PaymentRow
from shared.kernel.money import Money

NOT_SAID = "(not said)"
"""Where a payment says no congregation, province or purpose."""

MOST_NAMED = 8
"""Of purposes and the like, where there is room for the greatest only."""

UNKNOWN_DENOMINATION = "Amount not known"
CREDEX_STEPS: dict[Literal["made", "accepted", "declined", "cancelled", "upgraded", "open"], str] = {
    "made": "Offers made",
    "accepted": "Accepted",
    "declined": "Declined",
    "cancelled": "Cancelled",
    "upgraded": "Paid for a tier",
    "open": "Still open",
}
"""In the order in which people are told of them."""

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


Sums = list[tuple[tuple[Any, ...], int, int]]
"""As the store adds up: (the values of a group, how many, the sum)."""


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
    taken_back: str | None = None
    """A sentence that says what made `settled` less than it was when the period ended."""

    @property
    def settled(self) -> Slice:
        """The total."""
        return self.states.get("settled", Slice("settled", 0, 0))

    def money(self, minor: int) -> Money:
        """An amount of this currency."""
        return Money.from_minor(minor, self.currency)


@dataclass(frozen=True)
class CredexVolume:
    """What members offered each other in one denomination; `minor` of the slices are units (`accounts.credit_of`)."""

    denomination: str
    """UNKNOWN_DENOMINATION: of what was answered here and offered elsewhere, without its amount."""
    steps: tuple[Slice, ...]
    """Made and still open by the day of the offer, all others by the day of the outcome."""

    @property
    def is_known(self) -> bool:
        """Whether there are amounts."""
        return self.denomination != UNKNOWN_DENOMINATION

    def shown(self, step: Slice) -> str:
        """The amount of a step as people read it: `1,234.50`, `0.0125`; empty where it is not known."""
        return f"{credit_of(step.minor):,}" if self.is_known else ""


@dataclass(frozen=True)
class Summary:
    """A whole report."""

    organisation: str
    period: Period
    made_at: datetime
    currencies: tuple[CurrencySummary, ...]
    credex: tuple[CredexVolume, ...] = ()

    @property
    def title(self) -> str:
        """What the report is called."""
        return f"Payments, {self.period}"


def credex_volumes(made: Sums, ended: Sums) -> tuple[CredexVolume, ...]:
    """Volumes from the sums of a period by (denomination, outcome): by the day of the offer, and of the outcome."""
    steps: dict[str, dict[str, Slice]] = {}

    def add(denomination: str | None, name: str, count: int, units: int) -> None:
        of = steps.setdefault(denomination or UNKNOWN_DENOMINATION, {})
        before = of.get(name, Slice(name, 0, 0))
        of[name] = Slice(name, before.count + count, before.minor + units)

    for (denomination, outcome), count, units in made:
        add(denomination, CREDEX_STEPS["made"], count, units)
        if outcome == "open":
            add(denomination, CREDEX_STEPS["open"], count, units)
    for (denomination, outcome), count, units in ended:
        add(denomination, CREDEX_STEPS[outcome], count, units)
    return tuple(
        CredexVolume(denomination, tuple(of[name] for name in CREDEX_STEPS.values() if name in of))
        for denomination, of in sorted(steps.items(), key=lambda item: (item[0] == UNKNOWN_DENOMINATION, item[0]))
    )


def by_size(slices: list[Slice]) -> list[Slice]:
    """The greatest first; equal ones by name."""
    return sorted(slices, key=lambda one: (-one.minor, one.name))


def greatest(slices: list[Slice]) -> list[Slice]:
    """The first few, and all that are left as one: they add up to the same. One alone keeps its name."""
    rest = slices[MOST_NAMED:]
    if len(rest) < 2:
        return slices
    others = Slice(f"All others ({len(rest)})", sum(one.count for one in rest), sum(one.minor for one in rest))
    return [*slices[:MOST_NAMED], others]


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
