"""The phone page in Chromium: a donation, what hostile words do, reloads, restarts, keyboard, barriers."""

from __future__ import annotations

import asyncio
import base64
import re

import pytest
from playwright.async_api import FilePayload, expect

from tests.browser.phones import PhonePage, barriers
from tests.journeys.system import System

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]

NUMBER = "100000000000001"
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
TARIRO, THEMBA, CHIPO, NYASHA = "Tariro Moyo", "Themba Ndlovu", "Chipo Dube", "Nyasha Banda"


async def test_a_donation_by_taps_ends_in_a_receipt_whose_trace_one_tap_away_shows_every_service(
    page: PhonePage, system: System
) -> None:
    tariro = page.phone(TARIRO)
    await tariro.says("hi")
    await tariro.hears("Welcome")
    await tariro.taps("Give")
    await tariro.hears("full name")
    await tariro.says(TARIRO)
    await tariro.hears("province")
    await tariro.picks("Provinces", "Manicaland")
    await tariro.hears("congregation")
    await tariro.picks("Towns", "Mutare")
    await tariro.hears("give to?")
    await tariro.picks("Purposes", "Youth Conference")
    await tariro.hears("How much")
    await tariro.says("20 usd")
    await tariro.hears("like to pay")
    await tariro.picks("Ways to pay", "EcoCash")
    await tariro.hears("number should we charge")
    await tariro.taps("0771 111 111")
    await tariro.hears("Please check")
    assert await barriers(page.page) == []
    await tariro.taps("Confirm")
    await tariro.hears("Receipt 2026-")
    for words in ("USD 20.00", "Youth Conference", "EcoCash"):
        await expect(tariro.last).to_contain_text(words)
    await expect(tariro.last.get_by_role("img", name="read")).to_be_visible()

    await tariro.last.get_by_role("link", name="Trace").click()
    shown = page.page
    for service in ("gateway", "conversation", "payments", "notifier"):
        await expect(shown.get_by_role("list", name="Services")).to_contain_text(service)
    assert await barriers(shown) == []
    await shown.goto(f"{system.sandbox}/traces")
    assert await barriers(shown) == []


async def test_words_are_shown_as_words_and_marks_as_whatsapp_shows_them(page: PhonePage) -> None:
    themba = page.phone(THEMBA)
    await themba.says(
        "<img src=x onerror=alert(1)> *bold* _slanted_ ~gone~ 2*3*4 snake_case_name https://example.org/a."
    )
    bubble = themba.log.locator(".own").last
    await expect(bubble).to_contain_text("<img src=x onerror=alert(1)> bold slanted gone 2*3*4 snake_case_name")
    marked = [await bubble.locator(name).all_inner_texts() for name in ("strong", "em", "s", "img")]
    assert marked == [["bold"], ["slanted"], ["gone"], []]
    await expect(bubble.get_by_role("link", name="https")).to_have_attribute("href", "https://example.org/a")
    await expect(bubble.get_by_role("link", name="Trace")).to_have_attribute("href", re.compile("/traces/[0-9a-f]{32}"))


async def test_a_phone_that_nobody_looks_at_counts_what_is_unread_and_a_reload_changes_nothing(
    page: PhonePage, system: System
) -> None:
    await page.page.set_viewport_size({"width": 390, "height": 780})
    await page.tab(CHIPO).click()
    chipo = page.phone(CHIPO)
    await chipo.says("help")
    await chipo.hears("donate")
    await page.tab(NYASHA).click()
    say = {"text": "hi"}
    said = await page.page.request.post(f"{system.sandbox}/graph/_sim/phones/+263773333333/say", data=say)
    assert said.ok
    await expect(page.page.get_by_role("tab", name=f"{CHIPO}, 1 unread")).to_be_visible()
    await page.page.reload()
    await expect(page.phone(NYASHA).log).to_be_visible()
    await page.page.get_by_role("tab", name=f"{CHIPO}, 1 unread").click()
    await chipo.hears("Welcome")
    await expect(page.page.get_by_role("tab", name=CHIPO, exact=True)).to_be_visible()
    assert await barriers(page.page) == []


async def test_a_long_talk_scrolls_below_the_heading_of_its_phone(page: PhonePage) -> None:
    themba = page.phone(THEMBA)
    for _ in range(3):
        await themba.says("help")
        await themba.hears("donate")
    await themba.panel.evaluate("panel => panel.scrollTo(0, panel.scrollHeight)")
    await expect(themba.panel.get_by_role("button", name="Record")).to_be_in_viewport()
    await expect(themba.box).to_be_in_viewport()
    assert await themba.panel.evaluate("panel => panel.scrollTop") == 0


async def test_the_phone_that_was_chosen_longest_ago_gives_way(page: PhonePage) -> None:
    await expect(page.phone(THEMBA).log).to_be_visible()
    await page.tab(THEMBA).click()
    await page.tab(NYASHA).click()
    await expect(page.phone(THEMBA).log).to_be_visible()
    await expect(page.phone(TARIRO).log).to_be_hidden()


async def test_no_page_of_the_sandbox_is_wider_than_a_small_phone(page: PhonePage, system: System) -> None:
    await page.page.set_viewport_size({"width": 360, "height": 740})
    for path in ("/phone", "/", "/traces", "/paynow/_sim/", "/credex/_sim/"):
        await page.page.goto(f"{system.sandbox}{path}")
        wider = await page.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wider <= 0, f"{path} is {wider} pixels too wide"
        assert await barriers(page.page) == []


async def test_everything_can_be_done_by_keyboard(page: PhonePage) -> None:
    keyboard = page.page.keyboard
    await page.tab(TARIRO).focus()
    for _ in range(3):
        await keyboard.press("ArrowDown")
    await keyboard.press("Enter")
    nyasha = page.phone(NYASHA)
    await expect(nyasha.box).to_be_focused()
    await keyboard.type("donate")
    await keyboard.press("Enter")
    await nyasha.hears("full name")
    await keyboard.type(NYASHA)
    await keyboard.press("Enter")
    await nyasha.hears("province")
    await keyboard.press("Shift+Tab")
    opener = nyasha.last.get_by_role("button", name="Provinces")
    await expect(opener).to_be_focused()
    await keyboard.press("Enter")
    await expect(page.page.get_by_role("dialog", name="Provinces")).to_be_visible()
    await keyboard.press("Escape")
    await expect(opener).to_be_focused()


async def test_a_phone_without_a_network_gets_its_messages_when_it_is_back(page: PhonePage) -> None:
    themba = page.phone(THEMBA)
    await themba.says("menu")
    await themba.hears("What would you")
    await page.page.get_by_role("button", name="Switches").click()
    await page.page.get_by_label("Phones are offline").check()
    await expect(themba.panel).to_contain_text("offline")
    await themba.says("help")
    waiting = themba.log.locator(".own").last
    await expect(waiting.get_by_role("img", name="waiting")).to_be_visible()
    assert await barriers(page.page) == []
    await page.page.get_by_label("Phones are offline").uncheck()
    await themba.hears("check")
    await expect(waiting.get_by_role("img", name="read")).to_be_visible()


async def test_a_record_is_a_transcript_of_what_was_said_meanwhile(page: PhonePage) -> None:
    themba = page.phone(THEMBA)
    await themba.says("menu")
    await themba.hears("What would you")
    await page.page.get_by_role("button", name=f"Record {THEMBA}’s talk").click()
    await themba.taps("Give")
    await themba.hears("full name")
    await page.page.get_by_role("button", name=f"Stop recording {THEMBA}’s talk").click()
    shown = page.page.get_by_role("dialog", name="Transcript")
    text = await shown.locator("pre").inner_text()
    assert [who for who, _ in re.findall(r"^    ([<>]) (.+)$", text, re.MULTILINE)] == [">", "<"]
    assert "    > Give\n" in text
    await expect(shown.get_by_role("link", name="Save as a file")).to_have_attribute("href", re.compile("transcript"))
    assert await barriers(page.page) == []


async def test_a_phone_is_added_and_a_number_that_is_none_is_told_there(page: PhonePage) -> None:
    await page.page.get_by_role("button", name="Add a phone").click()
    asked = page.page.get_by_role("dialog", name="Add a phone")
    await asked.get_by_label("Name").fill("Farai Sibanda")
    await asked.get_by_label("Mobile number").fill("12")
    await asked.get_by_role("button", name="Add", exact=True).click()
    await expect(asked.get_by_role("alert")).to_contain_text("mobile number")
    await asked.get_by_label("Mobile number").fill("0774 123 456")
    await asked.get_by_role("button", name="Add", exact=True).click()
    farai = page.phone("Farai Sibanda")
    await farai.says("hi")
    await farai.hears("Welcome")


async def test_pictures_are_seen_and_documents_open(page: PhonePage, system: System) -> None:
    nyasha = page.phone(NYASHA)
    await page.tab(NYASHA).click()
    await nyasha.says("menu")
    await nyasha.hears("What would you")
    for kind, type, content in (("image", "image/png", PIXEL), ("document", "application/pdf", b"%PDF-1.7")):
        id = await _uploaded(page, system, kind, type, content)
        await _sent(page, system, {"type": kind, kind: {"id": id, "caption": f"A {kind}"}})
        await nyasha.hears(f"A {kind}")
    picture = nyasha.log.get_by_role("img", name="A image")
    await expect(picture).to_be_visible()
    assert await picture.evaluate("image => image.naturalWidth") == 1
    opened = await nyasha.last.get_by_role("link").get_attribute("href")
    answer = await page.page.request.get(f"{system.sandbox}{opened}")
    assert (answer.headers["content-type"], await answer.body()) == ("application/pdf", b"%PDF-1.7")
    assert await barriers(page.page) == []


async def test_typing_is_seen_until_the_bot_has_spoken(page: PhonePage, system: System) -> None:
    await page.tab(NYASHA).click()
    nyasha = page.phone(NYASHA)
    phone = f"{system.sandbox}/graph/_sim/phones/+263774444444"
    wamid = (await (await page.page.request.post(f"{phone}/say", data={"text": "help"})).json())["wamid"]
    await nyasha.hears("donate")
    mark = {"messaging_product": "whatsapp", "status": "read", "message_id": wamid}
    url = f"{system.sandbox}/graph/{NUMBER}/messages"
    typing = {**mark, "typing_indicator": {"type": "text"}}
    await page.page.request.post(url, headers=_bearer(system), data=typing)
    await expect(nyasha.panel).to_contain_text("typing…")
    await expect(nyasha.log.locator(".own").last.get_by_role("img", name="read")).to_be_visible()
    await _sent(page, system, {"type": "text", "text": {"body": "Here I am."}})
    await nyasha.hears("Here I am.")
    await expect(nyasha.panel).not_to_contain_text("typing…")


@pytest.mark.parametrize(
    ("kind", "action", "choice", "shown"),
    [
        ("request_contact_info", "request_contact_info", "Share my number", "0774 444 444"),
        ("location_request_message", "send_location", "Send a place", "-17.82"),
    ],
)
async def test_what_the_bot_asks_a_phone_for_can_be_shared(
    page: PhonePage, system: System, kind: str, action: str, choice: str, shown: str
) -> None:
    await page.tab(NYASHA).click()
    nyasha = page.phone(NYASHA)
    asked = {"type": kind, "body": {"text": "May we?"}, "action": {"name": action}}
    await _sent(page, system, {"type": "interactive", "interactive": asked})
    await nyasha.hears("May we?")
    await nyasha.taps(choice)
    await expect(nyasha.log.locator(".own").last).to_contain_text(shown)
    # The bot's answer is waited for, so that it does not come into the next test.
    await expect(nyasha.last).not_to_contain_text("May we?")


async def test_a_message_that_could_not_be_delivered_says_so(page: PhonePage, system: System) -> None:
    await _sent(page, system, {"to": "+263779999999", "type": "text", "text": {"body": "Mhoro"}})
    await page.tab("+263779999999").click()
    never = page.phone("+263779999999")
    await never.hears("Not delivered. More than 24 hours")
    await expect(never.last.get_by_role("img", name="not delivered")).to_be_visible()
    assert await barriers(page.page) == []


async def test_fifty_phones_at_once_are_all_answered_and_shown(page: PhonePage, system: System) -> None:
    numbers = [f"+2637790000{place:02}" for place in range(50)]
    phones = f"{system.sandbox}/graph/_sim/phones"
    for number in numbers:
        await page.page.request.post(phones, data={"phone": number, "name": f"Phone {number[-2:]}"})
    said = await asyncio.gather(
        *(page.page.request.post(f"{phones}/{number}/say", data={"text": "hi"}) for number in numbers)
    )
    assert all(answer.ok for answer in said)
    unread = page.page.get_by_role("tab", name=re.compile(r"^Phone \d\d, 1 unread$"))
    await expect(unread).to_have_count(50)
    await page.tab("Phone 49").click()
    await page.phone("Phone 49").hears("Welcome")


async def test_the_page_goes_on_by_itself_when_the_sandbox_was_restarted(page: PhonePage, system: System) -> None:
    tariro = page.phone(TARIRO)
    await tariro.says("menu")
    await tariro.hears("What would you")
    system.kill("sandbox")
    state = page.page.get_by_role("status").filter(has_text="sandbox")
    await expect(state).to_contain_text("away")
    await tariro.says("are you there?")
    await expect(tariro.box).to_have_value("are you there?")
    system.start("sandbox")
    await expect(state).to_contain_text("began anew")
    await expect(tariro.log.locator(".bubble")).to_have_count(0)
    await tariro.says("menu")
    await tariro.hears("What would you")


async def _uploaded(page: PhonePage, system: System, name: str, type: str, content: bytes) -> str:
    file: FilePayload = {"name": name, "mimeType": type, "buffer": content}
    url = f"{system.sandbox}/graph/{NUMBER}/media"
    answer = await page.page.request.post(
        url, headers=_bearer(system), multipart={"messaging_product": "whatsapp", "file": file}
    )
    return str((await answer.json())["id"])


async def _sent(page: PhonePage, system: System, message: dict[str, object]) -> None:
    body = {"messaging_product": "whatsapp", "to": "+263774444444", **message}
    url = f"{system.sandbox}/graph/{NUMBER}/messages"
    assert (await page.page.request.post(url, headers=_bearer(system), data=body)).ok


def _bearer(system: System) -> dict[str, str]:
    return {"authorization": f"Bearer {system.environment['WHATSAPP_TOKEN']}"}
