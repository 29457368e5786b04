"""The console's application: start page, traces as pages and as JSON, and the OTLP receiver that feeds them."""

from __future__ import annotations

from collections import defaultdict
from operator import attrgetter
from typing import Any

from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from sandbox.console import looks
from sandbox.console.otlp import NotOtlp, read_export
from sandbox.console.pages import STATIC, TEMPLATES, page, secure
from sandbox.console.phone_page import phone_page
from sandbox.console.spans import Span, TraceStore
from sandbox.console.waterfall import lay_out
from sandbox.settings import SandboxSettings

MAX_BODY = 16 * 1024 * 1024
TRACES_ON_PAGE = 100
SPANS_ON_CARD = 5

TEMPLATES.filters |= {
    "clock": looks.clock,
    "day": looks.day,
    "iso": looks.iso,
    "duration": looks.duration,
    "offset": looks.offset,
    "breakable": looks.breakable,
    "colour": looks.colour,
}


class Console:
    """What the pages show: the traces received since the start."""

    def __init__(self, settings: SandboxSettings) -> None:
        self._settings = settings
        self._traces = TraceStore()

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/", self._index)
        app.router.add_get("/phone", phone_page)
        app.router.add_post("/v1/traces", self._receive)
        app.router.add_get("/traces", self._list)
        app.router.add_get("/traces.json", self._all_spans)
        app.router.add_get("/traces/{trace_id:[^/.]+}.json", self._spans_of_trace)
        app.router.add_get("/traces/{trace_id}", self._waterfall)
        app.router.add_static("/static", STATIC)

    async def _index(self, _: web.Request) -> web.Response:
        latest: defaultdict[str, list[Span]] = defaultdict(list)
        for span in sorted(self._traces.spans(), key=attrgetter("start"), reverse=True):
            if len(latest[span.service]) < SPANS_ON_CARD:
                latest[span.service].append(span)
        services = sorted(latest.items(), key=lambda item: looks.rank(item[0]))
        return page("index.html", gateway_url=self._settings.gateway_url, services=services, here_url=self._here())

    def _here(self) -> str:
        return f"http://127.0.0.1:{self._settings.sandbox_port}"

    async def _receive(self, request: web.Request) -> web.Response:
        """OTLP over HTTP: 200 and an empty export response, or 400, 413, 415 with one sentence."""
        if request.content_type != "application/x-protobuf":
            return web.Response(status=415, text="Traces are taken as OTLP in protobuf (application/x-protobuf).")
        try:
            spans = read_export(await request.read())
        except web.RequestPayloadError:
            broken = web.Response(status=400, text="The body is not compressed as its Content-Encoding says.")
            # Where this body ends cannot be known, so nothing may follow on the connection.
            broken.force_close()
            return broken
        except NotOtlp as error:
            return web.Response(status=400, text=str(error))
        self._traces.add(spans)
        answer = ExportTraceServiceResponse().SerializeToString()
        return web.Response(body=answer, content_type="application/x-protobuf")

    async def _list(self, _: web.Request) -> web.Response:
        traces = self._traces.latest()
        return page("traces.html", traces=traces[:TRACES_ON_PAGE], kept=len(traces), here_url=self._here())

    async def _waterfall(self, request: web.Request) -> web.Response:
        """`?scale=time` draws every second as wide as the others; otherwise long silences are closed."""
        trace = self._traces.get(request.match_info["trace_id"].lower())
        if trace is None:
            return page("no_trace.html", status=404)
        to_time = request.query.get("scale") == "time"
        linked_ids = dict.fromkeys(link.trace_id for span in trace.spans for link in span.links)
        return page(
            "trace.html",
            trace=trace,
            fall=lay_out(trace, to_time=to_time),
            to_time=to_time,
            services=[(name, [s for s in trace.spans if s.service == name]) for name in trace.services],
            links_to={other: self._traces.get(other) for other in linked_ids if other != trace.trace_id},
            linked_from=self._traces.linking_to(trace.trace_id),
        )

    async def _all_spans(self, _: web.Request) -> web.Response:
        """Every span that is kept: newest trace first, in a trace by start."""
        return web.json_response([_as_json(span) for trace in self._traces.latest() for span in trace.spans])

    async def _spans_of_trace(self, request: web.Request) -> web.Response:
        trace = self._traces.get(request.match_info["trace_id"].lower())
        if trace is None:
            return web.json_response({"error": "No such trace is kept here."}, status=404)
        return web.json_response([_as_json(span) for span in trace.spans])


def _as_json(span: Span) -> dict[str, Any]:
    """Times in UTC to the microsecond; durations in milliseconds."""
    return {
        "trace_id": span.trace_id,
        "span_id": span.span_id,
        "parent_span_id": span.parent_span_id,
        "service": span.service,
        "name": span.name,
        "kind": span.kind,
        "start": looks.iso(span.start),
        "end": looks.iso(span.end),
        "duration_ms": span.duration / 1e6,
        "status": span.status,
        "status_message": span.status_message,
        "attributes": span.attributes,
        "links": [{"trace_id": link.trace_id, "span_id": link.span_id} for link in span.links],
        "events": [
            {"name": event.name, "at": looks.iso(event.at), "attributes": event.attributes} for event in span.events
        ],
    }


def make_app(settings: SandboxSettings) -> web.Application:
    """The root application of the sandbox; its parts are mounted on it."""
    app = web.Application(client_max_size=MAX_BODY)
    app.on_response_prepare.append(secure)
    Console(settings).add_routes(app)
    return app
