"""The receiver: real exports over HTTP, bad bodies, bounds."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Link, SpanKind, Status, StatusCode, set_span_in_context

from sandbox.console.app import MAX_BODY, make_app
from sandbox.console.otlp import MAX_TEXT, NotOtlp, read_export
from sandbox.console.spans import MAX_SPANS_OF_A_TRACE, Span, TraceStore
from sandbox.settings import SandboxSettings

PROTOBUF = {"Content-Type": "application/x-protobuf"}


@pytest.fixture
async def console() -> AsyncIterator[TestClient[Any, Any]]:
    async with TestClient(TestServer(make_app(SandboxSettings(_env_file=None)))) as client:
        yield client


def provider_of(service: str, console: TestClient[Any, Any], compression: Compression) -> TracerProvider:
    provider = TracerProvider(resource=Resource.create({"service.name": service}), shutdown_on_exit=False)
    exporter = OTLPSpanExporter(endpoint=str(console.make_url("/v1/traces")), compression=compression)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider


@pytest.mark.parametrize("compression", [Compression.NoCompression, Compression.Gzip, Compression.Deflate])
async def test_spans_that_the_real_exporter_sends_come_out_as_they_went_in(
    console: TestClient[Any, Any], compression: Compression
) -> None:
    gateway = provider_of("gateway", console, compression)
    payments = provider_of("payments", console, compression)
    other = gateway.get_tracer("t").start_span("other")
    with gateway.get_tracer("t").start_as_current_span(
        "POST /webhook", kind=SpanKind.SERVER, attributes={"updates": 3, "new": True, "sizes": [1, 2], "share": 0.5}
    ) as root:
        child = payments.get_tracer("t").start_span(
            "settle", context=set_span_in_context(root), links=[Link(other.get_span_context())]
        )
        child.add_event("refused", {"by": "rule"})
        child.set_status(Status(StatusCode.ERROR, "Away"))
        child.end()
    for provider in (gateway, payments):
        assert await asyncio.to_thread(provider.force_flush)
        await asyncio.to_thread(provider.shutdown)

    trace_id = f"{root.get_span_context().trace_id:032x}"
    answer = await console.get(f"/traces/{trace_id}.json")
    first, second = await answer.json()

    assert (first["service"], first["name"], first["kind"]) == ("gateway", "POST /webhook", "server")
    assert (first["trace_id"], first["parent_span_id"], first["status"]) == (trace_id, None, "unset")
    assert first["attributes"] == {"updates": "3", "new": "true", "sizes": "1, 2", "share": "0.5"}
    assert first["start"] <= second["start"] <= second["end"] <= first["end"]
    assert (second["service"], second["name"]) == ("payments", "settle")
    assert second["parent_span_id"] == first["span_id"] == f"{root.get_span_context().span_id:016x}"
    assert (second["status"], second["status_message"]) == ("error", "Away")
    context = other.get_span_context()
    assert second["links"] == [{"trace_id": f"{context.trace_id:032x}", "span_id": f"{context.span_id:016x}"}]
    assert [(event["name"], event["attributes"]) for event in second["events"]] == [("refused", {"by": "rule"})]


def export(*, trace_id: bytes = b"t" * 16, span_id: bytes = b"s" * 8, **fields: Any) -> ExportTraceServiceRequest:
    request = ExportTraceServiceRequest()
    span = request.resource_spans.add().scope_spans.add().spans.add(trace_id=trace_id, span_id=span_id, **fields)
    assert span.span_id == span_id
    return request


@pytest.mark.parametrize(
    ("body", "headers", "status", "says"),
    [
        (b"\xff\xfenot protobuf", PROTOBUF, 400, "not an OTLP export"),
        (export(trace_id=b"short").SerializeToString(), PROTOBUF, 400, "trace id"),
        (export(trace_id=bytes(16)).SerializeToString(), PROTOBUF, 400, "trace id"),
        (export(span_id=b"").SerializeToString(), PROTOBUF, 400, "id that is not 8 bytes"),
        (b"{}", {"Content-Type": "application/json"}, 415, "application/x-protobuf"),
        (b"no gzip at all", PROTOBUF | {"Content-Encoding": "gzip"}, 400, "Content-Encoding"),
    ],
)
async def test_a_body_that_does_not_fit_is_refused_in_one_sentence_and_leaves_nothing(
    console: TestClient[Any, Any], body: bytes, headers: dict[str, str], status: int, says: str
) -> None:
    answer = await console.post("/v1/traces", data=body, headers=headers)
    text = await answer.text()
    assert (answer.status, text.count("\n")) == (status, 0)
    assert says in text
    assert text.endswith(".")
    assert await (await console.get("/traces.json")).json() == []


async def test_a_compressed_body_that_grows_beyond_the_limit_is_refused(console: TestClient[Any, Any]) -> None:
    bomb = gzip.compress(bytes(MAX_BODY + 1))
    answer = await console.post("/v1/traces", data=bomb, headers=PROTOBUF | {"Content-Encoding": "gzip"})
    assert answer.status == 413


async def test_one_bad_span_spoils_its_whole_export_and_no_other(console: TestClient[Any, Any]) -> None:
    bad = export()
    bad.MergeFrom(export(span_id=b"bad"))
    await console.post("/v1/traces", data=bad.SerializeToString(), headers=PROTOBUF)
    good = await console.post("/v1/traces", data=export(name="good").SerializeToString(), headers=PROTOBUF)
    assert good.status == 200
    assert [span["name"] for span in await (await console.get("/traces.json")).json()] == ["good"]


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    try:
        read_export(body)
    except NotOtlp as error:
        assert str(error).endswith(".")


def test_long_texts_and_times_that_run_backwards_are_cut_to_what_fits() -> None:
    [span] = read_export(
        export(name="n" * 5000, start_time_unix_nano=2**64 - 1, end_time_unix_nano=5).SerializeToString()
    )
    assert len(span.name) == MAX_TEXT
    assert span.end == span.start


async def test_a_span_from_a_senseless_time_breaks_no_page(console: TestClient[Any, Any]) -> None:
    senseless = export(name="far", start_time_unix_nano=2**64 - 1)
    await console.post("/v1/traces", data=senseless.SerializeToString(), headers=PROTOBUF)
    for path in ("/", "/traces", f"/traces/{(b't' * 16).hex()}", "/traces.json"):
        answer = await console.get(path)
        assert answer.status == 200, path
        assert "far" in await answer.text(), path


def span(trace: int, number: int, start: int = 0) -> Span:
    return Span(
        trace_id=f"{trace:032x}",
        span_id=f"{number:016x}",
        parent_span_id=None,
        service="gateway",
        name="n",
        kind="internal",
        start=start,
        end=start + 1,
        status="unset",
        status_message="",
        attributes={},
    )


def kept(store: TraceStore) -> list[int]:
    return sorted(int(trace.trace_id, 16) for trace in store.latest())


def test_the_trace_that_was_silent_longest_makes_room_and_a_long_lived_one_stays() -> None:
    store = TraceStore(max_traces=2)
    store.add([span(1, 1), span(2, 1)])
    store.add([span(1, 2)])
    store.add([span(3, 1)])
    assert kept(store) == [1, 3]


def test_all_spans_together_are_bounded() -> None:
    store = TraceStore(max_spans=3)
    store.add([span(1, 1), span(1, 2), span(2, 1), span(2, 2)])
    assert kept(store) == [2]
    # The room of those that went is free again.
    store.add([span(3, 1)])
    assert kept(store) == [2, 3]


def test_one_trace_cannot_take_all_room_and_says_what_it_left_out() -> None:
    store = TraceStore(of_one=2)
    store.add([span(1, number) for number in range(1, 6)])
    trace = store.get(f"{1:032x}")
    assert trace is not None
    assert (len(trace.spans), trace.left_out) == (2, 3)


def test_a_span_that_is_exported_twice_counts_once() -> None:
    store = TraceStore(max_spans=2)
    store.add([span(1, 1), span(1, 1), span(1, 1), span(2, 1)])
    assert kept(store) == [1, 2]


async def test_answers_carry_the_policy_and_no_page_has_inline_script_or_style(
    console: TestClient[Any, Any],
) -> None:
    await console.post("/v1/traces", data=export(name="<b onclick=x>").SerializeToString(), headers=PROTOBUF)
    for path in ("/", "/traces", f"/traces/{(b't' * 16).hex()}", "/traces/none"):
        answer = await console.get(path)
        html = await answer.text()
        assert "script-src 'self'; style-src 'self'" in answer.headers["Content-Security-Policy"]
        assert " style=" not in html
        assert "<style" not in html
        assert "<b onclick" not in html
        assert html.count("<script") == html.count('<script type="module" src="/static/')


async def test_the_start_page_shows_what_each_service_did_and_where_all_is(console: TestClient[Any, Any]) -> None:
    empty = await (await console.get("/")).text()
    assert "No service has told anything yet" in empty
    await console.post("/v1/traces", data=export(name="settle").SerializeToString(), headers=PROTOBUF)
    html = await (await console.get("/")).text()
    assert ">settle</a>" in html
    for href in ("/phone", "/traces", "/paynow/_sim/", "http://127.0.0.1:8010/health"):
        assert f'href="{href}"' in html


async def test_the_page_of_a_trace_tells_bars_errors_links_and_a_table(console: TestClient[Any, Any]) -> None:
    callback = export(trace_id=b"c" * 16, span_id=b"callback", name="callback")
    settle = export(span_id=b"settling", name="settle")
    child = (
        settle.resource_spans[0]
        .scope_spans[0]
        .spans.add(
            trace_id=b"t" * 16, span_id=b"childish", parent_span_id=b"settling", name="poll", start_time_unix_nano=1
        )
    )
    child.status.code = child.status.STATUS_CODE_ERROR
    child.status.message = "Away"
    child.links.add(trace_id=b"c" * 16, span_id=b"callback")
    for body in (settle, callback):
        await console.post("/v1/traces", data=body.SerializeToString(), headers=PROTOBUF)

    donation, other = (b"t" * 16).hex(), (b"c" * 16).hex()
    html = await (await console.get(f"/traces/{donation.upper()}")).text()
    assert html.count('class="bar"') == 2
    assert "within settle" in html
    assert "✕ Away" in html
    assert f'href="/traces/{other}#span-{b"callback".hex()}"' in html
    assert html.count('<th scope="row">') == 2
    assert (
        f'href="/traces/{donation}?scale=time" aria-current'
        in await (await console.get(f"/traces/{donation}?scale=time")).text()
    )
    # The trace that is linked to tells who points at it.
    assert f'href="/traces/{donation}#span-{b"childish".hex()}"' in await (await console.get(f"/traces/{other}")).text()


async def test_a_trace_that_is_not_kept_is_told_so(console: TestClient[Any, Any]) -> None:
    answers = [await console.get(path) for path in ("/traces/" + "0" * 32, "/traces/" + "0" * 32 + ".json")]
    assert [answer.status for answer in answers] == [404, 404]
    assert "No such trace is kept here" in await answers[0].text()
    assert await answers[1].json() == {"error": "No such trace is kept here."}


async def test_a_trace_as_deep_as_it_may_be_is_drawn_whole(console: TestClient[Any, Any]) -> None:
    big = ExportTraceServiceRequest()
    scope = big.resource_spans.add().scope_spans.add()
    for number in range(1, MAX_SPANS_OF_A_TRACE + 4):
        parent = (number - 1).to_bytes(8, "big") if number > 1 else b""
        scope.spans.add(
            trace_id=b"t" * 16, span_id=number.to_bytes(8, "big"), parent_span_id=parent, start_time_unix_nano=number
        )
    await console.post("/v1/traces", data=big.SerializeToString(), headers=PROTOBUF)
    html = await (await console.get(f"/traces/{(b't' * 16).hex()}")).text()
    assert html.count('class="bar"') == MAX_SPANS_OF_A_TRACE
    assert "3 more spans came" in html
