"""Who was forgotten: their identities go, and come back as somebody new only when they write again."""

from __future__ import annotations

from typing import Any

from services.gateway.domain.identities import Identity
from services.gateway.store import ALIASES, IDENTITIES
from services.gateway.tests.conftest import Edge
from shared.contracts.conversation import ErasureRequested, ForgetAlias
from shared.contracts.gateway import MessageReceived, PersonErased
from shared.kernel.ids import MemberId

PHONE = "263771234567"


def webhook(**value: Any) -> dict[str, Any]:
    metadata = {"display_phone_number": "263780000000", "phone_number_id": "100"}
    change = {"field": "messages", "value": {"messaging_product": "whatsapp", "metadata": metadata, **value}}
    return {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]}


def text(id: str, phone: str | None = PHONE, bsuid: str | None = None) -> dict[str, Any]:
    message = {"id": id, "timestamp": "1790000000", "type": "text", "text": {"body": "hi"}}
    contact: dict[str, Any] = {"profile": {"name": "Tariro"}}
    if phone is not None:
        message["from"] = contact["wa_id"] = phone
    if bsuid is not None:
        message["from_user_id"] = contact["user_id"] = bsuid
    return webhook(contacts=[contact], messages=[message])


def read_by(member: MemberId) -> dict[str, Any]:
    told = {"id": "wamid.9", "status": "read", "timestamp": "1790000001", "recipient_id": PHONE}
    return webhook(statuses=[{**told, "biz_opaque_callback_data": f"E-1/{member}"}])


async def write(edge: Edge, id: str, phone: str | None = PHONE, bsuid: str | None = None) -> MemberId:
    assert await edge.post(text(id, phone, bsuid)) == 200
    return edge.harness.last(MessageReceived).member


async def test_who_writes_again_is_somebody_new(edge: Edge) -> None:
    member = await write(edge, "wamid.1")
    assert await write(edge, "wamid.2") == member
    await edge.harness.say(ErasureRequested(member=member, at=edge.harness.clock.now()))
    assert edge.harness.only(PersonErased).member == member
    assert edge.harness.documents("gateway", IDENTITIES) == []
    assert await write(edge, "wamid.3") != member


async def test_a_message_that_comes_again_after_the_erasure_brings_nobody_back(edge: Edge) -> None:
    """WhatsApp repeats for 7 days (contract 1.3), in envelopes of any kind."""
    member = await write(edge, "wamid.1")
    await edge.harness.say(ErasureRequested(member=member, at=edge.harness.clock.now()))
    assert await edge.post(text("wamid.1")) == 200
    assert edge.harness.documents("gateway", IDENTITIES) == []
    assert len(edge.said("message_received")) == 1


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


async def test_what_was_kept_before_two_identities_met_is_forgotten_with_the_person(edge: Edge) -> None:
    """The third member becomes an alias of the second, who becomes one of the first."""
    first = await write(edge, "wamid.1", None, "ZW.9")
    second = await write(edge, "wamid.2")
    third = await write(edge, "wamid.3", None, "ZW.1")
    assert len({first, second, third}) == 3
    assert await write(edge, "wamid.4", PHONE, "ZW.1") == second
    assert await write(edge, "wamid.5", PHONE, "ZW.9") == first
    assert await write(edge, "wamid.6", PHONE, "ZW.1") == first
    for member in (first, second, third):  # the conversation says the others when it is asked
        await edge.harness.say(ErasureRequested(member=member, at=edge.harness.clock.now()))
    assert {asked.member for asked in edge.harness.all(ForgetAlias)} == {second, third}
    assert edge.harness.documents("gateway", IDENTITIES) == []
    assert [document.id for document in edge.harness.documents("gateway", ALIASES)] == []


async def test_an_alias_who_still_writes_by_another_identity_is_somebody(edge: Edge) -> None:
    """A number that went from one person to another does not make the one erase the other."""
    await write(edge, "wamid.1", None, "ZW.1")
    other = await write(edge, "wamid.2", PHONE, "ZW.2")
    first = await write(edge, "wamid.3", PHONE, "ZW.1")
    assert first != other
    await edge.harness.say(ErasureRequested(member=first, at=edge.harness.clock.now()))
    assert edge.harness.all(ForgetAlias) == []
    assert await write(edge, "wamid.4", None, "ZW.2") == other
