"""Takes the README's pictures anew: `python -m tests.browser.pictures [SANDBOX]` beside a fresh `make run`.

A donation from hello to receipt beside one that is about to be confirmed, and the trace of the first.
"""

from __future__ import annotations

import asyncio
import io
import sys

from PIL import Image
from playwright.async_api import async_playwright, expect

from tests.browser.chromium import launch
from tests.browser.phones import OnePhone, PhonePage
from tests.journeys.system import ROOT

FOLDER = ROOT / "deploy/pictures"
COLOURS = 96
SANDBOX = "http://127.0.0.1:8020"


async def main(sandbox: str) -> None:
    async with async_playwright() as playwright:
        browser = await launch(playwright)
        shown = await browser.new_page(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
        await shown.goto(f"{sandbox}/phone")
        page = PhonePage(shown)
        tariro = page.phone("Tariro Moyo")
        await _asked(page.phone("Themba Ndlovu"), "Themba Ndlovu", "0772 222 222")
        await _asked(tariro, "Tariro Moyo", "0771 111 111")
        await tariro.taps("Confirm")
        confirmed = tariro.log.locator(".own").last
        await tariro.hears("Receipt 2026-")
        await expect(tariro.last.get_by_role("img", name="read")).to_be_visible()
        _keep("phone", await shown.screenshot())
        await confirmed.get_by_role("link", name="Trace").click()
        _keep("trace", await shown.screenshot(full_page=True))
        await browser.close()


async def _asked(phone: OnePhone, name: str, wallet: str) -> None:
    """Until all is told but the confirmation."""
    await phone.says("hi")
    await phone.taps("Give")
    await phone.hears("full name")
    await phone.says(name)
    await phone.picks("Provinces", "Manicaland")
    await phone.picks("Towns", "Mutare")
    await phone.picks("Purposes", "Youth Conference")
    await phone.hears("How much")
    await phone.says("20 usd")
    await phone.picks("Ways to pay", "EcoCash")
    await phone.taps(wallet)
    await phone.hears("Please check")


def _keep(name: str, picture: bytes) -> None:
    """With as few colours as nobody misses: it is loaded by all who read the README."""
    Image.open(io.BytesIO(picture)).convert("RGB").quantize(COLOURS).save(FOLDER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else SANDBOX))
