"""Spans as the console keeps them: read from OTLP, bounded, and merged into traces however late they come."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

Status = Literal["unset", "ok", "error"]

MAX_TRACES = 500
MAX_SPANS = 50_000
MAX_SPANS_OF_A_TRACE = 2_000


@dataclass(frozen=True)
class Link:
    """Points to a span, mostly of another trace."""

    trace_id: str
    span_id: str


@dataclass(frozen=True)
class SpanEvent:
    """Something that happened within a span."""

    name: str
    at: int
    attributes: dict[str, str]


@dataclass(frozen=True)
class Span:
    """One step of one service. Ids are lower-case hexadecimal; times are nanoseconds since 1970."""

    trace_id: str
    span_id: str
    parent_span_id: str | None
    service: str
    name: str
    kind: str
    start: int
    end: int
    status: Status
    status_message: str
    attributes: dict[str, str]
    links: tuple[Link, ...] = ()
    events: tuple[SpanEvent, ...] = ()

    @property
    def duration(self) -> int:
        """Nanoseconds; never negative, whatever the clocks of two machines say."""
        return max(self.end - self.start, 0)

    @property
    def failed(self) -> bool:
        return self.status == "error"


@dataclass
class Trace:
    """All spans that came for one trace id so far, and how many found no place."""

    trace_id: str
    by_id: dict[str, Span] = field(default_factory=dict)
    left_out: int = 0

    @property
    def spans(self) -> list[Span]:
        """In order of their start."""
        return sorted(self.by_id.values(), key=lambda span: (span.start, -span.end))

    @property
    def start(self) -> int:
        return min(span.start for span in self.by_id.values())

    @property
    def end(self) -> int:
        return max(span.end for span in self.by_id.values())

    @property
    def duration(self) -> int:
        return max(self.end - self.start, 0)

    @property
    def root(self) -> Span:
        """The earliest span without a parent; the earliest of all while none has come."""
        spans = self.spans
        return next((span for span in spans if span.parent_span_id is None), spans[0])

    @property
    def first_step(self) -> str:
        """What tells it from others that began alike: its first handling of a message; without one, its service."""
        return next((span.name for span in self.spans if span.kind == "consumer"), self.root.service)

    @property
    def services(self) -> list[str]:
        """In the order in which the trace reached them."""
        return list(dict.fromkeys(span.service for span in self.spans))

    @property
    def errors(self) -> int:
        return sum(span.failed for span in self.by_id.values())


class TraceStore:
    """The latest traces, in memory. The one that heard nothing for the longest time makes room for a new one."""

    def __init__(self, max_traces: int = MAX_TRACES, max_spans: int = MAX_SPANS, of_one: int = MAX_SPANS_OF_A_TRACE):
        self._max_traces = max_traces
        self._max_spans = max_spans
        self._max_of_one = of_one
        self._traces: OrderedDict[str, Trace] = OrderedDict()
        self._count = 0

    def add(self, spans: Iterable[Span]) -> None:
        """Merge the spans into their traces; one that comes again replaces itself (exporters repeat)."""
        for span in spans:
            trace = self._traces.setdefault(span.trace_id, Trace(span.trace_id))
            self._traces.move_to_end(span.trace_id)
            if span.span_id not in trace.by_id:
                if len(trace.by_id) >= self._max_of_one:
                    trace.left_out += 1
                    continue
                self._count += 1
            trace.by_id[span.span_id] = span
            while len(self._traces) > self._max_traces or (self._count > self._max_spans and len(self._traces) > 1):
                _, gone = self._traces.popitem(last=False)
                self._count -= len(gone.by_id)

    def get(self, trace_id: str) -> Trace | None:
        return self._traces.get(trace_id)

    def latest(self) -> list[Trace]:
        """Newest start first."""
        return sorted(self._traces.values(), key=lambda trace: trace.start, reverse=True)

    def spans(self) -> Iterator[Span]:
        for trace in self._traces.values():
            yield from trace.by_id.values()

    def linking_to(self, trace_id: str) -> list[Span]:
        """Spans of other traces with a link into this one, in order of their start."""
        found = [
            span
            for span in self.spans()
            if span.trace_id != trace_id and any(link.trace_id == trace_id for link in span.links)
        ]
        return sorted(found, key=lambda span: span.start)
