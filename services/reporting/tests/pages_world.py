"""The pages over HTTP, with reporting in memory behind them, and somebody of finance who can read their phone."""

from __future__ import annotations

import re
from types import TracebackType
from typing import Self

import httpx
from aiohttp import web

from services.reporting.app import make
from services.reporting.store import ROWS
from services.reporting.tests.data import fill
from shared.contracts.conversation import FinanceHeard
from shared.contracts.notifier import PlainText, SendMessage
from shared.http.inside import TOKEN_HEADER
from shared.kernel.ids import MemberId
from shared.testing.harness import Harness, common_settings

TREASURER, SECRETARY = MemberId("M-treasurer"), MemberId("M-secretary")
PHONES = {TREASURER: "+263773000001", SECRETARY: "+263773000002"}
TOKEN = common_settings().service_token.get_secret_value()


class Browser:
    """A browser that keeps cookies and fills in forms."""

    def __init__(self, base: str) -> None:
        self.http = httpx.AsyncClient(base_url=base, headers={TOKEN_HEADER: TOKEN}, follow_redirects=True)
        self.page = ""

    async def get(self, path: str) -> httpx.Response:
        answer = await self.http.get(path)
        if answer.headers["content-type"].startswith("text/html"):
            self.page = answer.text
        return answer

    async def send(self, path: str, file: bytes | None = None, /, **fields: str) -> httpx.Response:
        """Send a form of the page at hand, with its token and hidden fields."""
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', self.page))
        files = None if file is None else {"file": ("statement.csv", file, "text/csv")}
        answer = await self.http.post(path, data={**hidden, **fields}, files=files)
        self.page = answer.text
        return answer


class PagesWorld:
    """`async with PagesWorld() as world`: the pages at `world.base`."""

    def __init__(self) -> None:
        self.harness = Harness({"reporting": make})
        self._browsers: list[Browser] = []

    async def __aenter__(self) -> Self:
        await self.harness.__aenter__()
        app = web.Application(client_max_size=4 * 2**20)
        routes = self.harness.services["reporting"].routes
        assert routes is not None
        routes(app)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.base = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        for member, phone in PHONES.items():
            await self.harness.say(FinanceHeard(member=member, phone=phone, at=self.harness.clock.now()))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for browser in self._browsers:
            await browser.http.aclose()
        await self._runner.cleanup()
        await self.harness.__aexit__(kind, error, trace)

    async def fill(self, count: int) -> None:
        """Payments of November 2026; the clock stands on its 24th, at ten in Harare."""
        await fill(self.harness.running["reporting"].stores.of(ROWS), count)

    async def quiet(self) -> None:
        """Wait until what was sent is handled, also when the first publish failed and the sweep made up for it."""
        await self.harness.advance(12, step=2)

    def browser(self) -> Browser:
        """A fresh one."""
        browser = Browser(self.base)
        self._browsers.append(browser)
        return browser

    def code(self, member: MemberId) -> str:
        """The latest code on a phone."""
        message = [said for said in self.harness.all(SendMessage) if said.member == member][-1]
        assert isinstance(message.content, PlainText)
        found = re.search(r"\*(\d{6})\*", message.content.body)
        assert found
        assert message.template is not None
        assert (message.template.name, message.template.parameters) == ("sign_in_code", (found[1],))
        assert message.valid_until is not None, "a code that comes late is of no use"
        return found[1]

    async def signed_in(self, member: MemberId = TREASURER) -> Browser:
        """A browser in which somebody has signed in."""
        browser = self.browser()
        await browser.get("/finance/sign-in")
        await browser.send("/finance/sign-in", phone=PHONES[member])
        await self.quiet()
        answer = await browser.send("/finance/code", code=self.code(member))
        assert answer.url.path == "/finance", answer.text
        return browser
