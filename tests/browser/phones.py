"""The phone page as a person uses it: by what can be read, tapped and typed."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from playwright.async_api import Locator, Page, expect

SERIOUS = ("serious", "critical")
# Two busy cores may need a while for what is there at once on an idle machine.
expect.set_options(timeout=30_000)
AXE = (files("axe_playwright_python") / "axe.min.js").read_text()


class OnePhone:
    """One phone on the page."""

    def __init__(self, page: Page, name: str) -> None:
        self._page = page
        self.panel = page.get_by_role("tabpanel", name=name, exact=True)
        self.log = self.panel.get_by_role("log")
        self.box = self.panel.get_by_role("textbox", name="Message")

    @property
    def last(self) -> Locator:
        """The newest bubble of the bot, with its choices."""
        return self.log.locator(".bot").last

    async def says(self, text: str) -> None:
        await self.box.fill(text)
        await self.box.press("Enter")

    async def hears(self, text: str) -> None:
        """Wait until the newest bubble of the bot has these words."""
        await expect(self.last).to_contain_text(text)

    async def taps(self, title: str) -> None:
        await self.last.get_by_role("button", name=title, exact=True).click()

    async def picks(self, opener: str, row: str) -> None:
        """Open the list and tap a row of it."""
        await self.taps(opener)
        await self._page.get_by_role("dialog", name=opener).get_by_role("button", name=row).click()


class PhonePage:
    """The whole page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def phone(self, name: str) -> OnePhone:
        return OnePhone(self.page, name)

    async def reach(self, place: Locator, by: str = "Tab") -> None:
        """Go to a place by one key alone."""
        for _press in range(40):
            if await place.evaluate("element => element === document.activeElement"):
                return
            await self.page.keyboard.press(by)
        raise AssertionError(f"{by} does not reach {place}")

    def tab(self, name: str) -> Locator:
        return self.page.get_by_role("tab", name=name)


async def barriers(page: Page) -> list[str]:
    """What axe finds that keeps people out, in words."""
    await page.evaluate(AXE)
    found: dict[str, Any] = await page.evaluate("axe.run()")
    assert found["passes"], "axe has looked at nothing"
    return [
        f"{violation['id']}: {node['html'][:200]}"
        for violation in found["violations"]
        if violation["impact"] in SERIOUS
        for node in violation["nodes"]
    ]
