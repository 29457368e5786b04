"""The page of a receipt is payments' own: the gateway hands the code on, whatever is in it."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import unquote

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from yarl import URL

from services.gateway.forward import Forward
from services.gateway.routes import Routes
from shared.http.client import make_client
from shared.http.inside import only_from_inside
from shared.testing.harness import common_settings

NOT_USED = cast(Any, None)


@pytest.mark.parametrize("code", ["2026-000001", "R1.abc-_.def", "a%2Fb%3Fc", "%C3%A4%20%3Cscript%3E"])
async def test_a_code_reaches_payments_as_it_was_given_with_our_token(code: str) -> None:
    seen: list[str] = []

    async def page(request: web.Request) -> web.Response:
        seen.append(request.match_info["code"])
        return web.Response(status=404, text="<p>not known", content_type="text/html")

    payments = web.Application()
    payments.router.add_get("/verify/{code}", only_from_inside("test", page))
    async with TestServer(payments) as behind, make_client("services", 5, tell_trace=True) as client:
        common = common_settings().model_copy(update={"services_url": str(behind.make_url("/"))})
        forward = Forward(client, common)
        gateway = web.Application()
        Routes(NOT_USED, NOT_USED, NOT_USED, forward, NOT_USED, NOT_USED, NOT_USED, NOT_USED, NOT_USED).add_to(gateway)
        async with TestServer(gateway) as edge, aiohttp.ClientSession() as http:
            async with http.get(URL(f"{edge.make_url('/verify/')}{code}", encoded=True)) as answer:
                assert (answer.status, answer.content_type) == (404, "text/html")
            async with http.get(edge.make_url("/verify/")) as answer:
                assert answer.status == 404
    assert seen == [unquote(code)]
