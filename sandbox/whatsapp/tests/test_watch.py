"""What the phone page looks at: streams that miss nothing, transcripts, and a network that is slow or away."""

from __future__ import annotations

import asyncio
import json
import re
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import pytest

from sandbox.whatsapp.tests.gateway import TARIRO, THEMBA, Json, WhatsApp, buttons, interactive, rows, start, text


class Stream:
    """An open stream, read event by event."""

    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self._lines = answer.content
        self.seen = ""
        """What a browser would send as Last-Event-ID."""

    async def next(self) -> tuple[str, Json]:
        """Name and data of the next event; no name at the end of the stream."""
        fields: dict[str, str] = {}
        async with asyncio.timeout(10):
            while line := (await self._lines.readline()).decode():
                if line == "\n" and "event" in fields:
                    self.seen = fields.get("id", self.seen)
                    return fields["event"], json.loads(fields["data"])
                name, _, value = line.strip().partition(": ")
                fields[name] = value
        return "", {}

    async def until(self, name: str) -> list[tuple[str, Json]]:
        """All events before the first of that name."""
        passed = []
        while (told := await self.next())[0] not in (name, ""):
            passed.append(told)
        return passed


def watched(whatsapp: WhatsApp, path: str = "events", seen: str = "") -> Any:
    headers = {"Last-Event-ID": seen} if seen else {}
    return whatsapp.session.get(f"{whatsapp.url}/_sim/{path}", headers=headers)


def bubbles(events: list[tuple[str, Json]]) -> list[tuple[str, str, int]]:
    return [(data["phone"], data["wamid"], data["seq"]) for name, data in events if name == "message"]


async def test_a_page_sees_who_there_is_and_everything_that_happens_on_any_phone(whatsapp: WhatsApp) -> None:
    first = await whatsapp.say("first")
    async with watched(whatsapp) as answer:
        assert answer.content_type == "text/event-stream"
        page = Stream(answer)
        name, state = await page.next()
        assert (name, state["bot"], state["switches"]["offline"]) == ("phones", "+263780000000", False)
        assert state["phones"][0] == {"phone": TARIRO, "name": "Tariro Moyo"}
        assert (await page.next())[0] == "ready", "without a word of what was seen only news is told"
        wamid = await whatsapp.accepted(text("Mhoro"))
        assert await page.next() == ("message", {"phone": TARIRO, **(await whatsapp.talk())[1]})
        await whatsapp.advance(0.3)
        status = {"phone": TARIRO, "wamid": wamid, "status": "sent", "accepted": None, "seq": 2, "traceparent": None}
        assert await page.next() == ("status", status)
        mark = {"messaging_product": "whatsapp", "status": "read", "message_id": first}
        trace = f"00-{'a' * 32}-{'b' * 16}-01"
        await whatsapp.post({**mark, "typing_indicator": {"type": "text"}}, traceparent=trace)
        told = (await page.next())[1]
        assert (told["status"], told["traceparent"]) == ("read", trace), "what the person said has a trace, too"
        assert await page.next() == ("typing", {"phone": TARIRO})
        await whatsapp.sim("POST", "phones", {"phone": "0774444444", "name": "Nyasha"})
        assert await page.next() == ("phone", {"phone": "+263774444444", "name": "Nyasha"})
        await whatsapp.sim("POST", "switches", {"no_read": True})
        name, switches = await page.next()
        assert (name, switches["no_read"]) == ("switches", True)


async def test_a_page_that_comes_back_gets_what_is_new_and_what_has_changed(whatsapp: WhatsApp) -> None:
    await whatsapp.say("first")
    wamid = await whatsapp.accepted(text("Mhoro"))
    async with watched(whatsapp, "events?after=0") as answer:
        page = Stream(answer)
        assert [seq for _, _, seq in bubbles(await page.until("ready"))] == [1, 2]
    await whatsapp.advance(5)
    later = await whatsapp.say("later", THEMBA)
    async with watched(whatsapp, seen=page.seen) as answer:
        missed = await Stream(answer).until("ready")
    assert bubbles(missed) == [(TARIRO, wamid, 2), (THEMBA, later, 1)]
    assert missed[1][1]["status"] == "read"


async def test_a_page_of_an_earlier_sandbox_begins_anew(whatsapp: WhatsApp) -> None:
    await whatsapp.say("first")
    async with watched(whatsapp, seen="0badcafe-7") as answer:
        assert len(bubbles(await Stream(answer).until("ready"))) == 1


async def test_a_reset_tells_pages_to_begin_anew_also_those_that_were_away(whatsapp: WhatsApp) -> None:
    async with watched(whatsapp) as answer:
        page = Stream(answer)
        [(_, state)] = await page.until("ready")
        await whatsapp.say("first")
        await page.until("status")
        seen = page.seen
        await whatsapp.sim("POST", "reset")
        [*_, (name, told)] = await page.until("switches")
    assert (name, told["epoch"] != state["epoch"]) == ("reset", True)
    again = await whatsapp.say("again")
    async with watched(whatsapp, seen=seen) as answer:
        assert bubbles(await Stream(answer).until("ready")) == [(TARIRO, again, 2)]


async def test_the_stream_of_one_phone_tells_nothing_of_another(whatsapp: WhatsApp) -> None:
    async with watched(whatsapp, f"phones/{TARIRO}/events") as answer:
        page = Stream(answer)
        [(_, state)] = await page.until("ready")
        assert [phone["phone"] for phone in state["phones"]] == [TARIRO]
        await whatsapp.say("hi", THEMBA)
        wamid = await whatsapp.say("hi")
        assert (await page.next())[1]["wamid"] == wamid
    async with watched(whatsapp, "phones/+263779999999/events") as answer:
        assert answer.status == 404


async def test_stopping_ends_streams() -> None:
    async with AsyncExitStack() as outer, AsyncExitStack() as stack:
        whatsapp = await start(stack)
        session = await outer.enter_async_context(aiohttp.ClientSession())
        answer = await outer.enter_async_context(session.get(f"{whatsapp.url}/_sim/events"))
        page = Stream(answer)
        await page.until("ready")
        await stack.aclose()
        assert await page.next() == ("", {})


async def test_a_transcript_has_the_form_of_a_flows_docstring(whatsapp: WhatsApp) -> None:
    await whatsapp.say("donate")
    wamid = await whatsapp.accepted(rows("Harare", "Gweru"))
    await whatsapp.sim("POST", f"phones/{TARIRO}/tap", {"wamid": wamid, "id": "row:1"})
    await whatsapp.accepted(interactive({**buttons("Yes", "No")["interactive"], "body": {"text": "Check:\n*USD 5*"}}))
    parameters = {"display_text": "Pay", "url": "https://example.org"}
    link = {"type": "cta_url", "body": {"text": "Pay here"}, "action": {"name": "cta_url", "parameters": parameters}}
    await whatsapp.accepted(interactive(link))
    await whatsapp.sim("POST", f"phones/{TARIRO}/send", {"message": {"type": "image", "image": {"id": "1"}}})
    form = {"type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": {"response_json": "{}"}}}
    await whatsapp.sim("POST", f"phones/{TARIRO}/send", {"message": form})
    async with watched(whatsapp, f"phones/{TARIRO}/transcript") as answer:
        assert await answer.text() == (
            "Tariro Moyo:\n\n"
            "    > donate\n"
            "    < How much?\n"
            "    > Gweru\n"
            "    < Check: [Yes] [No]\n"
            "      *USD 5*\n"
            "    < Pay here [Pay]\n"
            "    > (image)\n"
            "    > (form sent)\n"
        )
        assert "content-disposition" not in answer.headers
    async with watched(whatsapp, f"phones/{TARIRO}/transcript?after=4&save") as answer:
        assert re.findall("    ([<>]) (.+)", await answer.text())[:2] == [("<", "Pay here [Pay]"), (">", "(image)")]
        assert "talk-263771111111.txt" in answer.headers["content-disposition"]


async def test_what_never_arrived_is_not_in_the_transcript_and_says_why(whatsapp: WhatsApp) -> None:
    await whatsapp.accepted(text("Mhoro"))
    [item] = await whatsapp.talk()
    assert (item["status"], item["error"]) == (
        "failed",
        "More than 24 hours have passed since the customer last replied to this number.",
    )
    async with watched(whatsapp, f"phones/{TARIRO}/transcript") as answer:
        assert await answer.text() == "Tariro Moyo:\n\n"


async def test_a_phone_without_a_network_sends_and_gets_nothing_until_it_has_one(whatsapp: WhatsApp) -> None:
    await whatsapp.say("hi")
    await whatsapp.sim("POST", "switches", {"offline": True})
    for words in ("one", "two"):
        await whatsapp.sim("POST", f"phones/{TARIRO}/say?wait=no", {"text": words})
    wamid = await whatsapp.accepted(text("Mhoro"))
    await whatsapp.advance(60)
    assert [item["status"] for item in await whatsapp.talk()] == ["sent", None, None, "sent"]
    assert whatsapp.gateway.statuses(wamid) == ["sent"]
    await whatsapp.sim("POST", "switches", {"offline": False})
    await whatsapp.advance(0)
    assert [message["text"]["body"] for message in whatsapp.gateway.updates("messages")] == ["hi", "one", "two"]
    assert whatsapp.gateway.statuses(wamid) == ["sent", "delivered", "read"]


async def test_what_waits_for_a_network_is_forgotten_by_a_reset(whatsapp: WhatsApp) -> None:
    await whatsapp.sim("POST", "switches", {"offline": True})
    await whatsapp.sim("POST", f"phones/{TARIRO}/say?wait=no", {"text": "hi"})
    await whatsapp.advance(1)
    await whatsapp.sim("POST", "reset")
    await whatsapp.sim("POST", "switches", {"offline": False})
    await whatsapp.advance(1)
    assert whatsapp.gateway.bodies == []


async def test_a_slow_network_delays_what_phones_send_and_get(whatsapp: WhatsApp) -> None:
    await whatsapp.say("hi")
    await whatsapp.sim("POST", "switches", {"slow_seconds": 3})
    await whatsapp.sim("POST", f"phones/{TARIRO}/say?wait=no", {"text": "slow"})
    wamid = await whatsapp.accepted(text("Mhoro"))
    await whatsapp.advance(2.5)
    assert len(whatsapp.gateway.updates("messages")) == 1
    assert whatsapp.gateway.statuses(wamid) == ["sent"]
    await whatsapp.advance(0.5)
    assert len(whatsapp.gateway.updates("messages")) == 2
    await whatsapp.advance(3)
    assert whatsapp.gateway.statuses(wamid) == ["sent", "delivered", "read"]


@pytest.mark.parametrize("wrong", [{"slow_seconds": -1}, {"offline": "perhaps"}])
async def test_a_switch_that_does_not_fit_is_refused_by_its_name(whatsapp: WhatsApp, wrong: Json) -> None:
    told = await whatsapp.sim("POST", "switches", wrong, expect=400)
    assert next(iter(wrong)) in told["error"]
