"""What a form may have beside fields to write in: files, calendars, pictures, lists that lead on, choices that act."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest
from playwright.async_api import FilePayload, Locator, expect

from services.conversation.forms.lint import problems_of
from tests.browser.forms import answers, opened
from tests.browser.phones import PhonePage, barriers
from tests.browser.test_phone_page import PIXEL
from tests.journeys.system import System

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]

PICTURE = base64.b64encode(PIXEL).decode()
BOTH = {"start-date": "From", "end-date": "To"}
TEXT = {"type": "string", "__example__": ""}


def screen(id: str, *children: dict[str, Any], **more: object) -> dict[str, Any]:
    return {
        "id": id,
        "title": id.title(),
        "layout": {"type": "SingleColumnLayout", "children": list(children)},
        **more,
    }


def footer(label: str, **action: object) -> dict[str, Any]:
    return {"type": "Footer", "label": label, "on-click-action": action}


def to(name: str, **payload: object) -> dict[str, Any]:
    return {"name": "navigate", "next": {"type": "screen", "name": name}, "payload": payload}


def item(title: str, action: dict[str, Any], **more: object) -> dict[str, Any]:
    content = {"title": title, "description": f"About {title}"}
    return {"id": title, "main-content": content, "on-click-action": action, **more}


def hint(text: str) -> dict[str, Any]:
    return {"name": "update_data", "payload": {"hint": text}}


FORM: dict[str, Any] = {
    "version": "7.3",
    "routing_model": {"WAYS": ["DAYS", "PHOTOS"], "DAYS": ["PHOTOS"], "PHOTOS": ["PAPERS"], "PAPERS": []},
    "screens": [
        screen(
            "WAYS",
            {
                "type": "NavigationList",
                "name": "ways",
                "label": "Where to?",
                "list-items": [
                    item("Photos", to("PHOTOS"), start={"image": PICTURE, "alt-text": "A camera"}),
                    item("Days", to("DAYS", hint="Choose a colour"), badge="New", end={"title": "2 min"}),
                ],
            },
        ),
        screen(
            "DAYS",
            {"type": "TextBody", "text": "${data.hint}"},
            {
                "type": "RadioButtonsGroup",
                "name": "colour",
                "label": "Colour",
                "data-source": [{"id": "red", "title": "Red"}, {"id": "blue", "title": "Blue"}],
                "on-select-action": hint("${form.colour}"),
            },
            {
                "type": "CheckboxGroup",
                "name": "extra",
                "label": "Extra",
                "data-source": [
                    {
                        "id": "gift",
                        "title": "Gift",
                        "on-select-action": hint("With a gift"),
                        "on-unselect-action": hint("No gift"),
                    }
                ],
            },
            {
                "type": "CalendarPicker",
                "name": "day",
                "label": "Day",
                "required": True,
                "unavailable-dates": ["2026-12-25"],
            },
            {
                "type": "CalendarPicker",
                "name": "stay",
                "mode": "range",
                "title": "Stay",
                "label": BOTH,
                "max-days": 3,
                "required": {"start-date": True, "end-date": True},
            },
            footer("On", **to("PHOTOS")),
            data={"hint": TEXT},
        ),
        screen(
            "PHOTOS",
            {"type": "Image", "src": PICTURE, "alt-text": "The roof", "width": 40, "height": 20},
            {
                "type": "PhotoPicker",
                "name": "photos",
                "label": "Photos",
                "min-uploaded-photos": 1,
                "max-uploaded-photos": 2,
                "max-file-size-kb": 1,
            },
            footer("Further", **to("PAPERS")),
        ),
        screen(
            "PAPERS",
            {
                "type": "DocumentPicker",
                "name": "papers",
                "label": "Bank slip",
                "description": "As PDF",
                "max-uploaded-documents": 1,
                "allowed-mime-types": ["application/pdf"],
            },
            footer(
                "Send",
                name="complete",
                payload={
                    "form": "test/1",
                    "photos": "${screen.PHOTOS.form.photos}",
                    "papers": "${form.papers}",
                    **{name: f"${{screen.DAYS.form.{name}}}" for name in ("colour", "extra", "day", "stay")},
                },
            ),
            terminal=True,
        ),
    ],
}
PDF = b"%PDF-1.7 a bank slip"


def file(name: str, type: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": type, "buffer": content}


async def fill_in_days(page: PhonePage, sheet: Locator) -> None:
    """What is chosen changes what is shown; days that do not fit are told."""
    shown = sheet.locator(".screen > p").first
    await expect(shown).to_have_text("Choose a colour")
    await page.page.keyboard.press("Space")
    await expect(shown).to_have_text("red")
    await page.page.keyboard.press("ArrowDown")
    await expect(shown).to_have_text("blue")
    await expect(sheet.get_by_label("Blue")).to_be_focused()
    gift = sheet.get_by_label("Gift")
    for way, words in ((gift.check, "With a gift"), (gift.uncheck, "No gift"), (gift.check, "With a gift")):
        await way()
        await expect(shown).to_have_text(words)
    onwards = sheet.get_by_role("button", name="On", exact=True)
    for day, first, last, trouble in (
        ("", "2026-12-01", "2026-12-02", "Day is needed."),
        ("2026-12-25", "2026-12-01", "2026-12-02", "That day cannot be chosen."),
        ("2026-12-24", "2026-12-02", "", "Please choose both days."),
        ("2026-12-24", "2026-12-02", "2026-12-01", "The last day is before the first."),
        ("2026-12-24", "2026-12-01", "2026-12-04", "Please choose at most 3 days."),
    ):
        for label, value in (("Day", day), ("From", first), ("To", last)):
            await sheet.get_by_label(label, exact=True).fill(value)
        await onwards.click()
        await expect(sheet).to_contain_text(trouble)
    assert await barriers(page.page) == []
    await sheet.get_by_label("To", exact=True).fill("2026-12-03")
    await onwards.click()


async def pick_photos(page: PhonePage, sheet: Locator) -> None:
    """Two, of which one goes again; too large a one and one too many are told."""
    await expect(sheet.get_by_role("img", name="The roof")).to_have_js_property("naturalWidth", 1)
    further = sheet.get_by_role("button", name="Further")
    await further.click()
    await expect(sheet).to_contain_text("Please add a photo.")
    photos = sheet.get_by_label("Add photos")
    await photos.set_input_files([file("big.png", "image/png", bytes(1025))])
    await expect(sheet).to_contain_text("big.png is too large: at most 1 kB.")
    await photos.set_input_files([file(f"{name}.png", "image/png", PIXEL) for name in ("roof", "wall")])
    await expect(sheet.get_by_role("listitem")).to_have_count(2)
    await photos.set_input_files([file("third.png", "image/png", PIXEL)])
    await expect(sheet).to_contain_text("At most 2 fit here.")
    await sheet.get_by_role("button", name="Remove roof.png").click()
    await expect(sheet.get_by_role("listitem")).to_have_count(1)
    await expect(photos).to_be_focused()
    assert await barriers(page.page) == []
    await further.click()


async def pick_papers(sheet: Locator) -> None:
    """A file of another kind is told; what was picked before is still there on the way back."""
    papers = sheet.get_by_label("Add a document")
    await papers.set_input_files(file("slip.txt", "text/plain", b"paid"))
    await expect(sheet).to_contain_text("slip.txt is of a kind that does not fit here.")
    await sheet.get_by_role("button", name="Back").click()
    await expect(sheet.get_by_role("listitem")).to_contain_text("wall.png")
    await sheet.get_by_role("button", name="Further").click()
    await papers.set_input_files(file("slip.pdf", "application/pdf", PDF))
    await expect(sheet.get_by_role("listitem")).to_contain_text("slip.pdf 20 B")
    await sheet.get_by_role("button", name="Send").click()


async def test_lists_choices_calendars_pictures_and_files_of_a_form_are_shown_and_sent(
    page: PhonePage, system: System
) -> None:
    assert problems_of(FORM) == []
    nyasha = await opened(page, system, FORM, {"screen": "WAYS"})
    sheet = page.page.get_by_role("dialog")
    await expect(sheet.get_by_role("heading", name="Where to?")).to_be_visible()
    await expect(sheet.get_by_role("button", name="Photos")).to_be_focused()
    await expect(sheet.get_by_role("img", name="A camera")).to_be_visible()
    days = sheet.get_by_role("button", name="Days")
    for words in ("About Days", "New", "2 min"):
        await expect(days).to_contain_text(words)
    assert await barriers(page.page) == []
    await days.click()
    await fill_in_days(page, sheet)
    await pick_photos(page, sheet)
    await pick_papers(sheet)
    sent = await answers(page, system, nyasha)
    [photo], [paper] = sent.pop("photos"), sent.pop("papers")
    assert (photo["file_name"], photo["mime_type"]) == ("wall.png", "image/png")
    assert base64.b64decode(paper["sha256"]) == hashlib.sha256(PDF).digest()
    assert sent == {
        "flow_token": "t" * 16,
        "form": "test/1",
        "colour": "blue",
        "extra": ["gift"],
        "day": "2026-12-24",
        "stay": {"start-date": "2026-12-01", "end-date": "2026-12-03"},
    }


async def test_a_form_that_takes_a_file_to_another_screen_says_that_whatsapp_forbids_it(
    page: PhonePage, system: System
) -> None:
    first, last = (
        {"type": "DocumentPicker", "name": "papers", "label": "Bank slip"},
        footer("Send", name="complete", payload={"form": "test/1"}),
    )
    form = {
        "version": "7.3",
        "screens": [
            screen("PAPERS", first, footer("Next", **to("END", papers="${form.papers}"))),
            screen("END", last, terminal=True, data={"papers": {"type": "array", "__example__": []}}),
        ],
    }
    assert problems_of(form) != [], "the lint finds it before anybody meets it"
    await opened(page, system, form, {"screen": "PAPERS"})
    sheet = page.page.get_by_role("dialog")
    await sheet.get_by_label("Add documents").set_input_files(file("slip.pdf", "application/pdf", PDF))
    await expect(sheet.get_by_role("listitem")).to_contain_text("slip.pdf")
    onwards = sheet.get_by_role("button", name="Next")
    await onwards.click()
    await expect(sheet.get_by_role("alert")).to_contain_text("a file where WhatsApp allows none")
    await expect(onwards).to_be_focused()
