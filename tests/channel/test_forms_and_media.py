"""Forms and files go the whole way: from the person's phone by WhatsApp to who made or wants them, and back."""

from __future__ import annotations

import hashlib
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from sandbox.whatsapp.kinds import FILES
from services.conversation.app import make as make_conversation
from services.conversation.engine.session import Session
from services.conversation.forms.keys import make_key, public_pem
from services.conversation.forms.media import PickedFile, open_media
from services.conversation.forms.screens import Asked, Final, Next, Screens, Shown
from services.conversation.forms.settings import FormSettings
from services.conversation.forms.tokens import Tokens
from services.conversation.forms.wiring import make_endpoint
from services.conversation.routes import Routes
from services.conversation.store import SESSIONS
from services.notifier.store import MAILBOXES
from shared.contracts.files import FileRef
from shared.contracts.gateway import Form, Media, MessageReceived
from shared.contracts.notifier import (
    Document,
    FetchMedia,
    FlowButton,
    MediaFetched,
    OpenWindow,
    SendMessage,
    TemplateFallback,
)
from shared.kernel.ids import MemberId
from shared.runtime.service import Service, Tools
from shared.runtime.settings import read_settings
from shared.testing.harness import Harness
from tests.channel.channel import NUMBERS, TOKEN, Channel, open_channel, serve

TARIRO = "+263771234567"
FORM: dict[str, Any] = {
    "version": "7.3",
    "data_api_version": "3.0",
    "routing_model": {"DETAILS": ["REVIEW"], "REVIEW": []},
    "screens": [
        {"id": "DETAILS", "data": {"towns": {"type": "array"}}},
        {"id": "REVIEW", "terminal": True, "data": {"summary": {"type": "string"}}},
    ],
}


def screens() -> Screens:
    """A registration of two screens."""
    found = Screens()

    @found.first("register")
    def start(_: Asked) -> Shown:
        return Next("DETAILS", {"towns": [{"id": "hre", "title": "Harare"}]})

    @found.screen("register", "DETAILS")
    def details(asked: Asked) -> Shown:
        if not asked.data.get("name"):
            return Next("DETAILS", {"error_message": "Your name, please."})
        return Next("REVIEW", {"summary": f"{asked.data['name']}, Harare"})

    @found.screen("register", "REVIEW")
    def review(asked: Asked) -> Shown:
        return Final({"agreed": asked.data["agreed"]})

    return found


async def open_forms(
    stack: AsyncExitStack, folder: Path, monkeypatch: pytest.MonkeyPatch, screens: Screens
) -> tuple[str, str, Harness]:
    """Conversation's port with these screens on it; its address, its public key, and itself."""
    pem = public_pem(make_key(folder / "forms.pem", "open sesame"))
    monkeypatch.setenv("PRIVATE_KEY_FILE", str(folder / "forms.pem"))
    monkeypatch.setenv("PRIVATE_KEY_PASSPHRASE", "open sesame")
    lent: list[Tools] = []

    def make(tools: Tools) -> Service:
        lent.append(tools)
        return make_conversation(tools)

    harness = await stack.enter_async_context(Harness({"conversation": make}))
    app = web.Application()
    Routes(make_endpoint(read_settings(FormSettings), lent[0], screens), "test").add_to(app)
    return await serve(app, stack), pem, harness


async def read(harness: Harness, member: MemberId) -> int:
    """How many messages the notifier knows to be read by a person."""
    mailbox = await harness.state("notifier", MAILBOXES, member)
    return sum(delivery.state == "read" for delivery in mailbox.deliveries) if mailbox else 0


async def upload(channel: Channel, pem: str) -> None:
    for number in NUMBERS:
        async with channel.http.post(
            f"/graph/v26.0/{number}/whatsapp_business_encryption",
            data={"business_public_key": pem},
            headers={"authorization": f"Bearer {TOKEN}"},
        ) as answer:
            assert answer.status == 200


async def offer(channel: Channel, conversation: Harness) -> tuple[str, str]:
    """Tariro is offered the form; its token and the message's id."""
    [heard] = await channel.hear([TARIRO])
    token = Tokens("test").make("register", heard.member, "E-1", channel.harness.clock.now())
    entry = conversation.running["conversation"].entry
    await entry.create(SESSIONS, {heard.member: Session(form=token)})
    button = FlowButton(body="Register", title="Fill in", flow_id="1", token=token)
    about = {"member": heard.member, "address": heard.address, "answers_at": heard.sent_at}
    await channel.harness.say(SendMessage(content=button, purpose="reply", **about))
    await channel.step()
    [bubble] = [
        item
        for item in (await channel.sim("GET", f"phones/{TARIRO}/messages"))["messages"]
        if item["type"] == "interactive"
    ]
    return token, bubble["wamid"]


async def test_a_form_is_offered_filled_in_and_comes_back_as_the_endpoint_ended_it(
    valkey_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with AsyncExitStack() as stack:
        url, pem, conversation = await open_forms(stack, tmp_path, monkeypatch, screens())
        channel = await open_channel(stack, valkey_url, monkeypatch, services_url=url)
        await channel.sim("POST", "forms/ping", expect=422)  # no key yet
        await upload(channel, public_pem(make_key(tmp_path / "another.pem", None)))
        refused = await channel.sim("POST", "forms/ping", expect=422)
        assert refused["error"] == "unexpected_http_status_code 421", "of another key; the phone fetched it anew, once"
        await upload(channel, pem)
        assert await channel.sim("POST", "forms/ping") == {"data": {"status": "active"}}
        token, wamid = await offer(channel, conversation)
        entered = [{"data": {}}, {"data": {"name": "Tariro"}}, {"data": {"agreed": True}}]
        filled = {"wamid": wamid, "screens": entered, "form": FORM}
        told = await channel.sim("POST", f"phones/{TARIRO}/form?wait=no", filled)
        assert [shown["screen"] for shown in told["shown"]] == ["DETAILS", "DETAILS", "REVIEW", "SUCCESS"]
        while len(channel.harness.all(MessageReceived)) < 2:
            await channel.step()
        content = channel.harness.last(MessageReceived).content
        assert isinstance(content, Form)
        assert content.answers == {"flow_token": token, "agreed": True}
        again = await channel.sim("POST", f"phones/{TARIRO}/form?wait=no", filled, expect=422)
        assert again["error"].startswith("closed: This form was sent already")


async def test_a_file_that_was_picked_in_a_form_is_opened_by_the_endpoint(
    valkey_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slip, found = b"%PDF-1.7 a bank slip", list[PickedFile]()
    with_files = Screens()

    @with_files.screen("register", "SLIP")
    def take(asked: Asked) -> Shown:
        found.extend(map(PickedFile.model_validate, asked.data["slip"]))
        return Final({})

    async with AsyncExitStack() as stack:
        url, pem, conversation = await open_forms(stack, tmp_path, monkeypatch, with_files)
        channel = await open_channel(stack, valkey_url, monkeypatch, services_url=url)
        await upload(channel, pem)
        _token, wamid = await offer(channel, conversation)
        async with channel.http.post(f"/graph/_sim/phones/{TARIRO}/form/files?name=slip.pdf", data=slip) as answer:
            picked = await answer.json()
        asked = {"wamid": wamid, "action": "data_exchange", "screen": "SLIP", "data": {"slip": [picked]}}
        await channel.sim("POST", f"phones/{TARIRO}/form/ask?wait=no", asked)
        [file] = found
        hosted = "/graph/" + file.cdn_url.partition("/graph/")[2]
        async with channel.http.get(hosted) as answer:
            assert open_media(await answer.read(), file.encryption_metadata) == slip
        assert file.file_name == "slip.pdf"


async def test_a_persons_picture_is_fetched_though_its_address_has_died(
    valkey_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with AsyncExitStack() as stack:
        channel = await open_channel(stack, valkey_url, monkeypatch)
        await channel.hear([TARIRO])
        await channel.sim("POST", f"phones/{TARIRO}/kinds/image?wait=no")
        while len(channel.harness.all(MessageReceived)) < 2:
            await channel.step()
        heard = channel.harness.last(MessageReceived)
        assert isinstance(heard.content, Media)
        assert heard.content.media_id is not None
        await channel.harness.clock.advance(600)
        await channel.step()
        await channel.harness.say(
            FetchMedia(
                member=heard.member,
                phone_number_id=heard.address.phone_number_id,
                media_id=heard.content.media_id,
                sha256=heard.content.sha256,
            )
        )
        file = channel.harness.only(MediaFetched).file
        notifier = web.Application()
        routes = channel.harness.services["notifier"].routes
        assert routes is not None
        routes(notifier)
        url = await serve(notifier, stack)
        path = "/" + file.url.split("/", 3)[3]
        async with aiohttp.ClientSession(url) as session, session.get(path) as answer:
            assert await answer.read() == FILES["image"][2]


async def test_a_document_arrives_as_it_was_made_also_outside_the_window(
    valkey_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = FILES["document"][2]
    async with AsyncExitStack() as stack:
        maker = web.Application()

        async def give(_: web.Request) -> web.Response:
            return web.Response(body=made)

        maker.router.add_get("/files/1", give)
        url = f"{await serve(maker, stack)}/files/1"
        channel = await open_channel(stack, valkey_url, monkeypatch)
        [heard] = await channel.hear([TARIRO])
        digest = hashlib.sha256(made).hexdigest()
        file = FileRef(url=url, sha256=digest, size=len(made), name="report.pdf", type="application/pdf")
        template = TemplateFallback(name="report_ready", parameters=("Gifts", "October 2026"))
        # The person never wrote to the second number: no window is open there.
        elsewhere = heard.address.model_copy(update={"phone_number_id": NUMBERS[1]})
        await channel.harness.say(OpenWindow(member=heard.member, address=heard.address, at=heard.sent_at))
        for sent, address in enumerate((heard.address, elsewhere), 1):
            await channel.harness.say(
                SendMessage(
                    member=heard.member,
                    address=address,
                    content=Document(file=file, caption="Gifts"),
                    purpose="report",
                    template=template,
                )
            )
            while await read(channel.harness, heard.member) < sent:
                await channel.step()
        bubbles = (await channel.sim("GET", f"phones/{TARIRO}/messages"))["messages"][1:]
        assert [bubble["type"] for bubble in bubbles] == ["document", "template"]
        header = bubbles[1]["body"]["components"][0]["parameters"][0]["document"]
        for file_id in (bubbles[0]["body"]["id"], header["id"]):
            async with channel.http.get(f"/graph/_sim/media/{file_id}") as answer:
                assert await answer.read() == made
