"""The pages of finance in Chromium: signed in to, searched, downloaded from, by keyboard, and without a barrier."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from services.reporting.tests.pages_world import PHONES, TOKEN, TREASURER, PagesWorld
from shared.http.inside import TOKEN_HEADER
from tests.browser.phones import barriers

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]

PAGES = (
    "",
    "/payments",
    "/payments/P-000000000001",
    "/exceptions",
    "/reports",
    "/donors",
    "/volunteers",
    "/audit",
    "/settings",
)


@pytest_asyncio.fixture(loop_scope="package")
async def world(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[PagesWorld]:
    monkeypatch.setenv("COOKIE_KEY", "test-cookie-key-test-cookie-key!")
    monkeypatch.setenv("FINANCE_PHONE", ",".join(PHONES.values()))
    monkeypatch.setenv("ORGANISATION_NAME", "Ruvimbo Development Church")
    async with PagesWorld() as world:
        await world.fill(300)
        yield world


class Visitor:
    """A page as if behind the gateway; what the browser complained of, and what it asked elsewhere, is kept."""

    def __init__(self, page: Page, base: str) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.elsewhere: list[str] = []
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("request", lambda request: self._saw(request.url, base))

    def _saw(self, url: str, base: str) -> None:
        if not url.startswith(base):
            self.elsewhere.append(url)


async def visitor(browser: Browser, world: PagesWorld, *, width: int = 1280, dark: bool = False) -> Visitor:
    context = await browser.new_context(
        base_url=world.base,
        viewport={"width": width, "height": 900},
        color_scheme="dark" if dark else "light",
        extra_http_headers={TOKEN_HEADER: TOKEN},
    )
    return Visitor(await context.new_page(), world.base)


async def sign_in(page: Page, world: PagesWorld) -> None:
    """By keyboard alone."""
    await page.goto("/finance")
    await expect(page.get_by_label("Phone number")).to_be_focused()
    await page.keyboard.type("0773 000 001")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Type the code")).to_be_visible()
    await expect(page.get_by_label("Code")).to_be_focused()
    await world.quiet()
    await page.keyboard.type(world.code(TREASURER))
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="24 November 2026")).to_be_visible()


async def test_a_wrong_code_is_told_and_the_right_one_signs_in_by_keyboard(browser: Browser, world: PagesWorld) -> None:
    page = (await visitor(browser, world)).page
    await page.goto("/finance")
    await page.get_by_label("Phone number").fill("0773 000 001")
    await page.get_by_role("button", name="Send me a code").click()
    await world.quiet()
    wrong = f"{(int(world.code(TREASURER)) + 1) % 1_000_000:06}"
    await page.get_by_label("Code").fill(wrong)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("alert")).to_contain_text("4 more times")
    await sign_in(page, world)
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    await page.goto("/finance/payments")
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


async def test_payments_are_searched_and_their_export_is_downloaded(
    browser: Browser, world: PagesWorld, tmp_path: Path
) -> None:
    page = (await visitor(browser, world)).page
    await sign_in(page, world)
    await page.get_by_role("link", name="Payments").click()
    await page.get_by_role("searchbox").fill("sibanda")
    await page.get_by_label("State").select_option("Settled")
    await page.get_by_role("button", name="Show").click()
    rows = page.locator("table.rows tbody tr")
    assert await rows.count() > 0
    assert all("Sibanda" in text for text in await rows.all_inner_texts())
    async with page.expect_download() as downloading:
        await page.get_by_role("link", name="Export these as CSV").click()
    file = tmp_path / "payments.csv"
    await (await downloading.value).save_as(file)
    assert len(file.read_text("utf-8-sig").splitlines()) == await rows.count() + 1
    await rows.first.get_by_role("link").click()
    await expect(page.get_by_role("heading", name="Trail")).to_be_visible()


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
async def test_no_page_has_a_barrier_or_is_wider_than_its_window(
    browser: Browser, world: PagesWorld, tmp_path: Path, width: int, dark: bool
) -> None:
    visiting = await visitor(browser, world, width=width, dark=dark)
    page = visiting.page
    await sign_in(page, world)
    for path in PAGES:
        await page.goto(f"/finance{path}")
        await page.screenshot(path=tmp_path / f"finance{path.replace('/', '-')}-{width}.png", full_page=True)
        wider = await page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wider <= 0, f"{path} is {wider} pixels too wide"
        cut = await page.evaluate("[...document.querySelectorAll('.scroll')].some(t => t.scrollWidth > t.clientWidth)")
        assert not cut, f"a table of {path} has its amounts out of sight"
        assert await barriers(page) == []
    assert visiting.complaints == visiting.elsewhere == []
