"""What the gateway is told: the exact bytes, statuses in order with what was echoed, again until it says 200."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack

import aiohttp
import pytest

from sandbox.timers import Timers
from sandbox.whatsapp.settings import read_settings
from sandbox.whatsapp.tests.gateway import TARIRO, THEMBA, WhatsApp, buttons, signature_of, start, text
from sandbox.whatsapp.webhooks import Update, Webhooks
from shared.kernel.clock import VirtualClock


async def test_a_webhook_is_compact_escaped_as_meta_escapes_and_signed_over_its_bytes(whatsapp: WhatsApp) -> None:
    await whatsapp.say("Ndatenda! https://example.org/é 🙏")
    body = whatsapp.gateway.bodies[0]
    assert b'"body":"Ndatenda! https:\\/\\/example.org\\/\\u00e9 \\ud83d\\ude4f"' in body
    assert body.startswith(b'{"object":"whatsapp_business_account","entry":[{"id":')
    assert whatsapp.gateway.signatures == [signature_of(body)]


async def test_statuses_come_in_order_and_echo_reference_and_recipient(whatsapp: WhatsApp) -> None:
    await whatsapp.say()
    wamid = await whatsapp.accepted(text(biz_opaque_callback_data="outbox:1"))
    assert whatsapp.gateway.statuses(wamid) == []
    await whatsapp.advance(5)
    assert whatsapp.gateway.statuses(wamid) == ["sent", "delivered", "read"]
    [person] = whatsapp.gateway.values()[0]["contacts"]
    for status in whatsapp.gateway.updates("statuses"):
        assert status["biz_opaque_callback_data"] == "outbox:1"
        assert (status["recipient_id"], status["recipient_user_id"]) == (TARIRO[1:], person["user_id"])
        assert ("pricing" in status) == (status["status"] != "read")
    assert [item["status"] for item in await whatsapp.talk()] == ["sent", "read"]


async def test_a_webhook_is_posted_again_and_again_until_its_200(whatsapp: WhatsApp) -> None:
    whatsapp.gateway.answers = [503, 202]
    told = await whatsapp.sim("POST", f"phones/{TARIRO}/say?wait=no", {"text": "hi"})
    await whatsapp.advance(0)
    [item] = await whatsapp.talk()
    assert (item["wamid"], item["seq"], item["accepted"]) == (told["wamid"], told["seq"], False)
    await whatsapp.advance(10)
    assert len(whatsapp.gateway.bodies) == 3
    assert len(set(whatsapp.gateway.bodies)) == 1
    assert (await whatsapp.talk())[0]["accepted"] is True
    attempts = (await whatsapp.sim("GET", "attempts"))["attempts"]
    assert [(attempt["attempt"], attempt["status"]) for attempt in attempts] == [(1, 503), (2, 202), (3, 200)]
    assert all(attempt["seconds"] > 0 for attempt in attempts)


async def test_saying_answers_only_when_the_gateway_has_said_200(whatsapp: WhatsApp) -> None:
    whatsapp.gateway.answers = [500]
    saying = asyncio.ensure_future(whatsapp.say())
    await whatsapp.gateway.until(lambda: len(whatsapp.gateway.bodies) == 1)
    await whatsapp.advance(0)
    assert not saying.done()
    await whatsapp.advance(0.5)
    assert await saying == whatsapp.gateway.updates("messages")[0]["id"]


async def test_a_reset_after_acceptance_loses_the_answer_but_not_the_statuses(whatsapp: WhatsApp) -> None:
    await whatsapp.say()
    await whatsapp.sim("POST", "faults", {"effect": "reset_after"})
    with pytest.raises(aiohttp.ClientError):
        await whatsapp.post(text(biz_opaque_callback_data="outbox:2"))
    await whatsapp.advance(5)
    statuses = whatsapp.gateway.updates("statuses")
    assert [status["status"] for status in statuses] == ["sent", "delivered", "read"]
    assert {status["biz_opaque_callback_data"] for status in statuses} == {"outbox:2"}
    assert len((await whatsapp.sim("GET", "sent"))["sent"]) == 1


async def test_a_reset_before_acceptance_leaves_nothing_behind(whatsapp: WhatsApp) -> None:
    await whatsapp.say()
    await whatsapp.sim("POST", "faults", {"effect": "reset_before"})
    with pytest.raises(aiohttp.ClientError):
        await whatsapp.post(text())
    await whatsapp.advance(5)
    assert whatsapp.gateway.updates("statuses") == []
    assert (await whatsapp.sim("GET", "sent"))["sent"] == []


def test_a_batch_of_several_numbers_has_an_entry_for_each_and_messages_beside_statuses() -> None:
    timers = Timers(VirtualClock())
    webhooks = Webhooks(read_settings({"WHATSAPP_TOKEN": "t", "META_APP_SECRET": "test"}), timers)
    updates = [
        Update(number, key, {"id": f"{number}{key}"}, None, None, timers.now())
        for number in ("1", "2")
        for key in ("messages", "statuses")
    ]
    entries = webhooks.envelope(updates)["entry"]
    told = [[list(change["value"])[-1] for change in entry["changes"]] for entry in entries]
    assert told == [["messages", "statuses"]] * 2


async def test_outside_the_window_a_message_is_taken_and_fails_later_while_a_template_passes(
    whatsapp: WhatsApp,
) -> None:
    await whatsapp.say()
    await whatsapp.advance(24 * 3600 - 1)
    inside = await whatsapp.accepted(text())
    await whatsapp.advance(2)
    outside = await whatsapp.accepted(text(biz_opaque_callback_data="outbox:3"))
    await whatsapp.sim("POST", "templates", {"name": "receipt"})
    template = await whatsapp.accepted(
        {"messaging_product": "whatsapp", "to": TARIRO, "type": "template"}
        | {"template": {"name": "receipt", "language": {"code": "en"}}}
    )
    await whatsapp.advance(5)
    assert whatsapp.gateway.statuses(inside)[0] == "sent"
    assert whatsapp.gateway.statuses(outside) == ["failed"]
    assert whatsapp.gateway.statuses(template)[0] == "sent"
    [failed] = [status for status in whatsapp.gateway.updates("statuses") if status["id"] == outside]
    assert (failed["errors"][0]["code"], failed["biz_opaque_callback_data"]) == (131047, "outbox:3")
    assert [item["status"] for item in await whatsapp.talk() if item["wamid"] == outside] == ["failed"]


async def test_batched_updates_of_people_and_statuses_share_one_webhook(whatsapp: WhatsApp) -> None:
    await whatsapp.say()
    await whatsapp.sim("POST", "switches", {"batch_seconds": 60})
    wamid = await whatsapp.accepted(text())
    for phone in (TARIRO, THEMBA):
        await whatsapp.sim("POST", f"phones/{phone}/say?wait=no", {"text": "hello"})
    await whatsapp.advance(30)
    assert len(whatsapp.gateway.bodies) == 1
    await whatsapp.advance(40)
    assert len(whatsapp.gateway.bodies) == 2
    changes = json.loads(whatsapp.gateway.bodies[1])["entry"][0]["changes"]
    by_kind = {key: change["value"] for change in changes for key in ("messages", "statuses") if key in change["value"]}
    assert [message["from"] for message in by_kind["messages"]["messages"]] == [TARIRO[1:], THEMBA[1:]]
    assert len(by_kind["messages"]["contacts"]) == 2
    assert [status["id"] for status in by_kind["statuses"]["statuses"]] == [wamid] * 3
    assert len(by_kind["statuses"]["contacts"]) == 1


@pytest.mark.parametrize(
    ("switch", "expected"),
    [
        ("duplicate", ["sent", "sent", "delivered", "delivered", "read", "read"]),
        ("reorder", ["read", "delivered", "sent"]),
        ("no_read", ["sent", "delivered"]),
    ],
)
async def test_a_switch_changes_how_statuses_come(whatsapp: WhatsApp, switch: str, expected: list[str]) -> None:
    await whatsapp.say()
    await whatsapp.sim("POST", "switches", {switch: True})
    wamid = await whatsapp.accepted(text())
    await whatsapp.advance(5)
    assert whatsapp.gateway.statuses(wamid) == expected


async def test_of_a_reaction_only_sent_is_told(whatsapp: WhatsApp) -> None:
    heard = await whatsapp.say()
    reaction = {"type": "reaction", "reaction": {"message_id": heard, "emoji": "🙏"}}
    wamid = await whatsapp.accepted({"messaging_product": "whatsapp", "to": TARIRO, **reaction})
    await whatsapp.advance(5)
    assert whatsapp.gateway.statuses(wamid) == ["sent"]


async def test_the_time_scale_slows_statuses_and_repeated_webhooks() -> None:
    async with AsyncExitStack() as stack:
        whatsapp = await start(stack, time_scale=10)
        await whatsapp.say()
        wamid = await whatsapp.accepted(text())
        whatsapp.gateway.answers = [500]
        for seconds, statuses, posts in ((2.9, 0, 1), (0.2, 1, 2), (4.8, 2, 3), (0.2, 2, 4), (1.0, 3, 5)):
            await whatsapp.advance(seconds)
            assert (len(set(whatsapp.gateway.statuses(wamid))), len(whatsapp.gateway.bodies)) == (statuses, posts)


async def test_a_status_can_come_before_the_answer(whatsapp: WhatsApp) -> None:
    await whatsapp.say()
    await whatsapp.sim("POST", "switches", {"status_before_answer": True})
    wamid = await whatsapp.accepted(text())
    assert whatsapp.gateway.statuses(wamid) == ["sent"]
    await whatsapp.advance(5)
    assert whatsapp.gateway.statuses(wamid) == ["sent", "delivered", "read"]


@pytest.mark.parametrize("signature", ["good", "wrong", "missing"])
async def test_any_bytes_can_be_shot_at_the_gateway_with_any_signature(whatsapp: WhatsApp, signature: str) -> None:
    whatsapp.gateway.answers = [418]
    url = f"{whatsapp.url}/_sim/webhook?signature={signature}"
    async with whatsapp.session.post(url, data=b"\xffnot json") as answer:
        assert await answer.json() == {"status": 418}
    await whatsapp.advance(60)
    assert whatsapp.gateway.bodies == [b"\xffnot json"]
    [given] = whatsapp.gateway.signatures
    assert (given is None) == (signature == "missing")
    assert (given == signature_of(b"\xffnot json")) == (signature == "good")


async def test_a_reset_forgets_talk_faults_and_what_was_still_to_come(whatsapp: WhatsApp) -> None:
    await whatsapp.say()
    await whatsapp.accepted(buttons("Yes"))
    await whatsapp.sim("POST", "faults", {"effect": "html"})
    await whatsapp.sim("POST", "reset")
    await whatsapp.advance(60)
    assert whatsapp.gateway.updates("statuses") == []
    assert await whatsapp.talk() == []
    assert (await whatsapp.sim("GET", "faults"))["faults"] == []
    late = await whatsapp.accepted(text())
    await whatsapp.advance(5)
    assert whatsapp.gateway.statuses(late) == ["failed"]
