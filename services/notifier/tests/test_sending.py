"""Messages go out in order, once each, and what is not known is found out before anything is said again.

WhatsApp is played by a small stand-in over HTTP; the sandbox's own tests hold the sandbox to the contract.
"""

from __future__ import annotations

from datetime import timedelta

from aiohttp import web

from services.notifier.domain.mailbox import MOST_ACCEPTED, MOST_FINISHED
from services.notifier.store import FILINGS, MAILBOXES, Filing
from services.notifier.tests.conftest import ADDRESS, MEMBER, WhatsApp, command, deliveries, refusal, status
from shared.contracts.conversation import ErasureRequested
from shared.contracts.gateway import Address, IdentityChanged
from shared.contracts.notifier import (
    Buttons,
    Choice,
    ChoiceList,
    ContactRequest,
    FlowButton,
    LinkButton,
    ListSection,
    MarkRead,
    MessageFailed,
    OpenWindow,
    PlainText,
    SendMessage,
)
from shared.testing.harness import Harness


async def test_messages_arrive_in_the_order_in_which_they_were_said(harness: Harness, whatsapp: WhatsApp) -> None:
    await harness.say(*(command(harness, f"{number}") for number in range(12)))
    await harness.advance(5)
    assert whatsapp.texts == [f"{number}" for number in range(12)]
    assert len(await deliveries(harness, "accepted")) == 12
    assert whatsapp.tokens == {"Bearer token-of-test"}


async def test_our_reference_goes_along_and_the_number_has_its_plus(harness: Harness, whatsapp: WhatsApp) -> None:
    [asked] = await harness.say(command(harness, "hello"))
    [body] = whatsapp.bodies
    assert body["biz_opaque_callback_data"] == f"{asked.id}/{MEMBER}"
    assert body["to"] == "+263771234567"
    assert await deliveries(harness, "accepted") == [asked.id]


async def test_a_refusal_that_passes_is_waited_out_and_order_is_kept(harness: Harness, whatsapp: WhatsApp) -> None:
    whatsapp.faults = [refusal(131056), refusal(130429, 429, **{"retry-after": "2"})]
    await harness.say(command(harness, "first"), command(harness, "second"))
    await harness.advance(10)
    assert whatsapp.texts == ["first", "second"]


async def test_a_refusal_for_good_is_told_and_the_next_message_goes(harness: Harness, whatsapp: WhatsApp) -> None:
    whatsapp.faults = [refusal(131026)]
    await harness.say(command(harness, "first"), command(harness, "second"))
    await harness.advance(2)
    assert harness.only(MessageFailed).code == 131026
    assert whatsapp.texts == ["second"]


async def test_a_lost_answer_is_reconciled_from_the_statuses_and_not_said_again(
    harness: Harness, whatsapp: WhatsApp
) -> None:
    whatsapp.faults = [None]
    [asked] = await harness.say(command(harness, "once"))
    await harness.advance(2)
    await harness.say(status(harness, "sent", "wamid.1", asked.id))
    await harness.advance(60)
    assert whatsapp.texts == ["once"]
    assert await deliveries(harness, "accepted") == [asked.id]


async def test_a_lost_answer_of_which_no_status_tells_is_sent_again_later(harness: Harness, whatsapp: WhatsApp) -> None:
    whatsapp.faults = [None]
    await harness.say(command(harness, "again"), command(harness, "after"))
    await harness.advance(10)
    assert whatsapp.texts == ["again"], "nothing may be said while it is not known"
    await harness.advance(15)
    assert whatsapp.texts == ["again", "again", "after"]


async def test_a_gateway_page_in_place_of_an_answer_is_a_lost_answer(harness: Harness, whatsapp: WhatsApp) -> None:
    whatsapp.faults = [web.Response(status=502, text="<html>Bad gateway</html>")]
    await harness.say(command(harness, "once"))
    await harness.advance(5)
    assert whatsapp.texts == []
    await harness.advance(20)
    assert whatsapp.texts == ["once"]


async def test_statuses_move_forward_only_in_whatever_order_they_come(harness: Harness, whatsapp: WhatsApp) -> None:
    await harness.say(command(harness, "hello"))
    for word in ("read", "delivered", "sent", "read"):
        await harness.say(status(harness, word, "wamid.1"))
    mailbox = await harness.state("notifier", MAILBOXES, MEMBER)
    assert mailbox is not None
    assert mailbox.deliveries[0].state == "read"
    assert [evidence.status for evidence in mailbox.deliveries[0].evidence] == ["read", "delivered", "sent"]


async def test_old_finished_messages_leave_the_mailbox_and_late_statuses_find_them(
    harness: Harness, whatsapp: WhatsApp
) -> None:
    """The mailbox kept a hundred, and all of them were written again at each step of each message."""
    asked = []
    for number in range(1, MOST_FINISHED + 3):
        asked += [envelope.id for envelope in await harness.say(command(harness, f"{number}"))]
        await harness.say(status(harness, "delivered", f"wamid.{number}", asked[-1]))
    assert len(await deliveries(harness)) < MOST_FINISHED
    await harness.say(status(harness, "read", "wamid.1", asked[0]))
    [document] = harness.documents("notifier", FILINGS)
    filing = Filing.model_validate(document.state)
    assert [evidence.status for evidence in filing.deliveries[0].evidence] == ["delivered", "read"]
    assert (filing.deliveries[0].reference, filing.deliveries[0].state) == (asked[0], "read")
    assert [*filing.references, *await deliveries(harness)] == asked
    await harness.say(ErasureRequested(member=MEMBER, at=harness.clock.now()))
    await harness.advance(200, step=50)
    assert harness.documents("notifier", FILINGS) == []


async def test_what_leaves_the_mailbox_does_not_take_its_words_along(harness: Harness, whatsapp: WhatsApp) -> None:
    """The text of messages that were accepted, and no more was heard of, would have been filed."""
    await harness.say(*(command(harness, f"{number}") for number in range(MOST_ACCEPTED + 2)))
    await harness.advance(600, step=20)
    await harness.say(command(harness, "one more"))
    filings = [Filing.model_validate(document.state) for document in harness.documents("notifier", FILINGS)]
    assert [delivery.state for filing in filings for delivery in filing.deliveries] == ["accepted", "accepted"]
    assert {delivery.content for filing in filings for delivery in filing.deliveries} == {None}


async def test_a_failed_message_that_arrived_after_all_counts_as_delivered(
    harness: Harness, whatsapp: WhatsApp
) -> None:
    await harness.say(command(harness, "hello"))
    await harness.say(status(harness, "failed", "wamid.1"), status(harness, "delivered", "wamid.1"))
    assert harness.only(MessageFailed).code == 131026
    assert len(await deliveries(harness, "delivered")) == 1


async def test_a_status_before_the_answer_to_the_send_waits_for_it(harness: Harness, whatsapp: WhatsApp) -> None:
    await harness.say(status(harness, "delivered", "wamid.1"))
    assert await deliveries(harness) == []
    [asked] = await harness.say(command(harness, "hello"))
    assert await deliveries(harness, "delivered") == [asked.id]


async def test_nothing_free_form_goes_out_a_day_after_the_person_wrote(harness: Harness, whatsapp: WhatsApp) -> None:
    """Five minutes before the day is over, since the check is Meta's (contract 4.5)."""
    closing = harness.clock.now() - timedelta(hours=23, minutes=55)
    await harness.say(OpenWindow(member=MEMBER, address=ADDRESS, at=closing))
    await harness.say(command(harness, "late", heard=False))
    assert harness.only(MessageFailed).code == 131047
    await harness.say(OpenWindow(member=MEMBER, address=ADDRESS, at=closing + timedelta(seconds=1)))
    await harness.say(command(harness, "in time", heard=False))
    assert whatsapp.texts == ["in time"]


async def test_a_person_without_a_visible_number_is_reached_by_their_user_id(
    harness: Harness, whatsapp: WhatsApp
) -> None:
    hidden = Address(phone_number_id="100", bsuid="ZW.123")
    await harness.say(command(harness, "one"))
    await harness.say(IdentityChanged(member=MEMBER, address=hidden))
    await harness.say(SendMessage(member=MEMBER, content=PlainText(body="two"), purpose="notice", answers_at=None))
    assert "to" not in whatsapp.bodies[1]
    assert whatsapp.bodies[1]["recipient"] == "ZW.123"


async def test_each_kind_of_content_has_the_shape_of_the_contract(harness: Harness, whatsapp: WhatsApp) -> None:
    choices = (Choice(id="a", title="A"), Choice(id="b", title="B", description="bee"))
    await harness.say(
        command(harness, Buttons(body="Which?", footer="foot", buttons=choices)),
        command(harness, ChoiceList(body="Which?", open="Show", sections=(ListSection(title="S", rows=choices),))),
        command(harness, LinkButton(body="Look", title="Open", url="https://example.org")),
    )
    await harness.advance(2)
    buttons, rows, link = (body["interactive"] for body in whatsapp.bodies)
    assert buttons["action"]["buttons"][1] == {"type": "reply", "reply": {"id": "b", "title": "B"}}
    assert buttons["footer"] == {"text": "foot"}
    assert rows["action"] == {
        "button": "Show",
        "sections": [
            {"title": "S", "rows": [{"id": "a", "title": "A"}, {"id": "b", "title": "B", "description": "bee"}]}
        ],
    }
    assert link["action"]["parameters"] == {"display_text": "Open", "url": "https://example.org"}


async def test_a_form_opens_at_a_screen_or_asks_our_endpoint_for_the_first(
    harness: Harness, whatsapp: WhatsApp
) -> None:
    form = FlowButton(body="Register", title="Fill in", flow_id="7", token="t" * 22)
    await harness.say(
        command(harness, form),
        command(harness, form.model_copy(update={"screen": "DETAILS", "draft": True})),
        command(harness, form.model_copy(update={"screen": "DETAILS", "data": {"name": "Tariro"}})),
        command(harness, ContactRequest(body="May we have your number?")),
    )
    await harness.advance(2)
    asked, draft, filled, contact = (body["interactive"] for body in whatsapp.bodies)
    token = {"flow_message_version": "3", "flow_token": "t" * 22, "flow_id": "7", "flow_cta": "Fill in"}
    assert asked["action"] == {"name": "flow", "parameters": {**token, "flow_action": "data_exchange"}}
    assert draft["action"]["parameters"] == {
        **token,
        "mode": "draft",
        "flow_action": "navigate",
        "flow_action_payload": {"screen": "DETAILS"},
    }
    assert filled["action"]["parameters"]["flow_action_payload"] == {"screen": "DETAILS", "data": {"name": "Tariro"}}
    assert contact["action"] == {"name": "request_contact_info"}


async def test_a_message_that_a_person_wrote_is_marked_read_and_typing_is_shown(
    harness: Harness, whatsapp: WhatsApp
) -> None:
    await harness.say(MarkRead(member=MEMBER, phone_number_id="100", message_id="wamid.in", typing=True))
    assert whatsapp.bodies == [
        {
            "messaging_product": "whatsapp",
            "status": "read",
            "message_id": "wamid.in",
            "typing_indicator": {"type": "text"},
        }
    ]


async def test_what_an_answer_answers_is_marked_read_along_with_it(harness: Harness, whatsapp: WhatsApp) -> None:
    await harness.say(command(harness, "Hello", answers="wamid.in"))
    said, mark = sorted(whatsapp.bodies, key=lambda body: "status" in body)
    assert (said["text"]["body"], len(await deliveries(harness, "accepted"))) == ("Hello", 1)
    assert mark == {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.in"}


async def test_a_read_mark_that_is_refused_or_lost_changes_nothing_for_the_message_beside_it(
    harness: Harness, whatsapp: WhatsApp
) -> None:
    whatsapp.mark_faults = [refusal(131000, 500), None]
    for number in range(2):
        await harness.say(command(harness, f"{number}", answers=f"wamid.in{number}"))
    assert (whatsapp.texts, len(await deliveries(harness, "accepted"))) == (["0", "1"], 2)


async def test_replies_go_before_notices_and_notices_before_reports(harness: Harness, whatsapp: WhatsApp) -> None:
    whatsapp.faults = [refusal(131056)]
    purposes = ("reply", "report", "notice", "reply")
    await harness.say(*(command(harness, f"{n} {what}", purpose=what) for n, what in enumerate(purposes)))
    await harness.advance(5)
    assert whatsapp.texts == ["0 reply", "3 reply", "2 notice", "1 report"]


async def test_what_has_arrived_is_not_kept_in_words(harness: Harness, whatsapp: WhatsApp) -> None:
    [asked] = await harness.say(command(harness, "private"))
    await harness.say(status(harness, "delivered", "wamid.1", asked.id))
    await harness.say(command(harness, "next"))
    mailbox = await harness.state("notifier", MAILBOXES, MEMBER)
    assert mailbox is not None
    assert "private" not in mailbox.model_dump_json()
    assert [delivery.state for delivery in mailbox.deliveries] == ["delivered", "accepted"]


async def test_each_send_belongs_to_the_trace_that_asked_for_it(harness: Harness, whatsapp: WhatsApp) -> None:
    """A message that waited for the one before was sent in the trace of that one."""
    await harness.say(*(command(harness, f"{number}") for number in range(3)))
    await harness.advance(3)
    asked = [span.context.trace_id for span in harness.spans if span.name == "notifier send" and span.context]
    sent = [span.context.trace_id for span in harness.spans if span.name == "call whatsapp.send" and span.context]
    assert len(sent) == len(set(sent)) == 3
    assert set(sent) <= set(asked)
