"""Who was forgotten: their identities go, and come back as somebody new only when they write again."""

from __future__ import annotations

from typing import Any

from services.gateway.domain.identities import Identity
from services.gateway.store import IDENTITIES
from services.gateway.tests.conftest import Edge
from shared.contracts.conversation import ErasureRequested
from shared.contracts.gateway import MessageReceived, PersonErased
from shared.kernel.ids import MemberId

PHONE = "263771234567"


def webhook(**value: Any) -> dict[str, Any]:
    metadata = {"display_phone_number": "263780000000", "phone_number_id": "100"}
    change = {"field": "messages", "value": {"messaging_product": "whatsapp", "metadata": metadata, **value}}
    return {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]}


def text(id: str) -> dict[str, Any]:
    message = {"from": PHONE, "id": id, "timestamp": "1790000000", "type": "text", "text": {"body": "hi"}}
    return webhook(contacts=[{"wa_id": PHONE, "profile": {"name": "Tariro"}}], messages=[message])


def read_by(member: MemberId) -> dict[str, Any]:
    told = {"id": "wamid.9", "status": "read", "timestamp": "1790000001", "recipient_id": PHONE}
    return webhook(statuses=[{**told, "biz_opaque_callback_data": f"E-1/{member}"}])


async def write(edge: Edge, id: str) -> MemberId:
    assert await edge.post(text(id)) == 200
    return edge.harness.last(MessageReceived).member


async def test_who_writes_again_is_somebody_new(edge: Edge) -> None:
    member = await write(edge, "wamid.1")
    assert await write(edge, "wamid.2") == member
    await edge.harness.say(ErasureRequested(member=member, at=edge.harness.clock.now()))
    assert edge.harness.only(PersonErased).member == member
    assert edge.harness.documents("gateway", IDENTITIES) == []
    assert await write(edge, "wamid.3") != member


async def test_an_identity_that_a_race_left_behind_is_nobody_s(edge: Edge) -> None:
    member = await write(edge, "wamid.1")
    now = edge.harness.clock.now()
    await edge.harness.say(ErasureRequested(member=member, at=now))
    left = Identity(member=member, first_seen=now, last_seen=now)
    await edge.harness.running["gateway"].entry.create(IDENTITIES, {f"phone:+{PHONE}": left})
    assert await write(edge, "wamid.2") != member


async def test_a_late_status_of_our_last_words_brings_nobody_back(edge: Edge) -> None:
    member = await write(edge, "wamid.1")
    await edge.harness.say(ErasureRequested(member=member, at=edge.harness.clock.now()))
    assert await edge.post(read_by(member)) == 200
    assert edge.said("delivery_status_changed")
    assert edge.harness.documents("gateway", IDENTITIES) == []
