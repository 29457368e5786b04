"""What WhatsApp says outside of any message, of whole numbers and of forms; and what can never be said at all."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from pydantic import ValidationError

from services.notifier.tests.conftest import ADDRESS, OTHER_NUMBER, WhatsApp, command, refusal, status
from shared.contracts.gateway import AccountNoticed, Address
from shared.contracts.notifier import (
    Buttons,
    Choice,
    ChoiceList,
    FlowButton,
    LinkButton,
    ListSection,
    MessageFailed,
    PlainText,
    TemplateFallback,
)
from shared.kernel.ids import MemberId
from shared.testing.harness import Harness


def notice(harness: Harness, field: str, *codes: int, **details: object) -> AccountNoticed:
    return AccountNoticed(
        account="100", field=field, at=harness.clock.now(), supported=True, error_codes=codes, details=details
    )


@pytest.mark.parametrize(("code", "stops_the_other"), [(131048, False), (368, True), (131031, True)])
async def test_a_restriction_that_is_told_outside_of_any_message_pauses_whom_it_concerns(
    harness: Harness, whatsapp: WhatsApp, caplog: pytest.LogCaptureFixture, code: int, stops_the_other: bool
) -> None:
    with caplog.at_level(logging.ERROR):
        await harness.say(notice(harness, "errors", code))
    assert [getattr(record, "code", None) for record in caplog.records] == [code]
    await harness.say(command(harness, "number"), command(harness, "other", address=OTHER_NUMBER))
    assert whatsapp.texts == ([] if stops_the_other else ["other"])
    await harness.advance(4600, step=230)
    assert sorted(whatsapp.texts) == ["number", "other"]


async def test_an_event_of_the_account_is_told_to_the_operator_and_stops_nothing(
    harness: Harness, whatsapp: WhatsApp, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        await harness.say(notice(harness, "phone_number_quality_update", event="FLAGGED", display_phone_number="263"))
    [record] = [record for record in caplog.records if "the account" in record.message]
    assert (record.__dict__["field"], record.__dict__["event"]) == ("phone_number_quality_update", "FLAGGED")
    await harness.say(command(harness, "goes on"))
    assert whatsapp.texts == ["goes on"]


async def test_whatsapp_s_own_word_on_how_long_to_wait_holds_for_the_whole_account(
    harness: Harness, whatsapp: WhatsApp
) -> None:
    """Only the refused message waited for the minutes of the usage header; the others asked on."""
    usage = json.dumps({"104": [{"type": "messaging", "estimated_time_to_regain_access": 3}]})
    whatsapp.faults = [refusal(80007, 400, **{"x-business-use-case-usage": usage})]
    await harness.say(command(harness, "slow"))
    await harness.say(command(harness, "another", member=MemberId("M-2")))
    await harness.advance(170, step=10)
    assert whatsapp.bodies == []
    await harness.advance(130, step=10)
    assert sorted(whatsapp.texts) == ["another", "slow"]


async def test_nothing_is_asked_of_whatsapp_for_whom_it_has_named_by_no_id(
    harness: Harness, whatsapp: WhatsApp
) -> None:
    nowhere = Address(phone_number_id=ADDRESS.phone_number_id)
    await harness.say(command(harness, "to nobody", address=nowhere))
    assert harness.only(MessageFailed).code is None
    assert whatsapp.bodies == []


async def test_a_template_that_a_status_says_is_paused_is_not_asked_for_again(
    harness: Harness, whatsapp: WhatsApp
) -> None:
    """A stop that came by webhook stopped no template, since nobody told which it was."""
    words = TemplateFallback(name="receipt_ready", parameters=("R-1", "USD 20.00"))
    late: dict[str, Any] = {"heard": False, "purpose": "notice", "template": words}
    [asked] = await harness.say(command(harness, "one", **late))
    await harness.say(status(harness, "failed", "wamid.1", asked.id, code=132015))
    await harness.say(command(harness, "two", **late))
    assert [failed.code for failed in harness.all(MessageFailed)] == [132015, 132015]
    assert len(whatsapp.bodies) == 1
    await harness.advance(3700, step=370)
    await harness.say(command(harness, "three", **late))
    assert len(whatsapp.bodies) == 2


IN_CHAT = Buttons(body="Here in the chat", buttons=(Choice(id="go", title="Register"),))


@pytest.mark.parametrize("code", [132068, 132069, 100, 131008, 131009, 139000])
async def test_a_form_that_is_blocked_throttled_or_not_taken_gives_way_to_the_chat(
    harness: Harness, whatsapp: WhatsApp, code: int
) -> None:
    whatsapp.faults = [refusal(code)]
    form = FlowButton(body="Fill in", title="Open", flow_id="1", token="t" * 22, screen="A", in_chat=IN_CHAT)
    await harness.say(command(harness, form))
    [body] = whatsapp.bodies
    assert body["interactive"]["type"] == "button"
    assert harness.all(MessageFailed) == []


async def test_a_form_for_somebody_who_cannot_be_reached_fails_as_it_is(harness: Harness, whatsapp: WhatsApp) -> None:
    whatsapp.faults = [refusal(131026)]
    form = FlowButton(body="Fill in", title="Open", flow_id="1", token="t" * 22, screen="A", in_chat=IN_CHAT)
    await harness.say(command(harness, form))
    assert harness.only(MessageFailed).code == 131026
    assert whatsapp.bodies == []


CHOICE = Choice(id="a", title="Yes")


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (PlainText, {"body": " \n"}),
        (PlainText, {"body": "x" * 4097}),
        (Buttons, {"body": "x" * 1025, "buttons": (CHOICE,)}),
        (Buttons, {"body": "x", "buttons": (CHOICE, CHOICE)}),
        (Buttons, {"body": "x", "buttons": (Choice(id="a", title="x" * 21),)}),
        (Buttons, {"body": "x", "footer": "x" * 61, "buttons": (CHOICE,)}),
        (Buttons, {"body": "x", "buttons": tuple(Choice(id=str(n), title=str(n)) for n in range(4))}),
        (Choice, {"id": "x" * 201, "title": "x"}),
        (Choice, {"id": "x", "title": "\t"}),
        (Choice, {"id": "x", "title": "x", "description": "x" * 73}),
        (ChoiceList, {"body": "x", "open": "x" * 21, "sections": (ListSection(rows=(CHOICE,)),)}),
        (ChoiceList, {"body": "x", "open": "x", "sections": (ListSection(rows=(CHOICE,)),) * 2}),
        (LinkButton, {"body": "x", "title": "Open", "url": "javascript:alert(1)"}),
        (FlowButton, {"body": "x", "title": "Open \U0001f4dd", "flow_id": "1", "token": "t" * 22}),
        (TemplateFallback, {"name": "notice", "parameters": ("title", "  ")}),
        (TemplateFallback, {"name": "notice", "parameters": ("title",)}),
    ],
)
def test_what_breaks_a_limit_of_the_channel_cannot_be_made(kind: Any, fields: dict[str, Any]) -> None:
    """The limits of the WhatsApp contract's 3.2."""
    with pytest.raises(ValidationError):
        kind(**fields)
