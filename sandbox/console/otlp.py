"""Reads OTLP's protobuf encoding (opentelemetry-proto, ExportTraceServiceRequest) into spans."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1 import trace_pb2

from sandbox.console.spans import Link, Span, SpanEvent, Status

MAX_TEXT = 2_000
MAX_ATTRIBUTES = 64
MAX_LINKS = 64

_STATUS: dict[int, Status] = {
    trace_pb2.Status.STATUS_CODE_OK: "ok",
    trace_pb2.Status.STATUS_CODE_ERROR: "error",
}
_KINDS = {
    trace_pb2.Span.SPAN_KIND_SERVER: "server",
    trace_pb2.Span.SPAN_KIND_CLIENT: "client",
    trace_pb2.Span.SPAN_KIND_PRODUCER: "producer",
    trace_pb2.Span.SPAN_KIND_CONSUMER: "consumer",
}


class NotOtlp(ValueError):
    """The body is no export of spans; the text says in one sentence why."""


def read_export(body: bytes) -> list[Span]:
    """The spans of an export, long texts and lists cut. Raises NotOtlp; then nothing of the body counts."""
    request = ExportTraceServiceRequest()
    try:
        request.ParseFromString(body)
    except DecodeError:
        raise NotOtlp("The body is not an OTLP export of traces in protobuf.") from None
    spans: list[Span] = []
    for resource in request.resource_spans:
        service = _attributes(resource.resource.attributes).get("service.name", "unnamed")
        for scope in resource.scope_spans:
            spans.extend(_span(service, span) for span in scope.spans)
    return spans


def _span(service: str, span: trace_pb2.Span) -> Span:
    if len(span.trace_id) != 16 or not any(span.trace_id):
        raise NotOtlp("A span has a trace id that is not 16 bytes with one other than zero.")
    if len(span.span_id) != 8 or not any(span.span_id):
        raise NotOtlp("A span has an id that is not 8 bytes with one other than zero.")
    return Span(
        trace_id=span.trace_id.hex(),
        span_id=span.span_id.hex(),
        parent_span_id=span.parent_span_id.hex() or None,
        service=service,
        name=_cut(span.name) or "unnamed",
        kind=_KINDS.get(span.kind, "internal"),
        start=span.start_time_unix_nano,
        end=max(span.end_time_unix_nano, span.start_time_unix_nano),
        status=_STATUS.get(span.status.code, "unset"),
        status_message=_cut(span.status.message),
        attributes=_attributes(span.attributes),
        links=tuple(Link(link.trace_id.hex(), link.span_id.hex()) for link in span.links[:MAX_LINKS]),
        events=tuple(
            SpanEvent(_cut(event.name), event.time_unix_nano, _attributes(event.attributes))
            for event in span.events[:MAX_LINKS]
        ),
    )


def _attributes(pairs: Iterable[KeyValue]) -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in pairs:
        if len(found) == MAX_ATTRIBUTES:
            break
        found[_cut(pair.key)] = _cut(_text(pair.value))
    return found


def _text(value: AnyValue) -> str:
    kind = value.WhichOneof("value")
    return _TEXTS[kind](value) if kind in _TEXTS else ""


_TEXTS: dict[str, Callable[[AnyValue], str]] = {
    "string_value": lambda value: value.string_value,
    "bool_value": lambda value: "true" if value.bool_value else "false",
    "int_value": lambda value: str(value.int_value),
    "double_value": lambda value: repr(value.double_value),
    "array_value": lambda value: ", ".join(_text(each) for each in value.array_value.values),
    "kvlist_value": lambda value: ", ".join(f"{pair.key}={_text(pair.value)}" for pair in value.kvlist_value.values),
    "bytes_value": lambda value: value.bytes_value.hex(),
}


def _cut(text: str) -> str:
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"
