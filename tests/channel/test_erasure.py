"""Somebody goes through all six services and is forgotten: no store holds anything of them, and the money stays."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from sandbox.credex_core.app import make_app as make_core
from sandbox.credex_core.settings import CredexCoreSettings
from sandbox.credex_core.tests.bot import KEY, SECRET
from sandbox.paynow.app import make_app as make_paynow
from sandbox.paynow.settings import Integration, PaynowSettings
from services.conversation.app import make as make_conversation
from services.credex.app import make as make_credex
from services.credex.store import MEMBERS
from services.credex.tests.world import settings as credex_settings
from services.gateway.store import IDENTITIES
from services.payments.app import make as make_payments
from services.payments.store import PAYMENTS, RECEIPTS
from services.payments.tests.world import USD_KEY, listener
from services.payments.tests.world import serve as serve_at
from services.payments.tests.world import settings as payments_settings
from services.reporting.app import make as make_reporting
from services.reporting.store import GIFTS, JOURNAL, LOG, ROWS, VOLUNTEERS
from shared.contracts import credex, gateway, notifier, payments, reporting
from shared.contracts.conversation import ErasureRequested
from shared.contracts.credex import DashboardShown, OpenDashboard
from shared.contracts.gateway import Address, IdentityChanged, MemberMet
from shared.contracts.notifier import PlainText, SendMessage
from shared.contracts.payments import ReceiptIssued, ReceiptVerified, VerifyReceipt
from shared.contracts.registry import SERVICES
from shared.http.files import StoredFile
from shared.kernel.ids import MemberId
from shared.testing.harness import Harness
from tests.channel.channel import Channel, open_channel

PHONE = "+263779998877"
CANARIES = ("canar", "779998877", "mjyznzc5otk4odc3", "771111111")
"""In the name, e-mail, skill and purpose; in the phone, also as WhatsApp's message ids hold it; in the wallet."""
EXPIRE = {"files": 2, "forms": 4, "dead_letters": 90, "report_files": 90}
"""Kinds that may hold a person until they expire, and after how many days they do (decision 0060)."""
GIFT = ("donate", "Zvikomborero Canary", "Manicaland", "Mutare", "Other", "Aunt Canarina's roof", "20 usd", "EcoCash")
REGISTRATION = ("register", "zvi.canary@example.org", "Manicaland", "Mutare", "Canary keeper", "confirm")


@dataclass
class Person:
    """At the sandbox's phone."""

    channel: Channel

    async def say(self, *texts: str, seconds: int = 3) -> None:
        harness = self.channel.harness
        for text in texts:
            heard = len(harness.all(gateway.MessageReceived))
            await self.channel.sim("POST", f"phones/{PHONE}/say?wait=no&number=100", {"text": text})
            for _ in range(2 * seconds):
                await self.channel.step()
            while len(harness.all(gateway.MessageReceived)) == heard:
                await self.channel.step()  # the publish that fails first is made up for by the sweep

    @property
    def member(self) -> MemberId:
        """Whoever the gateway takes them for now."""
        return self.channel.harness.last(gateway.MessageReceived).member


@pytest.fixture
async def person(valkey_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Person]:
    paynow, core = listener(), listener()
    paynow_url, core_url = ("http://{}:{}".format(*bound.getsockname()) for bound in (paynow, core))
    environment = {
        **payments_settings(PUBLIC_URL=paynow_url, PAYNOW_URL=f"{paynow_url}/paynow"),
        **credex_settings(f"{core_url}/credex"),
        "COOKIE_KEY": "c" * 32,
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    others = {
        "conversation": make_conversation,
        "payments": make_payments,
        "credex": make_credex,
        "reporting": make_reporting,
    }
    async with AsyncExitStack() as stack:
        channel = await open_channel(stack, valkey_url, monkeypatch, others=others)
        clock = channel.harness.clock
        integration = Integration.model_validate({"id": 30101, "key": USD_KEY, "currency": "USD", "mode": "test"})
        given = {"integrations": [integration], "public_url": f"{paynow_url}/paynow", "seed": 1}
        people = ((PHONE.removeprefix("+"), "Zvikomborero Canary"),)
        core_settings = CredexCoreSettings(client_key=KEY, jwt_secret=SECRET, seed=1, people=people)
        for app, path, at in (
            (make_paynow(PaynowSettings.model_validate(given), clock), "/paynow", paynow),
            (make_core(core_settings, clock), "/credex", core),
        ):
            root = web.Application()
            root.add_subapp(path, app)
            await serve_at(root, at, stack)
        session = await stack.enter_async_context(aiohttp.ClientSession())
        advance = channel.step

        async def step() -> None:
            await advance()
            async with session.post(f"{paynow_url}/paynow/_sim/clock", json={"advance": 0}) as answer:
                assert answer.status == 200

        monkeypatch.setattr(channel, "step", step)
        await channel.sim("POST", "phones", {"phone": PHONE, "name": "Zvi Canary"})
        yield Person(channel)
    for bound in (paynow, core):
        bound.close()


def found_in(harness: Harness) -> dict[str, set[str]]:
    """The canaries in every document of every service, by `service/kind`: states, ids, outboxes, calls."""
    found: dict[str, set[str]] = {}
    for name in SERVICES:
        running = harness.running[name]
        for kind in running.stores.kinds:
            for document in harness.documents(name, kind):
                calls = [call.model_dump(mode="json") for call in document.outcalls]
                sent = [entry.model_dump(mode="json") for entry in document.outbox]
                text = json.dumps([document.id, document.state, calls, sent], ensure_ascii=False)
                if kind.state is StoredFile:
                    text += base64.b64decode(document.state["content"]).decode("latin-1")
                if said := {canary for canary in CANARIES if canary in text.casefold()}:
                    found.setdefault(f"{name}/{kind.name}", set()).update(said)
    return found


def money_in(harness: Harness) -> list[Any]:
    """What must be the same before and after: the log, the ledger, the rows."""
    return [[(one.id, one.state) for one in harness.documents("reporting", kind)] for kind in (LOG, JOURNAL, ROWS)]


async def go_through(person: Person) -> None:
    """Talk, gift, receipt with its PDF, registration, credex, export."""
    harness = person.channel.harness
    await person.say(*GIFT, "0771 111 111")
    await person.say("confirm", seconds=40)
    await person.say("receipt", *REGISTRATION, "my data")
    await harness.say(OpenDashboard(member=person.member, request="1"))
    await person.channel.step()
    assert harness.all(DashboardShown)
    assert harness.all(ReceiptIssued)


async def test_no_store_holds_anything_of_who_was_forgotten_and_the_money_stays(person: Person) -> None:
    harness = person.channel.harness
    await go_through(person)
    before, money, member = found_in(harness), money_in(harness), person.member
    assert {place.partition("/")[0] for place in before} == set(SERVICES)
    [receipt] = [document.state for document in harness.documents("payments", RECEIPTS)]
    paid_at = harness.clock.now()

    await person.say("forget me", "yes", seconds=100)

    assert harness.only(ErasureRequested).member == member
    for service in (gateway, payments, notifier, credex, reporting):
        assert {told.member for told in harness.all(service.PersonErased)} == {member}
    assert harness.last(SendMessage).content == PlainText(body="I forget you now. If you write again, we begin anew.")
    left = found_in(harness)
    assert {place.partition("/")[2] for place in left} <= set(EXPIRE), left
    for running in harness.running.values():
        for kind in running.stores.kinds:
            if kind.name in EXPIRE:
                assert kind.keep is not None
                assert kind.keep.days <= EXPIRE[kind.name]

    assert money_in(harness) == money
    [payment] = [document.state for document in harness.documents("payments", PAYMENTS)]
    assert (payment["amount"]["amount"], payment["state"], payment["purpose"]) == ("20.00", "settled", "Other")
    [gift] = [document.state for document in harness.documents("reporting", GIFTS)]
    assert (gift["member"], gift["name"], gift["minor"]) == (None, None, 2000)
    for code in (receipt["code"], receipt["signed"]):
        await harness.say(VerifyReceipt(code=code, asked_by=MemberId("M-OTHER")))
        told = harness.last(ReceiptVerified)
        assert (told.receipt_number, told.purpose) == (receipt["code"], "Other")
    assert paid_at < harness.clock.now()


async def test_what_comes_late_brings_nobody_back_and_who_writes_again_is_new(person: Person) -> None:
    harness = person.channel.harness
    await go_through(person)
    member = person.member
    issued = harness.only(ReceiptIssued)
    address = Address(phone_number_id="100", phone=PHONE)
    await person.say("forget me", "yes", seconds=100)
    late = [
        MemberMet(member=member, address=address),
        IdentityChanged(member=member, address=address),
        issued,
        SendMessage(member=member, address=address, content=PlainText(body="Canary"), purpose="notice"),
        harness.last(payments.RequestPayment),
    ]
    await harness.say(*late)
    await harness.advance(10)
    assert {place.partition("/")[2] for place in found_in(harness)} <= set(EXPIRE)
    assert not harness.documents("credex", MEMBERS)
    assert not harness.documents("gateway", IDENTITIES)

    await person.say("donate", seconds=5)
    assert person.member != member
    last = harness.last(SendMessage)
    assert last.member == person.member
    assert "full name" in str(last.content)
    [volunteer] = harness.documents("reporting", VOLUNTEERS)
    assert volunteer.state["full_name"] is None
