"""Who is which member: by whichever ids come, also when two replicas look at once, and never by a system message."""

from __future__ import annotations

import asyncio
import copy
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any, TypeVar

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from services.gateway.app import make
from services.gateway.store import IDENTITIES
from services.gateway.tests.conftest import Edge, sign
from services.gateway.tests.test_whatsapp_webhook import sample
from shared.bus.envelope import Envelope
from shared.bus.memory import MemoryTransport
from shared.http.client import make_client
from shared.http.server import Server
from shared.kernel.clock import SystemClock
from shared.kernel.ids import system_chance
from shared.runtime.running import Running
from shared.runtime.service import Tools
from shared.store.mongo import MongoStore
from shared.store.redis import RedisStore, connect
from shared.store.stores import Stores
from shared.telemetry.pseudonyms import Pseudonyms
from shared.telemetry.tracing import Tracing
from shared.testing.harness import common_settings

T = TypeVar("T")
OLD, NEW = "263771234567", "263718765432"


def text(id: str, number: str | None = None, bsuid: str | None = None, business: str | None = None) -> dict[str, Any]:
    body = sample("text")
    value = body["entry"][0]["changes"][0]["value"]
    value["contacts"] = []
    if business is not None:
        value["metadata"]["phone_number_id"] = business
    message = {key: part for key, part in value["messages"][0].items() if not key.startswith("from")}
    named = {"from": number, "from_user_id": bsuid}
    value["messages"] = [message | {"id": id} | {key: name for key, name in named.items() if name}]
    return body


def system(change: str, number: str | None, **inside: str) -> dict[str, Any]:
    body = text(f"w-{change}", number)
    message = body["entry"][0]["changes"][0]["value"]["messages"][0]
    message.pop("text")
    message |= {"type": "system", "system": {"type": change, "body": "changed", **inside}}
    return body


async def test_a_person_who_comes_with_two_new_ids_is_told_of_once(edge: Edge) -> None:
    await edge.post(text("w1", OLD, "ZW.1"))
    [told] = edge.said("member_met")
    assert (told["address"]["phone"], told["address"]["bsuid"]) == (f"+{OLD}", "ZW.1")
    assert edge.said("identity_changed") == []


async def test_another_id_of_somebody_known_is_told_as_a_change(edge: Edge) -> None:
    await edge.post(text("w1", OLD))
    await edge.post(text("w2", OLD, "ZW.1"))
    [met], [changed] = edge.said("member_met"), edge.said("identity_changed")
    assert (changed["member"], changed["address"]["bsuid"]) == (met["member"], "ZW.1")


async def test_one_person_is_one_member_by_whichever_id_comes(edge: Edge) -> None:
    await edge.post(text("w1", OLD))
    await edge.post(text("w2", bsuid="ZW.1"))
    apart = [said["member"] for said in edge.said("message_received")]
    assert apart[0] != apart[1]
    await edge.post(text("w3", OLD, "ZW.1"))
    await edge.post(text("w4", bsuid="ZW.1"))
    together = [said["member"] for said in edge.said("message_received")][2:]
    assert together == [apart[0], apart[0]], "the older member stays"
    assert [said["alias_of"] for said in edge.said("identity_changed") if said["member"] == apart[1]][-1] == apart[0]


@pytest.mark.parametrize("change", ["user_changed_number", "customer_changed_number"])
async def test_a_change_of_number_is_followed_and_moves_nothing(edge: Edge, change: str) -> None:
    await edge.post(text("w1", OLD, "ZW.1"))
    key = "new_wa_id" if change == "customer_changed_number" else "wa_id"
    await edge.post(system(change, OLD, **{key: NEW}))
    await edge.post(text("w2", NEW, "ZW.2"))
    first, _notice, second = (said["member"] for said in edge.said("message_received"))
    assert first != second, "no account goes to another number on a system message alone"
    [link] = [said for said in edge.said("identity_changed") if said["follows"]]
    assert (link["member"], link["follows"]) == (second, first)
    assert link["address"]["phone"] == f"+{NEW}"


async def test_a_new_user_id_is_followed_and_comes_together_when_the_person_writes(edge: Edge) -> None:
    await edge.post(text("w1", OLD, "ZW.1"))
    value = {"metadata": {"phone_number_id": "1"}, "user_id": {"previous": "ZW.1", "current": "ZW.2"}}
    change = {"field": "user_id_update", "value": value}
    await edge.post({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]})
    await edge.post(text("w2", OLD, "ZW.2"))
    first, second = (said["member"] for said in edge.said("message_received"))
    assert first == second, "the number proves itself with the message"
    assert [said["follows"] for said in edge.said("identity_changed") if said["follows"]] == [first]
    assert edge.said("account_noticed")[0]["supported"] is True


async def test_a_change_of_who_is_not_known_follows_nobody(edge: Edge) -> None:
    value = {"user_id_update": [{"user_id": {"previous": "ZW.8", "current": "ZW.9"}, "wa_id": NEW}]}
    change = {"field": "user_id_update", "value": value}
    await edge.post({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]})
    assert edge.said("identity_changed") == []


async def test_one_message_id_over_two_business_numbers_is_two_messages_of_one_person(edge: Edge) -> None:
    await edge.post(text("w1", OLD, business="100"))
    await edge.post(text("w1", OLD, business="200"))
    first, second = edge.said("message_received")
    assert first["member"] == second["member"]
    assert [said["address"]["phone_number_id"] for said in (first, second)] == ["100", "200"]


def failed(reference: str | None) -> dict[str, Any]:
    body = sample("status_failed_131047")
    status = body["entry"][0]["changes"][0]["value"]["statuses"][0]
    for key in ("recipient_id", "recipient_user_id", "biz_opaque_callback_data"):
        status.pop(key, None)
    if reference is not None:
        status["biz_opaque_callback_data"] = reference
    return body


async def test_a_status_that_names_nobody_finds_whom_we_wrote_to(edge: Edge) -> None:
    await edge.post(failed("E-123/M-7QK2"))
    [said] = edge.said("delivery_status_changed")
    assert (said["member"], said["reference"]) == ("M-7QK2", "E-123")
    assert edge.harness.documents("gateway", IDENTITIES) == []


@pytest.mark.parametrize("reference", [None, "E-123", "E-123/", "E-123/M-il$"])
async def test_a_status_without_our_member_is_taken_all_the_same(edge: Edge, reference: str | None) -> None:
    assert await edge.post(failed(reference)) == 200
    assert edge.said("delivery_status_changed")[0]["reference"] == (reference and "E-123")


def _giving(thing: T) -> Callable[..., T]:
    return lambda *_: thing


class Recording(MemoryTransport):
    def __init__(self) -> None:
        super().__init__()
        self.published: list[Envelope] = []

    async def publish(self, envelopes: Any) -> asyncio.Future[None]:
        self.published.extend(envelopes)
        return await super().publish(envelopes)


@pytest.fixture
async def replicas(
    edge: Edge, mongo_url: str, mongo_database: str, valkey_url: str, key_prefix: str
) -> AsyncIterator[tuple[list[aiohttp.ClientSession], Recording, list[Running]]]:
    """Two gateways over one MongoDB and one Valkey, saying what they say over one transport. (`edge` for settings.)"""

    async def ignore(_: bytes) -> None: ...

    async with AsyncExitStack() as stack:
        transport = Recording()
        await transport.start()
        for name in transport.services():
            await transport.consume(name, ignore)
        sessions, all_running = [], []
        for _ in range(2):
            client = connect(valkey_url)
            stack.push_async_callback(client.aclose)
            running = Running(
                "gateway",
                stores=Stores(MongoStore(mongo_url, mongo_database), RedisStore(client, key_prefix)),
                transport=transport,
                clock=SystemClock(),
                chance=system_chance(),
                tracing=Tracing("gateway"),
                pseudonyms=Pseudonyms("test"),
            )
            http = make_client("services", 5, tell_trace=True)
            stack.push_async_callback(http.aclose)
            tools = Tools(
                common=common_settings(),
                clock=SystemClock(),
                chance=system_chance(),
                http=_giving(http),
                redis=client,
                entry=_giving(running.entry),
            )
            service = make(tools)
            await running.stores.prepare(service.kinds)
            stack.push_async_callback(running.stores.close)
            server = Server("gateway", running.tracing, SystemClock(), host="127.0.0.1", port=0)
            assert service.routes is not None
            service.routes(server.app)
            listening = await stack.enter_async_context(TestServer(server.app))
            sessions.append(await stack.enter_async_context(aiohttp.ClientSession(listening.make_url("/"))))
            all_running.append(running)
        yield sessions, transport, all_running
        await transport.stop_consuming(0)


async def test_two_deliveries_at_one_instant_on_two_replicas_have_one_effect(
    replicas: tuple[list[aiohttp.ClientSession], Recording, list[Running]],
) -> None:
    """The same messages in different envelopes, of people that nobody has seen before, by both ids and by one."""
    sessions, transport, running = replicas

    async def post(session: aiohttp.ClientSession, body: dict[str, Any]) -> None:
        raw = json.dumps(body).encode()
        async with session.post("/webhook", data=raw, headers={"x-hub-signature-256": sign(raw)}) as answer:
            assert answer.status == 200

    posts = []
    for number in range(30):
        one = text(f"w{number}", f"26377{number:07d}", f"ZW.{number}")
        other = copy.deepcopy(one)
        other["entry"][0]["id"] = "another-envelope"
        other["entry"].insert(0, text(f"v{number}", bsuid=f"ZW.{number}")["entry"][0])
        posts += [post(sessions[0], one), post(sessions[1], other), post(sessions[number % 2], other)]
    await asyncio.gather(*posts)
    for one_of_them in running:
        await one_of_them.entry.drain()
    # What one replica left in an outbox the other may hand over too: under the same id, by which inboxes know it.
    said = {envelope.id: envelope for envelope in transport.published}.values()
    received = [envelope.data for envelope in said if envelope.type == "gateway.message_received"]
    assert Counter(data["message_id"] for data in received) == Counter(
        f"{letter}{number}" for letter in "vw" for number in range(30)
    )
    for number in range(30):
        states = await running[0].entry.read(IDENTITIES, [f"phone:+26377{number:07d}", f"bsuid:ZW.{number}"])
        assert len({identity.member for identity in states.values()}) == 1
        told = [
            envelope.data["member"]
            for envelope in said
            if envelope.type in ("gateway.member_met", "gateway.identity_changed")
            and envelope.data["address"]["bsuid"] == f"ZW.{number}"
        ]
        assert next(iter(states.values())).member in told, "who the person is has been said"
