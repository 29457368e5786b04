"""Every kind of field that a form may have (WhatsApp contract 5.5) is drawn on the phone page, and sends its value."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import expect

from services.conversation.forms.lint import problems_of
from tests.browser.forms import answers, opened
from tests.browser.phones import PhonePage, barriers
from tests.journeys.system import System

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]

TWO = [{"id": "one", "title": "First"}, {"id": "two", "title": "Second", "description": "Comes later"}]
FOOTER = {"type": "Footer", "label": "Next", "left-caption": "1 of 2"}
NAMES = ("words", "secret", "story", "day", "drop", "radio", "ticks", "chips", "agree", "more", "branch")
VALUES = {name: f"${{screen.FIELDS.form.{name}}}" for name in NAMES}
FORM: dict[str, Any] = {
    "version": "7.3",
    "screens": [
        {
            "id": "FIELDS",
            "title": "All fields",
            "data": {"greeting": {"type": "string", "__example__": "Mhoro"}},
            "layout": {
                "type": "SingleColumnLayout",
                "children": [
                    {"type": "TextHeading", "text": "${data.greeting}"},
                    {"type": "TextSubheading", "text": "Below"},
                    {"type": "TextBody", "text": "Body"},
                    {"type": "TextCaption", "text": "Caption"},
                    {"type": "TextInput", "name": "words", "label": "Words", "input-type": "number"},
                    {"type": "TextInput", "name": "secret", "label": "Secret", "input-type": "passcode"},
                    {"type": "TextArea", "name": "story", "label": "Story"},
                    {"type": "DatePicker", "name": "day", "label": "Day", "min-date": "2026-01-02"},
                    {"type": "Dropdown", "name": "drop", "label": "Drop", "data-source": TWO},
                    {"type": "RadioButtonsGroup", "name": "radio", "label": "Radio", "data-source": TWO},
                    {"type": "CheckboxGroup", "name": "ticks", "label": "Ticks", "data-source": TWO},
                    {"type": "ChipsSelector", "name": "chips", "label": "Chips", "data-source": TWO},
                    {"type": "OptIn", "name": "agree", "label": "I agree"},
                    {
                        "type": "If",
                        "condition": "(${form.radio} == 'two') && ${form.agree}",
                        "then": [{"type": "TextInput", "name": "more", "label": "More", "required": True}],
                        "else": [{"type": "TextBody", "text": "Choose the second and agree"}],
                    },
                    {
                        "type": "Switch",
                        "value": "${form.drop}",
                        "cases": {"two": [{"type": "TextInput", "name": "branch", "label": "Branch"}]},
                    },
                    {
                        "type": "EmbeddedLink",
                        "text": "Web",
                        "on-click-action": {"name": "open_url", "url": "https://a"},
                    },
                    {
                        **FOOTER,
                        "on-click-action": {
                            "name": "navigate",
                            "next": {"type": "screen", "name": "LAST"},
                            "payload": {"told": "${form.words}"},
                        },
                    },
                ],
            },
        },
        {
            "id": "LAST",
            "title": "Last",
            "terminal": True,
            "data": {"told": {"type": "string", "__example__": "7"}},
            "layout": {
                "type": "SingleColumnLayout",
                "children": [
                    {"type": "TextBody", "text": "${data.told}"},
                    {
                        "type": "Footer",
                        "label": "Send",
                        "on-click-action": {
                            "name": "complete",
                            "payload": {
                                "form": "test/1",
                                **{name: f"${{screen.FIELDS.form.{name}}}" for name in NAMES},
                            },
                        },
                    },
                ],
            },
        },
    ],
}


async def test_a_form_on_the_phone_shows_every_kind_of_field_and_sends_what_they_hold(
    page: PhonePage, system: System
) -> None:
    assert problems_of(FORM) == []
    nyasha = await opened(page, system, FORM, {"screen": "FIELDS", "data": {"greeting": "Makadii"}})
    sheet = page.page.get_by_role("dialog")
    for text in ("Makadii", "Below", "Body", "Caption", "1 of 2", "Choose the second"):
        await expect(sheet).to_contain_text(text)
    await sheet.get_by_label("Words").fill("many")
    await sheet.get_by_role("button", name="Next").click()
    await expect(sheet).to_contain_text("That does not fit here.")
    await sheet.get_by_label("Words").fill("7")
    await sheet.get_by_label("Secret").fill("1234")
    await sheet.get_by_label("Story").fill("Long\nstory")
    await sheet.get_by_label("Day").fill("2026-02-03")
    await sheet.get_by_label("Drop").select_option("Second")
    await sheet.get_by_role("radio", name="Second").check()
    await sheet.get_by_role("group", name="Ticks").get_by_label("Second").check()
    await sheet.get_by_role("group", name="Chips").get_by_label("First").check()
    await sheet.get_by_label("I agree").check()
    assert await barriers(page.page) == []
    await sheet.get_by_role("button", name="Next").click()
    await expect(sheet).to_contain_text("More is needed.")
    await sheet.get_by_label("More").fill("and more")
    await sheet.get_by_label("Branch").fill("Gweru")
    await sheet.get_by_role("button", name="Next").click()
    await expect(sheet.get_by_role("heading", name="Last")).to_be_visible()
    await expect(sheet.locator("p").first).to_have_text("7")
    await sheet.get_by_role("button", name="Send").click()
    assert await answers(page, system, nyasha) == {
        "flow_token": "t" * 16,
        "form": "test/1",
        "words": "7",
        "secret": "1234",
        "story": "Long\nstory",
        "day": "2026-02-03",
        "drop": "two",
        "radio": "two",
        "ticks": ["two"],
        "chips": ["one"],
        "agree": True,
        "more": "and more",
        "branch": "Gweru",
    }
