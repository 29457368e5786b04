"""Spans continue over messages, link where two traces meet, and tell errors by type only."""

from __future__ import annotations

import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared.telemetry.tracing import Tracing, current_traceparent, trace_id_of


@pytest.fixture
def exporter() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def tracing(exporter: InMemorySpanExporter) -> Tracing:
    return Tracing("payments", SimpleSpanProcessor(exporter))


def test_a_span_continues_the_trace_of_its_parent_in_another_service(
    tracing: Tracing, exporter: InMemorySpanExporter
) -> None:
    with Tracing("gateway").span("webhook"):
        told = current_traceparent()
    with tracing.span("handle", parent=told):
        assert trace_id_of(current_traceparent()) == trace_id_of(told)
    [span] = exporter.get_finished_spans()
    assert span.parent is not None
    assert f"{span.parent.span_id:016x}" == str(told).split("-")[2]
    assert span.resource.attributes["service.name"] == "payments"


def test_where_two_traces_meet_one_links_to_the_other(tracing: Tracing, exporter: InMemorySpanExporter) -> None:
    with tracing.span("first"):
        first = current_traceparent()
    with tracing.span("second", link=first):
        pass
    second = exporter.get_finished_spans()[-1]
    assert f"{second.links[0].context.trace_id:032x}" == trace_id_of(first)


def test_an_error_is_told_by_its_type_and_not_by_its_text(tracing: Tracing, exporter: InMemorySpanExporter) -> None:
    with pytest.raises(ValueError, match="Tariro"), tracing.span("handle"):
        raise ValueError("Tariro Moyo")
    [span] = exporter.get_finished_spans()
    assert span.status.description == "ValueError"
    assert "Tariro" not in span.to_json()


def test_outside_of_spans_there_is_no_trace() -> None:
    assert current_traceparent() is None
    assert trace_id_of(None) is None
