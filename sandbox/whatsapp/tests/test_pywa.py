"""An independent client, the package `pywa`, talks with the stand-in; only the base URL of its session is ours."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from pywa.types.callback import Button, Section, SectionList, SectionRow
from pywa_async.client import WhatsApp as Client
from pywa_async.errors import MessageUndeliverable, WhatsAppError

from sandbox.whatsapp.tests.gateway import NUMBER_ID, TARIRO, TOKEN, WhatsApp

PDF = b"%PDF-1.7 a receipt"


@pytest.fixture
async def client(whatsapp: WhatsApp) -> AsyncIterator[Client]:
    async with httpx.AsyncClient() as session:
        client = Client(phone_id=NUMBER_ID, token=TOKEN, session=session, validate_updates=False)
        session.base_url = httpx.URL(f"{whatsapp.url}/v26.0")
        yield client


async def test_text_buttons_list_document_and_read_mark_go_through(client: Client, whatsapp: WhatsApp) -> None:
    asked = await whatsapp.say("hi")
    text = await client.send_message(TARIRO, "Mhoro, Tariro!")
    assert text.id.startswith("wamid.")
    await client.send_message(TARIRO, "Sure?", buttons=[Button("Yes", "yes"), Button("No", "no")])
    rows = [SectionRow(title=town, callback_data=town.lower()) for town in ("Harare", "Gweru")]
    await client.send_message(TARIRO, "Where?", buttons=SectionList("Choose", sections=[Section("Towns", rows)]))
    await client.send_document(TARIRO, PDF, filename="receipt.pdf", caption="R-1", mime_type="application/pdf")
    await client.mark_message_as_read(asked)
    said, *bubbles = await whatsapp.talk()
    assert said["status"] == "read"
    assert [bubble["type"] for bubble in bubbles] == ["text", "interactive", "interactive", "document"]
    assert bubbles[0]["body"]["body"] == "Mhoro, Tariro!"
    assert bubbles[3]["body"]["filename"] == "receipt.pdf"
    async with whatsapp.session.get(f"{whatsapp.url}/_sim/media/{bubbles[3]['body']['id']}") as answer:
        assert await answer.read() == PDF
    await whatsapp.advance(5)
    assert [bubble["status"] for bubble in await whatsapp.talk()] == ["read"] * 5


async def test_errors_are_those_that_the_client_knows(client: Client, whatsapp: WhatsApp) -> None:
    await whatsapp.sim("POST", "faults", {"effect": "code", "code": 131026})
    with pytest.raises(MessageUndeliverable):
        await client.send_message(TARIRO, "hello")
    with pytest.raises(WhatsAppError) as caught:
        await client.send_message(TARIRO, "Sure?", buttons=[Button("x" * 21, "yes")])
    assert caught.value.code == 131009
