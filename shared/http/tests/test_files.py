"""Files are fetched by who was given their address, as long as it holds, and byte for byte."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta
from types import ModuleType
from urllib.parse import urlsplit

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from shared.contracts.files import FileRef
from shared.http.files import FILES, LIFE, PART, Files
from shared.runtime.service import Service, Tools
from shared.testing.harness import Harness, look_every

PDF = b"%PDF-\x00\xff"


class Maker:
    """A service that keeps files, with its port."""

    def __init__(self) -> None:
        self.harness = Harness({"credex": self._make})
        self.files: Files

    def _make(self, tools: Tools) -> Service:
        self.files = Files("credex", tools)
        return Service(name="credex", settings=None, handlers=ModuleType("none"), kinds=(FILES,))

    async def fetch(self, http: aiohttp.ClientSession, url: str) -> tuple[int, bytes, str]:
        parts = urlsplit(url)
        async with http.get(f"{parts.path}?{parts.query}") as answer:
            return answer.status, await answer.read(), answer.headers.get("content-disposition", "")

    async def keep(self, name: str = "receipt 2026-000001.pdf") -> FileRef:
        return await self.files.keep(PDF, name=name, type="application/pdf")


@pytest.fixture
async def maker() -> AsyncIterator[Maker]:
    maker = Maker()
    async with maker.harness:
        yield maker


@pytest.fixture
async def http(maker: Maker) -> AsyncIterator[aiohttp.ClientSession]:
    app = web.Application()
    maker.files.add_to(app)
    async with TestServer(app) as server, aiohttp.ClientSession(server.make_url("/")) as session:
        yield session


async def test_a_file_is_fetched_as_it_was_kept(maker: Maker, http: aiohttp.ClientSession) -> None:
    kept = await maker.keep()

    assert kept.url.startswith("http://127.0.0.1:8013/files/F-")
    assert (kept.size, kept.sha256) == (len(PDF), hashlib.sha256(PDF).hexdigest())
    status, body, disposition = await maker.fetch(http, kept.url)
    assert (status, body) == (200, PDF)
    assert disposition == "attachment; filename*=UTF-8''receipt%202026-000001.pdf"


async def test_the_same_file_again_is_stored_once(maker: Maker) -> None:
    assert await maker.keep() == await maker.keep()
    await maker.keep("other.pdf")

    assert len(maker.harness.documents("credex", FILES)) == 2


@pytest.mark.parametrize("change", [("expires=1", "expires=2"), ("signature=", "signature=0"), ("F-", "F-0")])
async def test_an_address_that_was_changed_leads_nowhere(
    maker: Maker, http: aiohttp.ClientSession, change: tuple[str, str]
) -> None:
    kept = await maker.keep()

    assert (await maker.fetch(http, kept.url.replace(*change)))[0] == 403
    assert (await maker.fetch(http, urlsplit(kept.url).path))[0] == 403


async def test_an_address_expires_and_a_file_made_again_has_its_whole_life(
    maker: Maker, http: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_every(600, monkeypatch)
    first = await maker.keep()
    await maker.harness.clock.advance(LIFE.total_seconds() - 1)
    assert (await maker.fetch(http, first.url))[0] == 200
    await maker.harness.clock.advance(1)
    assert (await maker.fetch(http, first.url))[0] == 410

    await maker.harness.clock.advance((LIFE / 2).total_seconds())
    again = await maker.keep()
    await maker.harness.clock.advance((LIFE - timedelta(seconds=2)).total_seconds())
    await maker.keep("another.pdf")  # the memory store forgets when it is written
    assert (await maker.fetch(http, again.url))[0] == 200


async def test_a_file_that_is_gone_is_said_to_be(maker: Maker, http: aiohttp.ClientSession) -> None:
    elsewhere = Maker()
    async with elsewhere.harness:
        kept = await elsewhere.keep()

    assert (await maker.fetch(http, kept.url))[0] == 404


async def test_a_file_of_several_parts_is_fetched_whole(maker: Maker, http: aiohttp.ClientSession) -> None:
    content = bytes(range(256)) * (2 * PART // 256 + 1)
    kept = await maker.files.keep(content, name="large.csv", type="text/csv")
    assert len(maker.harness.documents("credex", FILES)) == 3
    status, fetched, _ = await maker.fetch(http, kept.url)
    assert (status, kept.size) == (200, len(content))
    assert hashlib.sha256(fetched).hexdigest() == kept.sha256
