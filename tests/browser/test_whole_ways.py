"""Whole ways through the product on the phone page: a gift in Shona and its receipt, and registering by form."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from services.conversation.engine.texts import Language, _, speaking
from tests.browser.phones import PhonePage, barriers
from tests.journeys.system import System

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]


def said_in(language: Language, text: str) -> str:
    """A text of the bot as the catalog has it."""
    with speaking(language):
        found = _(text)
    assert found != text, f"the catalog has no text {text!r}"
    return found


async def test_a_gift_in_shona_by_taps_ends_in_a_pdf_that_opens(page: PhonePage, system: System) -> None:
    def sn(text: str) -> str:
        return said_in("sn", text)

    name = await added(page, "Rutendo Marufu", "0774 555 001")
    rutendo = page.phone(name)
    await rutendo.says("mhoro")
    await rutendo.taps(sn("Give"))
    await rutendo.hears(sn("What is your full name?"))
    await rutendo.says(name)
    await rutendo.picks(sn("Provinces"), "Manicaland")
    await rutendo.picks(sn("Towns"), "Mutare")
    await rutendo.picks(sn("Purposes"), sn("Construction"))
    await rutendo.hears(sn("How much would you like to give? For example 20 USD."))
    await rutendo.says("20 usd")
    await rutendo.picks(sn("Ways to pay"), "EcoCash")
    await rutendo.says("0771 111 111")
    await rutendo.taps(sn("Confirm"))
    await rutendo.hears("2026-")
    await expect(rutendo.panel).not_to_contain_text("typing…")
    await expect(rutendo.log.locator(".own").last.get_by_role("img", name="read")).to_be_visible()
    await rutendo.says(sn("My receipt"))
    await rutendo.taps(sn("As PDF"))
    bubble = rutendo.log.locator(".file.document").last
    await expect(bubble).to_contain_text("pdf")
    opened = await bubble.get_attribute("href")
    answer = await page.page.request.get(f"{system.sandbox}{opened}")
    assert answer.headers["content-type"] == "application/pdf"
    assert (await answer.body()).startswith(b"%PDF")
    assert await barriers(page.page) == []


async def test_registering_by_form_needs_no_mouse_and_has_no_barrier(page: PhonePage) -> None:
    name = await added(page, "Tendai Ncube", "0774 555 002")
    tendai, keyboard = page.phone(name), page.page.keyboard
    await tendai.says("register")
    await tendai.hears("fill in this form")
    await tendai.last.get_by_role("button", name="Open the form").focus()
    await keyboard.press("Enter")
    sheet = page.page.get_by_role("dialog")
    await expect(sheet.get_by_role("heading", name="Register")).to_be_visible()
    await expect(sheet.get_by_label("Full name")).to_be_focused()
    assert await barriers(page.page) == []
    await keyboard.press("Enter")
    await expect(sheet.get_by_text("Full name is needed.")).to_be_visible()
    await expect(sheet.get_by_label("Full name")).to_have_attribute("aria-invalid", "true")
    assert await barriers(page.page) == []
    await keyboard.type("Tendai Ncube")
    await sheet.get_by_label("E-mail").fill("tendai")
    await sheet.get_by_label("Province").select_option("Bulawayo")
    await sheet.get_by_label("Congregation or town").fill("Bulawayo West")
    await sheet.get_by_role("button", name="Continue").click()
    await expect(sheet.get_by_text("That is no e-mail address.")).to_be_visible()
    await sheet.get_by_label("E-mail").fill("tendai@example.org")
    await keyboard.press("Enter")
    await expect(sheet.get_by_role("heading", name="What can you help with?")).to_be_visible()
    await expect(sheet.get_by_label("Carpenter")).to_be_focused()
    await keyboard.press("Space")
    await sheet.get_by_label("Other skills").fill("teaching")
    assert await barriers(page.page) == []
    await sheet.get_by_role("button", name="Back").click()
    await expect(sheet.get_by_label("Full name")).to_have_value("Tendai Ncube")
    await sheet.get_by_role("button", name="Continue").click()
    await expect(sheet.get_by_label("Carpenter")).to_be_checked()
    await sheet.get_by_role("button", name="Register").click()
    await expect(sheet.get_by_text("Please tick this")).to_be_visible()
    await keyboard.press("Space")
    await sheet.get_by_role("button", name="Register").click()
    await expect(sheet).to_be_hidden()
    await tendai.hears("Thank you, Tendai! You are registered.")
    await expect(tendai.panel).not_to_contain_text("typing…")
    await tendai.says("register")
    for kept in ("tendai@example.org", "Bulawayo West, Bulawayo", "Carpenter, teaching"):
        await tendai.hears(kept)


async def test_a_form_that_was_sent_off_counts_once(page: PhonePage) -> None:
    name = await added(page, "Farai Zhou", "0774 555 003")
    farai = page.phone(name)
    await farai.says("register")
    await farai.hears("fill in this form")
    for answer in ("You are registered", "used already"):
        await farai.log.get_by_role("button", name="Open the form").click()
        sheet = page.page.get_by_role("dialog")
        await sheet.get_by_label("Full name").fill(name)
        await sheet.get_by_label("Province").select_option("Harare")
        await sheet.get_by_label("Congregation or town").fill("Harare Central")
        await sheet.get_by_role("button", name="Continue").click()
        await sheet.get_by_label("Welder").check()
        await sheet.get_by_label(re.compile("I agree")).check()
        await sheet.get_by_role("button", name="Register").click()
        await farai.hears(answer)


async def added(page: PhonePage, name: str, number: str) -> str:
    """A phone of the test's own, in front; its name."""
    await page.page.get_by_role("button", name="Add a phone").click()
    asked = page.page.get_by_role("dialog", name="Add a phone")
    await asked.get_by_label("Name").fill(name)
    await asked.get_by_label("Mobile number").fill(number)
    await asked.get_by_role("button", name="Add", exact=True).click()
    await expect(page.phone(name).box).to_be_visible()
    return name
