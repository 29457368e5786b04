"""One distributed trace over all services, by our own few lines.

The instrumentation packages lose the context in the broker (opentelemetry-python-contrib#2892), so the context
travels as a `traceparent` in each envelope, outcall and long-lived document, and is taken up from there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Link, Span, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_PROPAGATOR = TraceContextTextMapPropagator()

Attributes = Mapping[str, str | int | float | bool]


def current_traceparent() -> str | None:
    """The W3C traceparent of the span that is open now, if any."""
    carrier: dict[str, str] = {}
    _PROPAGATOR.inject(carrier)
    return carrier.get("traceparent")


def trace_id_of(traceparent: str | None) -> str | None:
    """The 32 hexadecimal digits of the trace."""
    return traceparent.split("-")[1] if traceparent else None


def _link_to(traceparent: str | None) -> list[Link]:
    if not traceparent:
        return []
    context = trace.get_current_span(_PROPAGATOR.extract({"traceparent": traceparent})).get_span_context()
    return [Link(context)] if context.is_valid else []


class Tracing:
    """The spans of one service. With no processor the spans are made and dropped."""

    def __init__(self, service: str, processor: SpanProcessor | None = None) -> None:
        self._provider = TracerProvider(
            resource=Resource.create({"service.name": service, "service.namespace": "ruvimbo"}),
            shutdown_on_exit=False,
        )
        if processor is not None:
            self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer("ruvimbo")

    @contextmanager
    def span(
        self,
        name: str,
        *,
        kind: SpanKind = SpanKind.INTERNAL,
        parent: str | None = None,
        link: str | None = None,
        attributes: Attributes | None = None,
    ) -> Iterator[Span]:
        """Open a span under `parent` (a traceparent), or under the span that is open now.

        An exception marks it as an error by its type only: texts of exceptions may hold personal data.
        """
        context = _PROPAGATOR.extract({"traceparent": parent}) if parent else None
        with self._tracer.start_as_current_span(
            name,
            context=context,
            kind=kind,
            links=_link_to(link),
            attributes=attributes,
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                yield span
            except Exception as error:
                span.set_status(Status(StatusCode.ERROR, type(error).__name__))
                raise

    def flush(self) -> None:
        """Hand over what waits for export."""
        self._provider.force_flush(2000)


def otlp_processor(endpoint: str) -> SpanProcessor:
    """Exports spans by OTLP over HTTP, in batches and in the background."""
    return BatchSpanProcessor(
        OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces", timeout=2), schedule_delay_millis=500
    )
