"""Metrics: counted anywhere by module-level instruments, shown by the host in Prometheus' format."""

from __future__ import annotations

from typing import Any

from opentelemetry import metrics
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.sdk.metrics import AlwaysOffExemplarFilter, MeterProvider
from opentelemetry.sdk.resources import Resource
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest

_meter = metrics.get_meter("ruvimbo")

handled = _meter.create_counter("ruvimbo_messages_handled", description="Messages handled, by outcome")
handling_seconds = _meter.create_histogram(
    "ruvimbo_handling_seconds", unit="s", description="Time from delivery to acknowledgement"
)
outcalls = _meter.create_counter("ruvimbo_outcalls", description="Calls to vendors, by kind and outcome")
failed_messages = _meter.create_counter(
    "ruvimbo_failed_messages", description="Messages that will not arrive, by purpose, code, and whether finance waits"
)
whatsapp_refusals = _meter.create_counter("ruvimbo_whatsapp_refusals", description="Refusals of WhatsApp, by code")
form_requests = _meter.create_counter("ruvimbo_form_requests", description="Requests of forms, by outcome")
dead_lettered = _meter.create_counter("ruvimbo_dead_letters", description="Messages that could not be handled")
refused_requests = _meter.create_counter(
    "ruvimbo_refused_requests", description="Requests refused at the edge, by cause"
)
accepted_updates = _meter.create_counter(
    "ruvimbo_accepted_updates", description="Updates accepted at the edge, by whether they were new"
)
unread_updates = _meter.create_counter(
    "ruvimbo_unread_updates", description="Updates of a type, field or shape that this build does not know"
)
webhook_silence = _meter.create_gauge(
    "ruvimbo_webhook_silence_seconds", unit="s", description="Time since the latest signed webhook of WhatsApp"
)
request_seconds = _meter.create_histogram(
    "ruvimbo_request_seconds", unit="s", description="Time to answer HTTP requests, by service, route and status"
)
contradictions = _meter.create_counter(
    "ruvimbo_contradictions", description="Payments that were paid after we had called them off, by the state before"
)


def start_metrics() -> None:
    """Collect from now on. Once per process."""
    provider = MeterProvider(
        resource=Resource.create({"service.namespace": "ruvimbo"}),
        metric_readers=[PrometheusMetricReader()],
        # Prometheus' text format shows none; each measurement would keep one (measured).
        exemplar_filter=AlwaysOffExemplarFilter(),
    )
    metrics.set_meter_provider(provider)


def metrics_page() -> tuple[bytes, str]:
    """All figures in Prometheus' text format, and its content type."""
    return generate_latest(REGISTRY), CONTENT_TYPE_LATEST


def request_figures(service: str) -> dict[str, Any]:
    """The HTTP figures of a service in this process, in the shape that the seed's `/metrics` had (product 7)."""
    total = successful = limited = 0
    seconds = 0.0
    by_endpoint: dict[str, int] = {}
    by_status: dict[str, int] = {}
    for metric in REGISTRY.collect():
        for sample in metric.samples if metric.name == "ruvimbo_request_seconds" else ():
            if sample.labels.get("service") != service:
                continue
            if sample.name.endswith("_sum"):
                seconds += sample.value
            elif sample.name.endswith("_count"):
                count, route, status = int(sample.value), sample.labels["route"], sample.labels["status"]
                total += count
                by_endpoint[route] = by_endpoint.get(route, 0) + count
                if int(status) < 400:
                    successful += count
                else:
                    by_status[status] = by_status.get(status, 0) + count
                    limited += count if status == "429" else 0
    return {
        "total_requests": total,
        "successful_requests": successful,
        "failed_requests": total - successful,
        "rate_limited_requests": limited,
        "avg_response_time_ms": round(1000 * seconds / total, 3) if total else 0.0,
        "requests_by_endpoint": by_endpoint,
        "errors_by_type": by_status,
    }
