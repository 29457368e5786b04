"""People hide, block, move and send every kind of thing; the gateway is told as the contract says."""

from __future__ import annotations

import json

import pytest

from sandbox.whatsapp.kinds import FILES, kinds
from sandbox.whatsapp.tests.gateway import TARIRO, THEMBA, TOKEN, WhatsApp, text


async def change(whatsapp: WhatsApp, **what: object) -> None:
    await whatsapp.sim("POST", f"phones/{TARIRO}/person", what)


async def test_a_person_who_hides_their_number_is_told_by_user_id_alone(whatsapp: WhatsApp) -> None:
    await change(whatsapp, username="tariro", hidden=True)
    await whatsapp.say()
    [value] = whatsapp.gateway.values()
    [message], [contact] = value["messages"], value["contacts"]
    assert "from" not in message
    assert contact == {"profile": {"name": "Tariro Moyo", "username": "tariro"}, "user_id": message["from_user_id"]}
    body = {key: part for key, part in text().items() if key != "to"} | {"recipient": message["from_user_id"]}
    wamid = await whatsapp.accepted(body)
    await whatsapp.advance(5)
    statuses = [status for status in whatsapp.gateway.updates("statuses") if status["id"] == wamid]
    assert [status["status"] for status in statuses] == ["sent", "delivered", "read"]
    assert not any("recipient_id" in status for status in statuses)


@pytest.mark.parametrize("what", [{"blocks": True}, {"has_whatsapp": False}])
async def test_who_cannot_be_reached_is_found_out_later(whatsapp: WhatsApp, what: dict[str, bool]) -> None:
    await whatsapp.say()
    await change(whatsapp, **what)
    wamid = await whatsapp.accepted(text())
    await whatsapp.advance(5)
    [failed] = [status for status in whatsapp.gateway.updates("statuses") if status["id"] == wamid]
    assert (failed["status"], failed["errors"][0]["code"]) == ("failed", 131026)
    assert (await whatsapp.sim("GET", f"messages/{wamid}"))["status"] == "failed"


async def test_who_has_receipts_off_never_reads(whatsapp: WhatsApp) -> None:
    await whatsapp.say()
    await change(whatsapp, receipts=False)
    wamid = await whatsapp.accepted(text())
    await whatsapp.advance(5)
    assert whatsapp.gateway.statuses(wamid) == ["sent", "delivered"]


async def test_a_new_number_is_told_by_a_system_message_and_a_new_user_id(whatsapp: WhatsApp) -> None:
    await whatsapp.say()
    before = whatsapp.gateway.updates("messages")[0]
    told = await whatsapp.sim("POST", f"phones/{TARIRO}/number", {"to": "+263718765432"})
    system = whatsapp.gateway.updates("messages")[-1]
    assert (system["from"], system["system"]["type"]) == (before["from"], "user_changed_number")
    assert system["system"]["wa_id"] == "263718765432"
    assert "contacts" not in whatsapp.gateway.values()[-2]
    update = json.loads(whatsapp.gateway.bodies[-1])["entry"][0]["changes"][0]
    assert update["field"] == "user_id_update"
    ids = {"previous": before["from_user_id"], "current": told["user_id"]}
    assert update["value"]["user_id"] == ids
    await whatsapp.say(phone="+263718765432")
    assert whatsapp.gateway.updates("messages")[-1]["from_user_id"] == told["user_id"] != before["from_user_id"]
    await whatsapp.sim("POST", "phones/+263718765432/number", {"to": THEMBA}, expect=409)


@pytest.mark.parametrize("kind", sorted([*FILES, *kinds("")]))
async def test_every_kind_of_message_can_be_sent(whatsapp: WhatsApp, kind: str) -> None:
    await whatsapp.sim("POST", f"phones/{TARIRO}/kinds/{kind}")
    [message] = whatsapp.gateway.updates("messages")
    if kind in FILES:
        inner = message[message["type"]]
        async with whatsapp.session.get(inner["url"], headers={"authorization": f"Bearer {TOKEN}"}) as answer:
            assert await answer.read() == FILES[kind][2]


async def test_an_unknown_kind_is_named(whatsapp: WhatsApp) -> None:
    told = await whatsapp.sim("POST", f"phones/{TARIRO}/kinds/smell", expect=404)
    assert "voice" in told["error"]
