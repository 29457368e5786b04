"""Metrics: counted anywhere by module-level instruments, shown by the host in Prometheus' format."""

from __future__ import annotations

from opentelemetry import metrics
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.resources import Resource
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest

_meter = metrics.get_meter("ruvimbo")

handled = _meter.create_counter("ruvimbo_messages_handled", description="Messages handled, by outcome")
handling_seconds = _meter.create_histogram(
    "ruvimbo_handling_seconds", unit="s", description="Time from delivery to acknowledgement"
)
outcalls = _meter.create_counter("ruvimbo_outcalls", description="Calls to vendors, by kind and outcome")
dead_lettered = _meter.create_counter("ruvimbo_dead_letters", description="Messages that could not be handled")
refused_requests = _meter.create_counter(
    "ruvimbo_refused_requests", description="Requests refused at the edge, by cause"
)
accepted_updates = _meter.create_counter(
    "ruvimbo_accepted_updates", description="Updates accepted at the edge, by kind, and whether they were new"
)


def start_metrics() -> None:
    """Collect from now on. Once per process."""
    provider = MeterProvider(
        resource=Resource.create({"service.namespace": "ruvimbo"}), metric_readers=[PrometheusMetricReader()]
    )
    metrics.set_meter_provider(provider)


def metrics_page() -> tuple[bytes, str]:
    """All figures in Prometheus' text format, and its content type."""
    return generate_latest(REGISTRY), CONTENT_TYPE_LATEST
