"""The phones: what a tap sends, how a page and a test learn what the bot says."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack

import aiohttp

from sandbox.whatsapp.tests.gateway import SAMPLES, TARIRO, THEMBA, Json, WhatsApp, buttons, rows, start, text


def shape(value: object) -> object:
    """The structure of a JSON value: names and types, not contents."""
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [shape(inner) for inner in value]
    return type(value).__name__


def sample(name: str) -> Json:
    found: Json = json.loads((SAMPLES / f"{name}.json").read_text())
    return found


async def test_a_text_has_the_shape_of_the_contracts_sample(whatsapp: WhatsApp) -> None:
    await whatsapp.say()
    assert shape(json.loads(whatsapp.gateway.bodies[0])) == shape(sample("text"))


async def test_a_tapped_button_has_the_shape_of_the_contracts_sample(whatsapp: WhatsApp) -> None:
    wamid = await whatsapp.accepted(buttons("Yes", "No"))
    told = await whatsapp.sim("POST", f"phones/{TARIRO}/tap", {"wamid": wamid, "id": "id:1"})
    assert shape(json.loads(whatsapp.gateway.bodies[-1])) == shape(sample("interactive_button_reply"))
    [message] = whatsapp.gateway.updates("messages")
    assert message["interactive"]["button_reply"] == {"id": "id:1", "title": "No"}
    assert message["context"] == {"from": "263780000000", "id": wamid}
    assert message["id"] == told["wamid"]


async def test_a_tapped_row_has_the_shape_of_the_contracts_sample(whatsapp: WhatsApp) -> None:
    wamid = await whatsapp.accepted(rows("Harare", "Gweru"))
    await whatsapp.sim("POST", f"phones/{TARIRO}/tap", {"wamid": wamid, "id": "row:1"})
    assert shape(json.loads(whatsapp.gateway.bodies[-1])) == shape(sample("interactive_list_reply"))
    [message] = whatsapp.gateway.updates("messages")
    assert message["interactive"]["list_reply"] == {"id": "row:1", "title": "Gweru", "description": "More"}


async def test_statuses_have_the_shape_of_the_contracts_samples(whatsapp: WhatsApp) -> None:
    await whatsapp.say()
    await whatsapp.accepted(text(biz_opaque_callback_data="outbox:1"))
    await whatsapp.advance(5)
    for body, name in zip(whatsapp.gateway.bodies[1:], ("sent", "delivered", "read"), strict=True):
        assert shape(json.loads(body)) == shape(sample(f"status_{name}"))


async def test_what_is_not_there_cannot_be_tapped(whatsapp: WhatsApp) -> None:
    wamid = await whatsapp.accepted(buttons("Yes"))
    await whatsapp.sim("POST", f"phones/{TARIRO}/tap", {"wamid": wamid, "id": "other"}, expect=404)
    await whatsapp.sim("POST", f"phones/{THEMBA}/tap", {"wamid": wamid, "id": "id:0"}, expect=404)
    await whatsapp.sim("POST", "phones/+263779999999/say", {"text": "hi"}, expect=404)
    told = await whatsapp.sim("POST", f"phones/{TARIRO}/say", {"text": " "}, expect=400)
    assert told == {"error": "An empty message cannot be sent; give a text."}
    assert whatsapp.gateway.bodies == []


async def test_a_raw_message_goes_as_it_is_and_null_leaves_a_member_out(whatsapp: WhatsApp) -> None:
    message = {"type": "poem", "id": "wamid.own", "from": None, "poem": {"lines": 3}}
    told = await whatsapp.sim("POST", f"phones/{TARIRO}/send", {"message": message})
    assert told == {"wamid": "wamid.own", "seq": 1}
    [sent] = whatsapp.gateway.updates("messages")
    assert (sent["type"], sent["poem"], "from" in sent) == ("poem", {"lines": 3}, False)


async def test_the_talk_tells_both_directions_with_reference_and_trace(whatsapp: WhatsApp) -> None:
    await whatsapp.say("hello")
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    await whatsapp.post(text("Mhoro", biz_opaque_callback_data="outbox:1"), traceparent=trace)
    heard, said = await whatsapp.talk()
    assert (heard["seq"], heard["direction"], heard["type"], heard["accepted"]) == (1, "in", "text", True)
    assert heard["body"]["text"] == {"body": "hello"}
    assert (said["seq"], said["direction"], said["type"], said["body"]) == (2, "out", "text", {"body": "Mhoro"})
    assert (said["reference"], said["traceparent"]) == ("outbox:1", trace)
    assert (await whatsapp.sim("GET", f"phones/{TARIRO}/messages?after=1"))["messages"] == [said]


async def test_phones_are_listed_and_added(whatsapp: WhatsApp) -> None:
    added = {"phone": "+263774444444", "name": "Nyasha Banda"}
    assert await whatsapp.sim("POST", "phones", {"phone": "0774 444 444", "name": "Nyasha Banda"}) == added
    assert (await whatsapp.sim("GET", "phones"))["phones"][1:] == [{"phone": THEMBA, "name": "Themba Ndlovu"}, added]
    assert "mobile number" in (await whatsapp.sim("POST", "phones", {"phone": "1"}, expect=400))["error"]


async def test_waiting_ends_when_the_bot_says_it_in_words_or_on_a_button(whatsapp: WhatsApp) -> None:
    await whatsapp.say("yes please")
    for contains in ("HOW MUCH", "yes please"):
        waiting = asyncio.ensure_future(
            whatsapp.session.get(f"{whatsapp.url}/_sim/phones/{TARIRO}/wait", params={"contains": contains})
        )
        wamid = await whatsapp.accepted(buttons("Yes please"))
        async with await waiting as answer:
            assert answer.status == 200
            found = (await answer.json())["message"]
        assert found["direction"] == "out"
        assert contains == "yes please" or found["wamid"] == wamid


async def test_waiting_in_vain_times_out_and_old_messages_do_not_count(whatsapp: WhatsApp) -> None:
    await whatsapp.say()
    await whatsapp.accepted(text("Mhoro"))
    await whatsapp.sim("GET", f"phones/{TARIRO}/wait?after=1&contains=mhoro&seconds=0.1")
    await whatsapp.sim("GET", f"phones/{TARIRO}/wait?after=2&contains=mhoro&seconds=0.1", expect=408)
    await whatsapp.sim("GET", f"phones/{TARIRO}/wait?seconds=nan", expect=400)


async def test_a_message_that_failed_was_not_said(whatsapp: WhatsApp) -> None:
    await whatsapp.accepted(text("Mhoro"))
    await whatsapp.sim("GET", f"phones/{TARIRO}/wait?contains=mhoro&seconds=0.1", expect=408)


async def test_stopping_ends_whoever_waits() -> None:
    async with AsyncExitStack() as outer, AsyncExitStack() as stack:
        whatsapp = await start(stack)
        session = await outer.enter_async_context(aiohttp.ClientSession())
        base = f"{whatsapp.url}/_sim/phones/{TARIRO}"
        whatsapp.gateway.answers = [500] * 9
        saying = asyncio.ensure_future(session.post(f"{base}/say", json={"text": "hi"}))
        await whatsapp.gateway.until(lambda: whatsapp.gateway.bodies)
        async with asyncio.timeout(10):
            await stack.aclose()
            assert (await saying).status == 503


async def test_the_talk_is_bounded(whatsapp: WhatsApp) -> None:
    url = f"phones/{TARIRO}/say?wait=no"
    for _ in range(501):
        await whatsapp.sim("POST", url, {"text": "hi"})
    talk = await whatsapp.talk()
    assert (len(talk), talk[0]["seq"], talk[-1]["seq"]) == (500, 2, 501)
