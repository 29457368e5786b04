"""What WhatsApp may do and seldom does: held, merged, re-signed and forgotten webhooks, faults of every other kind."""

from __future__ import annotations

import hashlib
import hmac
import json
from contextlib import AsyncExitStack

from aiohttp import web

from sandbox.whatsapp.tests.gateway import NUMBER_ID, SECRET, TARIRO, THEMBA, WhatsApp, signature_of, start, text


async def switch(whatsapp: WhatsApp, **switches: object) -> None:
    await whatsapp.sim("POST", "switches", switches)


async def say(whatsapp: WhatsApp, phone: str = TARIRO) -> None:
    await whatsapp.sim("POST", f"phones/{phone}/say?wait=no", {"text": "hi"})
    await whatsapp.advance(0)


async def test_what_got_no_200_comes_again_in_another_envelope(whatsapp: WhatsApp) -> None:
    await switch(whatsapp, merge_retries=True)
    whatsapp.gateway.answers = [500, 503]
    await say(whatsapp)
    await say(whatsapp, THEMBA)
    await whatsapp.advance(5)
    first, second, merged = (json.loads(body) for body in whatsapp.gateway.bodies)
    ids = [
        [message["id"] for message in body["entry"][0]["changes"][0]["value"]["messages"]] for body in (first, second)
    ]
    value = merged["entry"][0]["changes"][0]["value"]
    assert [message["id"] for message in value["messages"]] == [*ids[1], *ids[0]]
    assert len(value["contacts"]) == 2


async def test_after_seven_days_nothing_comes_any_more() -> None:
    async with AsyncExitStack() as stack:
        whatsapp = await start(stack, time_scale=1000)
        whatsapp.gateway.answers = [500] * 100
        await say(whatsapp)
        await whatsapp.advance(7 * 24 * 3600)
        tried = len(whatsapp.gateway.bodies)
        assert 20 < tried < 40
        await whatsapp.advance(7 * 24 * 3600)
        assert len(whatsapp.gateway.bodies) <= tried + 1
        assert (await whatsapp.sim("GET", "clock"))["pending"] == 0


async def test_held_webhooks_leave_together_when_they_may(whatsapp: WhatsApp) -> None:
    await switch(whatsapp, hold=True)
    await say(whatsapp)
    await say(whatsapp, THEMBA)
    assert whatsapp.gateway.bodies == []
    await switch(whatsapp, hold=False)
    await whatsapp.advance(0)
    assert len(whatsapp.gateway.updates("messages")) == 2


async def test_the_second_secret_and_bare_utf8_are_signed_as_they_are(whatsapp: WhatsApp) -> None:
    await switch(whatsapp, second_secret=True, raw_utf8=True)
    await whatsapp.say("é/🙏")
    [body] = whatsapp.gateway.bodies
    assert "é/🙏".encode() in body
    mark = hmac.new(f"{SECRET}-2".encode(), body, hashlib.sha256).hexdigest()
    assert whatsapp.gateway.signatures == [f"sha256={mark}"]
    assert whatsapp.gateway.signatures != [signature_of(body)]


async def test_read_may_come_without_delivered_and_at_any_time(whatsapp: WhatsApp) -> None:
    await whatsapp.say()
    await switch(whatsapp, skip_delivered=True, random_delays=True)
    wamid = await whatsapp.accepted(text())
    await whatsapp.advance(5)
    assert whatsapp.gateway.statuses(wamid) == ["sent", "read"]


async def test_outside_the_window_a_message_can_be_refused_at_once(whatsapp: WhatsApp) -> None:
    await switch(whatsapp, window_refused=True)
    assert (await whatsapp.refused(text()))[0] == 131047


async def test_a_number_without_plus_can_reach_a_stranger(whatsapp: WhatsApp) -> None:
    await switch(whatsapp, prefix_country=True)
    status, told = await whatsapp.post(text(to="771111111"))
    assert (status, told["contacts"][0]["wa_id"]) == (200, TARIRO[1:])
    status, told = await whatsapp.post(text(to="447700900123"))
    assert told["contacts"][0]["wa_id"] == "263447700900123"


async def test_what_cannot_be_fetched_or_reacted_to_fails_later(whatsapp: WhatsApp) -> None:
    await whatsapp.say()
    link = {
        "messaging_product": "whatsapp",
        "to": TARIRO,
        "type": "image",
        "image": {"link": "https://missing.invalid/a"},
    }
    reaction = {"messaging_product": "whatsapp", "to": TARIRO, "type": "reaction"}
    lost = await whatsapp.accepted({**reaction, "reaction": {"message_id": "wamid.none", "emoji": "x"}})
    dead = await whatsapp.accepted(link)
    await whatsapp.advance(5)
    failed = {status["id"]: status["errors"][0]["code"] for status in whatsapp.gateway.updates("statuses")}
    assert failed == {lost: 131009, dead: 131053}


async def test_a_fault_can_be_aimed_last_a_minute_and_come_by_webhook(whatsapp: WhatsApp) -> None:
    await whatsapp.say()
    fault = {"effect": "code", "code": 131057, "for_seconds": 60, "number": NUMBER_ID, "type": "text"}
    await whatsapp.sim("POST", "faults", fault)
    for _ in range(3):
        status, told = await whatsapp.post(text())
        assert (status, told["error"]["code"]) == (500, 131057)
    await whatsapp.advance(60)
    await whatsapp.accepted(text())
    await whatsapp.sim("POST", "faults", {"effect": "failed", "code": 131000})
    wamid = await whatsapp.accepted(text())
    await whatsapp.advance(5)
    [failed] = [status for status in whatsapp.gateway.updates("statuses") if status["id"] == wamid]
    assert (failed["status"], failed["errors"][0]["code"]) == ("failed", 131000)


async def test_a_fault_can_be_for_one_template_and_be_an_empty_answer_or_one_with_minutes(whatsapp: WhatsApp) -> None:
    await whatsapp.sim("POST", "faults", {"effect": "empty", "template": "notice", "times": None})
    await whatsapp.accepted(text())
    await whatsapp.sim("POST", "faults", {"effect": "code", "code": 80007, "usage_minutes": 3})
    async with whatsapp.session.post(
        f"{whatsapp.url}/{NUMBER_ID}/messages", json=text(), headers={"authorization": "Bearer a-token-for-tests"}
    ) as answer:
        usage = json.loads(answer.headers["x-business-use-case-usage"])
    assert next(iter(usage.values()))[0]["estimated_time_to_regain_access"] == 3


async def test_messages_of_people_count_for_the_pace_of_a_number_and_it_is_measured(whatsapp: WhatsApp) -> None:
    for _ in range(10):
        await whatsapp.say()
    for place in range(70):
        await whatsapp.accepted(text(to=f"+2637799{place:05}"))
    assert (await whatsapp.refused(text()))[0] == 130429
    report = await whatsapp.sim("GET", "report")
    assert report["most_in_a_second"] == {NUMBER_ID: 70}
    assert report["refused_for_pace"] == {"130429": 1}
    assert report["webhooks"]["not_200"] == 0
    assert report["webhooks"]["seconds"]["median"] > 0


async def test_a_callback_is_used_only_when_it_gives_the_challenge_back(whatsapp: WhatsApp) -> None:
    wrong = {"url": whatsapp.gateway.url + "/webhook", "verify_token": "any"}
    await whatsapp.sim("POST", "callback", wrong, expect=422)  # no GET there
    await whatsapp.sim("POST", "callback", {"url": "javascript:1"}, expect=400)
    seen: list[str] = []

    async def prove(request: web.Request) -> web.Response:
        seen.append(request.query["hub.verify_token"])
        return web.Response(text=request.query["hub.challenge"])

    app = web.Application()
    app.router.add_get("/other", prove)
    app.router.add_post("/other", whatsapp.gateway.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/other"
    assert await whatsapp.sim("POST", "callback", {"url": url, "verify_token": "right"}) == {"url": url}
    await whatsapp.say()
    assert seen == ["right"]
    assert len(whatsapp.gateway.bodies) == 1
    await runner.cleanup()
