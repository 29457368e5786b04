"""Waterfalls: nesting, merging, scales, and what the page says."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.console import looks
from sandbox.console.spans import Span, Trace, TraceStore
from sandbox.console.waterfall import GAPS_AT_MOST, lay_out

MS = 1_000_000
SECOND = 1000 * MS
START = 1_795_000_000 * SECOND


def span(number: int, parent: int | None, start: int, duration: int, **fields: Any) -> Span:
    """Start and duration in milliseconds."""
    given = {"service": "gateway", "name": f"n{number}", "kind": "internal", "status": "unset", "status_message": ""}
    return Span(
        trace_id="a" * 32,
        span_id=f"{number:016x}",
        parent_span_id=None if parent is None else f"{parent:016x}",
        start=START + start * MS,
        end=START + (start + duration) * MS,
        **(given | {"attributes": {}} | fields),
    )


def trace_of(*spans: Span) -> Trace:
    store = TraceStore()
    store.add(spans)
    trace = store.get("a" * 32)
    assert trace is not None
    return trace


def test_children_stand_below_their_parents_in_order_of_start() -> None:
    fall = lay_out(
        trace_of(span(4, 2, 30, 5), span(3, 1, 50, 5), span(2, 1, 20, 20), span(1, None, 0, 100)), to_time=True
    )
    assert [(row.span.name, row.depth) for row in fall.rows] == [("n1", 0), ("n2", 1), ("n4", 2), ("n3", 1)]
    assert [(row.at, row.width) for row in fall.rows] == [
        pytest.approx((0, 100)),
        pytest.approx((20, 20)),
        pytest.approx((30, 5)),
        pytest.approx((50, 5)),
    ]


def test_a_trace_is_told_from_others_that_began_alike_by_its_first_step() -> None:
    webhook, kept = span(1, None, 0, 20), span(2, 1, 5, 5)
    assert trace_of(webhook, kept).first_step == "gateway"
    noted = span(4, 1, 12, 5, service="notifier", name="notifier note_status", kind="consumer")
    heard = span(3, 1, 10, 5, service="conversation", name="conversation listen", kind="consumer")
    assert trace_of(webhook, kept, noted, heard).first_step == "conversation listen"


def test_a_span_finds_its_place_when_its_parent_comes_later() -> None:
    orphan = span(2, 1, 10, 5)
    [row] = lay_out(trace_of(orphan), to_time=True).rows
    assert (row.depth, row.parent_missing) == (0, True)
    rows = lay_out(trace_of(orphan, span(1, None, 0, 20)), to_time=True).rows
    assert [(row.span.name, row.depth, row.parent_missing) for row in rows] == [("n1", 0, False), ("n2", 1, False)]


def test_spans_whose_parents_form_a_ring_are_all_shown_once() -> None:
    rows = lay_out(trace_of(span(1, 2, 0, 5), span(2, 1, 1, 5), span(3, 3, 2, 5)), to_time=True).rows
    assert sorted(row.span.name for row in rows) == ["n1", "n2", "n3"]


def test_a_silence_of_minutes_is_closed_and_the_work_on_both_sides_can_be_seen() -> None:
    trace = trace_of(span(1, None, 0, 40), span(2, 1, 120_000, 60))
    closed = lay_out(trace, to_time=False)
    [gap] = closed.gaps
    assert gap.duration == 119_960 * MS
    first, second = closed.rows
    assert first.width == pytest.approx(97 * 0.4)
    assert second.width == pytest.approx(97 * 0.6)
    assert second.at == pytest.approx(gap.at + gap.width)
    to_time = lay_out(trace, to_time=True)
    assert to_time.gaps == []
    assert to_time.rows[1].width == pytest.approx(100 * 60 / 120_060)


def test_a_silence_under_an_open_span_is_not_closed() -> None:
    assert lay_out(trace_of(span(1, None, 0, 60_000), span(2, 1, 59_000, 10)), to_time=False).gaps == []


@given(st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 10**6)), min_size=1, max_size=40), st.booleans())
def test_bars_stay_in_the_picture_and_keep_their_order(times: list[tuple[int, int]], to_time: bool) -> None:
    fall = lay_out(
        trace_of(*(span(i + 1, None, start, took) for i, (start, took) in enumerate(times))), to_time=to_time
    )
    assert len(fall.rows) == len(times)
    for row in fall.rows:
        assert -1e-6 <= row.at <= row.at + row.width <= 100 + 1e-6
        assert row.width >= -1e-6
    places = [row.at for row in sorted(fall.rows, key=lambda row: row.span.start)]
    assert all(before <= after + 1e-6 for before, after in pairwise(places))
    assert sum(gap.width for gap in fall.gaps) <= GAPS_AT_MOST + 1e-6
    offsets = [tick.offset for tick in fall.ticks]
    assert offsets == sorted(offsets)
    assert offsets[0] == 0


@pytest.mark.parametrize(
    ("nanoseconds", "duration", "offset"),
    [
        (0, "0 µs", "0"),
        (850_400, "850 µs", "850 µs"),
        (999_600, "1.0 ms", "1.0 ms"),
        (16 * MS, "16.0 ms", "16.0 ms"),
        (999_960_000, "1.00 s", "1.000 s"),
        (3250 * MS, "3.25 s", "3.250 s"),
        (95_006 * MS, "1 min 35 s", "1:35.006"),
        (605_000 * MS, "10 min 05 s", "10:05.000"),
        (3_723_004 * MS, "1 h 02 min", "1:02:03.004"),
    ],
)
def test_durations_and_offsets_read_well(nanoseconds: int, duration: str, offset: str) -> None:
    assert looks.duration(nanoseconds) == duration
    assert looks.offset(nanoseconds) == offset


def test_a_long_name_may_break_at_its_dots_and_stays_escaped() -> None:
    assert str(looks.breakable("handle a.b_c <i>.")) == "handle a.<wbr>b_<wbr>c &lt;i&gt;."


def test_times_are_shown_in_harare_and_told_in_utc() -> None:
    # 2026-11-24 22:30:00.25 UTC is the next day in Harare.
    time = 1_795_559_400_250_000_000
    assert looks.iso(time) == "2026-11-24T22:30:00.250000+00:00"
    assert (looks.day(time), looks.clock(time)) == ("25 November 2026", "00:30:00.250")


def test_known_services_have_colours_of_their_own_and_others_keep_theirs() -> None:
    assert len({looks.colour(name) for name in looks.KNOWN}) == len(looks.KNOWN)
    assert looks.colour("elsewhere") == looks.colour("elsewhere")
    assert looks.colour("elsewhere").startswith("s-other-")
