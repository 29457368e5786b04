"""What is passed on to another service reaches it whole, with our token, and brings nothing of anybody else."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from services.gateway.app import make
from services.gateway.forward import Forward
from services.gateway.tests.conftest import Edge, sign
from shared.http.client import make_client
from shared.http.inside import only_from_inside
from shared.store.redis import connect
from shared.testing.harness import Harness, common_settings


@dataclass
class Inside:
    """The service behind: answers `answer` to whoever shows the token, after `never` if that is asked."""

    seen: list[web.Request] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        self.seen.append(request)
        self.bodies.append(await request.read())
        if "never" in request.query:
            await asyncio.Event().wait()
        headers = {"x-kept": "yes", "x-hop": "no", "connection": "x-hop", "set-cookie": "session=1"}
        return web.Response(status=207, body=b"\x00answer", headers=headers, content_type="application/pdf")


@pytest.fixture
def inside() -> Inside:
    return Inside()


@pytest.fixture
async def http(inside: Inside) -> AsyncIterator[aiohttp.ClientSession]:
    """An edge that passes all on, before a service that takes what shows the token `test`."""
    behind = web.Application()
    behind.router.add_route("*", "/inner/{rest}", only_from_inside("test", inside.take))
    async with TestServer(behind) as server, make_client("services", 5, tell_trace=True) as client:
        common = common_settings().model_copy(update={"services_url": str(server.make_url("/"))})
        forward = Forward(client, common)

        async def pass_on(request: web.Request) -> web.Response:
            return await forward.pass_on(request, "payments", f"/inner/{request.match_info['rest']}", seconds=0.3)

        app = web.Application()
        app.router.add_route("*", "/{rest}", pass_on)
        async with TestServer(app) as edge, aiohttp.ClientSession(edge.make_url("/")) as session:
            yield session


async def test_the_request_and_the_answer_are_passed_on_whole(http: aiohttp.ClientSession, inside: Inside) -> None:
    async with http.post("/code?a=1%26&b=%C3%A4", data=b"\x01body", headers={"x-mine": "kept"}) as answer:
        assert (answer.status, await answer.read()) == (207, b"\x00answer")
        assert answer.content_type == "application/pdf"
        assert answer.headers["x-kept"] == "yes"
        assert "x-hop" not in answer.headers
    [request] = inside.seen
    assert inside.bodies == [b"\x01body"]
    assert (request.method, request.path, dict(request.query)) == ("POST", "/inner/code", {"a": "1&", "b": "ä"})
    assert request.headers["x-mine"] == "kept"
    assert request.headers["x-forwarded-for"] == "127.0.0.1"


async def test_a_stranger_can_neither_show_our_token_nor_join_our_traces(
    http: aiohttp.ClientSession, inside: Inside
) -> None:
    given = {"x-service-token": "guess", "x-forwarded-for": "10.0.0.1", "traceparent": f"00-{'1' * 32}-{'2' * 16}-01"}
    async with http.get("/code", headers={**given, "connection": "x-secret", "x-secret": "hop"}) as answer:
        assert answer.status == 207
    headers = inside.seen[0].headers
    assert headers.getall("x-service-token") == ["test"]
    assert headers.getall("x-forwarded-for") == ["127.0.0.1"]
    assert headers.get("traceparent") != given["traceparent"]
    assert "x-secret" not in headers


async def test_a_cookie_given_to_one_person_does_not_go_along_with_the_next(
    http: aiohttp.ClientSession, inside: Inside
) -> None:
    for _ in range(2):
        http.cookie_jar.clear()
        async with http.get("/code") as answer:
            assert "session=1" in answer.headers["set-cookie"]
    assert [request.headers.get("cookie") for request in inside.seen] == [None, None]


async def test_a_service_that_takes_too_long_is_not_waited_for(http: aiohttp.ClientSession) -> None:
    async with http.get("/code?never=1") as answer:
        assert (answer.status, answer.content_type) == (504, "application/problem+json")


async def test_a_service_that_is_away_is_said_to_be() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    common = common_settings().model_copy(update={"services_url": f"http://127.0.0.1:{port}"})
    async with make_client("services", 5, tell_trace=True) as client:
        forward = Forward(client, common)

        async def pass_on(request: web.Request) -> web.Response:
            return await forward.pass_on(request, "payments", "/", seconds=2)

        app = web.Application()
        app.router.add_get("/", pass_on)
        async with (
            TestServer(app) as edge,
            aiohttp.ClientSession(edge.make_url("/")) as session,
            session.get("/") as answer,
        ):
            assert (answer.status, answer.headers["retry-after"]) == (503, "5")


async def test_who_shows_no_token_is_refused() -> None:
    inside = Inside()
    app = web.Application()
    app.router.add_get("/", only_from_inside("test", inside.take))
    async with TestServer(app) as server, aiohttp.ClientSession(server.make_url("/")) as session:
        for headers in ({}, {"x-service-token": "wrong"}, {"x-service-token": ""}):
            async with session.get("/", headers=headers) as answer:
                assert answer.status == 403
    assert inside.seen == []


async def test_a_form_reaches_conversation_only_with_a_good_signature(
    edge: Edge, inside: Inside, valkey_url: str
) -> None:
    """432 is what a phone understands as a wrong signature (WhatsApp contract 5.2). (`edge` for its settings.)"""
    behind = web.Application()
    behind.router.add_post("/forms", only_from_inside("test", inside.take))
    client = connect(valkey_url)
    async with TestServer(behind) as server:
        common = common_settings().model_copy(update={"services_url": str(server.make_url("/"))})
        async with Harness({"gateway": make}, redis=client, common=common) as harness:
            app = web.Application()
            routes = harness.services["gateway"].routes
            assert routes is not None
            routes(app)
            async with TestServer(app) as listening, aiohttp.ClientSession(listening.make_url("/")) as http:
                for wrong in ("", sign(b"other"), "sha1=0"):
                    headers = {"x-hub-signature-256": wrong} if wrong else {}
                    async with http.post("/webhook/flow", data=b"{}", headers=headers) as answer:
                        assert answer.status == 432
                assert inside.bodies == []
                headers = {"x-hub-signature-256": sign(b"{}")}
                async with http.post("/webhook/flow", data=b"{}", headers=headers) as answer:
                    assert (answer.status, await answer.read()) == (207, b"\x00answer")
    await client.aclose()
    assert inside.bodies == [b"{}"]
