"""Finance's pages are reporting's own: the gateway hands on what is under /finance, and nothing else."""

from __future__ import annotations

from typing import Any, cast

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer
from yarl import URL

from services.gateway.forward import Forward
from services.gateway.routes import Routes
from shared.http.client import make_client
from shared.http.inside import only_from_inside
from shared.testing.harness import common_settings

NOT_USED = cast(Any, None)


async def test_pages_forms_and_cookies_pass_between_the_browser_and_reporting() -> None:
    seen: list[tuple[str, str, str]] = []

    async def page(request: web.Request) -> web.Response:
        seen.append((request.method, request.rel_url.raw_path_qs, await request.text()))
        response = web.Response(status=303, headers={"location": "/finance"})
        response.set_cookie("finance", "signed", path="/finance", httponly=True)
        return response

    reporting = web.Application()
    reporting.router.add_route("*", "/{rest:.*}", only_from_inside("test", page))
    async with TestServer(reporting) as behind, make_client("services", 5, tell_trace=True) as client:
        common = common_settings().model_copy(update={"services_url": str(behind.make_url("/"))})
        gateway = web.Application()
        routes = Routes(
            NOT_USED, NOT_USED, NOT_USED, Forward(client, common), NOT_USED, NOT_USED, NOT_USED, NOT_USED, NOT_USED
        )
        routes.add_to(gateway)
        async with TestServer(gateway) as edge, aiohttp.ClientSession() as http:
            for method, path, body in (
                ("GET", "/finance", ""),
                ("GET", "/finance/", ""),
                ("GET", "/finance/payments?q=a%26b&page=2", ""),
                ("POST", "/finance/exceptions/X-1", "do=note"),
            ):
                url = URL(f"{edge.make_url('/')}".rstrip("/") + path, encoded=True)
                async with http.request(method, url, data=body or None, allow_redirects=False) as answer:
                    assert (answer.status, answer.headers["location"]) == (303, "/finance")
                    assert "HttpOnly" in answer.headers["set-cookie"]
                assert seen[-1] == (method, path.rstrip("/"), body), "a slash at the end is no other page"
            count = len(seen)
            for path in ("/financed", "/report_files/F-1", "/finance/../metrics", "/finance/%2e%2e/metrics"):
                url = URL(f"{edge.make_url('/')}".rstrip("/") + path, encoded=True)
                async with http.get(url, allow_redirects=False) as answer:
                    assert answer.status == 404
            assert seen[count:] == []
