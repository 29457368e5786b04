"""What is computed from measurements, and how it is shown."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One line of the table. `aim` is empty where no issue names one."""

    figure: str
    measured: str
    aim: str = ""


@dataclass(frozen=True)
class Rate:
    """What was done in how many seconds, and with how many of our own CPU."""

    count: int
    seconds: float
    cpu_seconds: float

    @property
    def rate(self) -> float:
        return self.count / self.seconds

    @property
    def told(self) -> str:
        return f"{self.rate:.0f}/s, {self.cpu_seconds * 1000 / max(self.count, 1):.2f} ms of CPU each"


def percentile(values: Sequence[float], percent: float) -> float:
    """The nearest-rank percentile: the smallest value that `percent` of the values don't exceed; nan of nothing."""
    if not values:
        return math.nan
    rank = math.ceil(percent / 100 * len(values))
    return sorted(values)[max(rank, 1) - 1]


def spread(seconds: Sequence[float]) -> str:
    """Median and 99th percentile of durations, in milliseconds."""
    return f"p50 {percentile(seconds, 50) * 1000:.1f} ms, p99 {percentile(seconds, 99) * 1000:.1f} ms"


def cost(before: Mapping[str, float], after: Mapping[str, float], count: int) -> str:
    """CPU milliseconds of each process per unit of work, and their sum; the dearest first, down to 0.2."""
    if not count:
        return "nothing done"
    each = {name: (after[name] - before[name]) * 1000 / count for name in after}
    named = sorted(each.items(), key=lambda item: -item[1])
    return f"{sum(each.values()):.1f} ms: " + ", ".join(f"{name} {used:.1f}" for name, used in named if used >= 0.2)


def table(rows: Sequence[Row]) -> str:
    """The rows in columns under a heading; what may be long comes last."""
    lines = [("figure", "aim", "measured"), *((row.figure, row.aim, row.measured) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(2)]
    rule = ("-" * widths[0], "-" * widths[1], "-" * len(lines[0][2]))
    return "\n".join(
        f"{figure:{widths[0]}}  {aim:{widths[1]}}  {measured}" for figure, aim, measured in [lines[0], rule, *lines[1:]]
    )
