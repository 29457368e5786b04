"""Lays a trace out as a waterfall: which span stands below which, and where its bar lies.

Two scales: *to time*, where a second is as wide everywhere, and *closed gaps*, where stretches in which nothing
happened take a fixed small width. A donation waits minutes for a person; without the second scale its work, which
takes milliseconds, could not be seen.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.console.spans import Span, Trace

GAP_WIDTH = 3.0
"""Per cent of the width that a closed gap takes; less when there are many."""
GAPS_AT_MOST = 45.0
"""Per cent of the width that all closed gaps together may take."""
GAP_AT_LEAST = 50_000_000
"""Nanoseconds; a shorter silence is drawn as it is."""


@dataclass(frozen=True)
class Gap:
    """A stretch without any span. Times are nanoseconds since 1970, places per cent of the width."""

    start: int
    end: int
    at: float
    width: float

    @property
    def duration(self) -> int:
        return self.end - self.start


@dataclass(frozen=True)
class Tick:
    """A line of the grid: where, in per cent of the width, and how many nanoseconds after the trace's start."""

    at: int
    offset: int


@dataclass(frozen=True)
class Row:
    """One span's line. `at` and `width` are per cent of the width, `offset` nanoseconds since the trace's start."""

    span: Span
    depth: int
    parent: Span | None
    at: float
    width: float
    offset: int

    @property
    def parent_missing(self) -> bool:
        """It names a parent that has not come, or not yet."""
        return self.span.parent_span_id is not None and self.parent is None


@dataclass(frozen=True)
class Waterfall:
    """Rows in reading order, parents before their children; the gaps that are closed (none when to time); the grid."""

    rows: list[Row]
    gaps: list[Gap]
    ticks: list[Tick]


def lay_out(trace: Trace, *, to_time: bool) -> Waterfall:
    """The waterfall of a trace that has at least one span."""
    gaps = [] if to_time else _silences(trace)
    scale = _Scale(trace.start, trace.end, gaps)
    rows: list[Row] = []
    for span, depth in _nested(trace):
        at = scale.place(span.start)
        parent = trace.by_id.get(span.parent_span_id) if span.parent_span_id else None
        rows.append(Row(span, depth, parent, at, scale.place(span.end) - at, span.start - trace.start))
    drawn = [Gap(start, end, scale.place(start), scale.place(end) - scale.place(start)) for start, end in gaps]
    return Waterfall(rows, drawn, [Tick(at, scale.offset(at)) for at in (0, 25, 50, 75)])


def _nested(trace: Trace) -> list[tuple[Span, int]]:
    """Depth first, brothers by their start. Spans whose parents form a ring stand where the ring is entered."""
    spans = trace.spans
    children: defaultdict[str, list[Span]] = defaultdict(list)
    tops: list[Span] = []
    for span in spans:
        if span.parent_span_id in trace.by_id:
            children[span.parent_span_id or ""].append(span)
        else:
            tops.append(span)
    placed: dict[str, tuple[Span, int]] = {}
    # The spans after the tops are met again only if no top leads to them.
    for top in [*tops, *spans]:
        waiting = [(top, 0)]
        while waiting:
            span, depth = waiting.pop()
            if span.span_id not in placed:
                placed[span.span_id] = (span, depth)
                waiting.extend((child, depth + 1) for child in reversed(children[span.span_id]))
    return list(placed.values())


def _silences(trace: Trace) -> list[tuple[int, int]]:
    """Stretches of the trace in which no span was open, when they are long beside the work."""
    silences: list[tuple[int, int]] = []
    spans = trace.spans
    busy_until = spans[0].end
    for span in spans[1:]:
        if span.start > busy_until:
            silences.append((busy_until, span.start))
        busy_until = max(busy_until, span.end)
    busy = trace.duration - sum(end - start for start, end in silences)
    return [(start, end) for start, end in silences if end - start > max(GAP_AT_LEAST, busy // 10)]


class _Scale:
    """Between times and places in per cent: straight lines between the ends of gaps."""

    def __init__(self, start: int, end: int, gaps: list[tuple[int, int]]) -> None:
        gap_width = min(GAP_WIDTH, GAPS_AT_MOST / len(gaps)) if gaps else 0.0
        shown = (end - start) - sum(stop - begin for begin, stop in gaps)
        per_nanosecond = (100.0 - gap_width * len(gaps)) / shown if shown > 0 else 0.0
        self._start = start
        # Since the start: a float would round nanoseconds since 1970 to 256.
        self._offsets = [0.0]
        self._places = [0.0]
        for begin, stop in gaps:
            before = self._places[-1] + (begin - start - self._offsets[-1]) * per_nanosecond
            self._offsets += [begin - start, stop - start]
            self._places += [before, before + gap_width]
        self._places.append(self._places[-1] + (end - start - self._offsets[-1]) * per_nanosecond)
        self._offsets.append(end - start)

    def place(self, time: int) -> float:
        """Where a time lies, in per cent."""
        return _between(time - self._start, self._offsets, self._places)

    def offset(self, place: float) -> int:
        """How many nanoseconds after the start a place lies."""
        return round(_between(place, self._places, self._offsets))


def _between(value: float, froms: Sequence[float], tos: Sequence[float]) -> float:
    index = min(max(bisect_right(froms, value) - 1, 0), len(froms) - 2)
    start, end = froms[index], froms[index + 1]
    share = (value - start) / (end - start) if end > start else 0.0
    return tos[index] + (tos[index + 1] - tos[index]) * share
