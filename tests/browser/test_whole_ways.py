"""Whole ways through the product on the phone page: a gift in Shona and its receipt, and registering by form."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from services.conversation.engine.texts import _, speaking
from services.conversation.flows.registration_words import HELP
from shared.kernel.languages import Language
from tests.browser.phones import OnePhone, PhonePage, barriers
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
    """Keys only, from adding a phone to the answer."""
    key, type, reach = page.page.keyboard.press, page.page.keyboard.type, page.reach
    tendai = await form_by_keys(page, "Tendai Ncube", "0774 555 002")
    sheet = page.page.get_by_role("dialog")
    await expect(sheet.get_by_role("heading", name="Who are you?")).to_be_visible()
    await expect(sheet.get_by_label("Full name")).to_be_focused()
    assert await barriers(page.page) == []
    await key("Enter")
    await expect(sheet.get_by_text("Full name is needed.")).to_be_visible()
    await expect(sheet.get_by_label("Full name")).to_have_attribute("aria-invalid", "true")
    assert await barriers(page.page) == []
    await type("Tendai Ncube 2")
    await reach(sheet.get_by_label("E-mail"))
    await type("tendai@example.org")
    await reach(sheet.get_by_label("Province"))
    await type("Bula")  # as one chooses in a list by its first letters
    await expect(sheet.get_by_label("Province")).to_have_value("bulawayo")
    await reach(sheet.get_by_role("button", name="Continue"))
    await key("Enter")
    await expect(sheet.get_by_role("alert")).to_contain_text("A name has letters only")
    await expect(sheet.get_by_label("Full name")).to_be_focused()
    for one in ("End", "Backspace", "Backspace", "Enter"):
        await key(one)
    await expect(sheet.get_by_role("heading", name="How you can help")).to_be_visible()
    await expect(sheet.get_by_label("Congregation or town")).to_be_focused()
    await type("Bulawayo W")
    await expect(sheet.get_by_label("Congregation or town")).to_have_value("Bulawayo West")
    await reach(sheet.get_by_label("Carpenter"))
    await key("Space")
    await reach(sheet.get_by_label("Other skills"))
    await type("teaching")
    assert await barriers(page.page) == []
    await reach(sheet.get_by_role("button", name="Back"))
    await key("Enter")
    await expect(sheet.get_by_label("Full name")).to_have_value("Tendai Ncube")
    await expect(sheet.get_by_label("Province")).to_have_value("bulawayo")
    await key("Enter")
    await expect(sheet.get_by_label("Carpenter")).to_be_checked()
    await reach(sheet.get_by_role("button", name="Register"))
    await key("Enter")
    await expect(sheet.get_by_text("Please tick this")).to_be_visible()
    await key("Space")
    await key("Enter")
    await expect(sheet).to_be_hidden()
    await expect(tendai.box).to_be_focused()
    await tendai.hears("Thank you, Tendai! You are registered.")
    await type("register")
    await key("Enter")
    for kept in ("tendai@example.org", "Bulawayo West, Bulawayo", "Carpenter, teaching"):
        await tendai.hears(kept)


async def test_a_form_in_shona_that_was_sent_off_opens_no_more(page: PhonePage, system: System) -> None:
    def sn(text: str) -> str:
        return said_in("sn", text)

    name = await added(page, "Farai Zhou", "0774 555 003")
    farai = page.phone(name)
    await farai.says("mhoro")
    await farai.taps(sn("Register"))
    form = farai.last.get_by_role("button", name=sn("Open the form"))
    await form.click()
    sheet = page.page.get_by_role("dialog")
    await sheet.get_by_label(sn("Full name")).fill(name)
    await sheet.get_by_label(sn("Province")).select_option("Harare")
    await page.page.request.post(f"{system.sandbox}/graph/_sim/switches", data={"offline": True})
    await sheet.get_by_role("button", name=sn("Continue")).click()
    await expect(sheet.get_by_role("alert")).to_contain_text("This phone is offline.")
    await page.page.request.post(f"{system.sandbox}/graph/_sim/switches", data={"offline": False})
    await sheet.get_by_role("button", name=sn("Continue")).click()
    await expect(sheet.get_by_label(sn("Which one?"))).to_be_hidden()
    await sheet.get_by_label(sn("Congregation or town")).select_option(sn("Another place"))
    await sheet.get_by_label(sn("Which one?")).fill("Glen View")
    await sheet.get_by_label(sn("Welder")).check()
    await sheet.get_by_label(sn(HELP["consent_label"])).check()
    await sheet.get_by_role("button", name=sn("Register")).click()
    await farai.hears("Tatenda, Farai")
    form = farai.log.get_by_role("button", name=sn("Open the form"))
    await form.click()
    await expect(page.page.get_by_role("status").filter(has_text="yakatotumirwa")).to_be_visible()
    await expect(sheet).to_be_hidden()
    await expect(form).to_be_disabled()
    assert await barriers(page.page) == []


async def form_by_keys(page: PhonePage, name: str, number: str) -> OnePhone:
    """A phone is added, asks to register and opens the form, without a mouse."""
    key, type, reach = page.page.keyboard.press, page.page.keyboard.type, page.reach
    await reach(page.page.get_by_role("button", name="Add a phone"))
    await key("Enter")
    asked = page.page.get_by_role("dialog", name="Add a phone")
    await reach(asked.get_by_label("Mobile number"))
    await type(number)
    await key("Tab")
    await type(name)
    await key("Enter")
    phone = page.phone(name)
    await expect(phone.box).to_be_focused()
    await type("register")
    await key("Enter")
    await phone.hears("fill in this form")
    await reach(phone.last.get_by_role("button", name="Open the form"), "Shift+Tab")
    await key("Enter")
    return phone


async def added(page: PhonePage, name: str, number: str) -> str:
    """A phone of the test's own, in front; its name."""
    await page.page.get_by_role("button", name="Add a phone").click()
    asked = page.page.get_by_role("dialog", name="Add a phone")
    await asked.get_by_label("Name").fill(name)
    await asked.get_by_label("Mobile number").fill(number)
    await asked.get_by_role("button", name="Add", exact=True).click()
    await expect(page.phone(name).box).to_be_visible()
    return name
