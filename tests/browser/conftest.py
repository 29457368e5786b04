"""One product and one browser for all tests here; each test has a page with memories of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, async_playwright

from tests.browser.chromium import launch
from tests.browser.phones import PhonePage
from tests.journeys.system import System


@pytest.fixture(scope="package")
def system(tmp_path_factory: pytest.TempPathFactory, mongo_url: str) -> Iterator[System]:
    with System(tmp_path_factory.mktemp("browser"), mongo_url, WHATSAPP_TIME_SCALE="1") as running:
        yield running


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        running = await launch(playwright)
        yield running
        await running.close()


@pytest_asyncio.fixture(loop_scope="package")
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    made = await browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    yield made
    await made.close()


@pytest_asyncio.fixture(loop_scope="package")
async def page(context: BrowserContext, system: System) -> AsyncIterator[PhonePage]:
    """The phone page, opened; whatever goes wrong in its script fails the test."""
    opened = await context.new_page()
    wrong: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    await opened.goto(f"{system.sandbox}/phone")
    yield PhonePage(opened)
    assert wrong == []
