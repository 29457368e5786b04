"""Nothing that WhatsApp sends is lost, doubled or misread, and nothing unsigned is believed."""

from __future__ import annotations

import asyncio
import copy
import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.domain.updates import InboundUpdate
from services.gateway.domain.webhook import updates_of
from services.gateway.settings import GatewaySettings
from services.gateway.store import INTAKE
from services.gateway.tests.conftest import CONTRACTS, Edge, b64, sign
from shared.bus.dead_letters import DEAD_LETTERS
from shared.kernel.clock import VirtualClock
from shared.kernel.errors import Away, Misconfigured
from shared.kernel.meta_signature import is_signed
from shared.runtime.settings import read_settings

NOW = VirtualClock().now()
SAMPLES = sorted((CONTRACTS / "whatsapp" / "samples").glob("*.json"))
SIGNATURES = json.loads((CONTRACTS / "whatsapp" / "signature-vectors.json").read_text())


def sample(name: str) -> dict[str, Any]:
    body: dict[str, Any] = json.loads((CONTRACTS / "whatsapp" / "samples" / f"{name}.json").read_text())
    return body


def pieces(body: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return [
        piece
        for entry in body["entry"]
        for change in entry["changes"]
        if change["field"] == "messages"
        for piece in change["value"].get(name, [])
    ]


@pytest.mark.parametrize("vector", SIGNATURES["vectors"], ids=lambda vector: vector["name"])
def test_signature_vectors(vector: dict[str, Any]) -> None:
    assert is_signed(b64(vector["raw_body_b64"]), vector["header"], vector["secrets"]) is vector["expect_accept"]


def test_the_independent_known_answer() -> None:
    known = SIGNATURES["independent_known_answer"]
    assert is_signed(known["body"].encode(), known["header"], [known["secret"]])


@given(st.binary(max_size=50), st.text(max_size=90))
def test_any_header_is_right_or_wrong_and_never_an_error(body: bytes, header: str) -> None:
    assert is_signed(body, header, ["secret"]) == (header == sign(body, "secret"))


@pytest.mark.parametrize("raw", [path.read_bytes() for path in SAMPLES], ids=[path.stem for path in SAMPLES])
async def test_each_sample_is_taken_and_each_message_and_status_in_it_comes_out(edge: Edge, raw: bytes) -> None:
    body = json.loads(raw)
    assert await edge.post(raw) == 200
    messages = [said["message_id"] for said in edge.said("message_received")]
    assert sorted(messages) == sorted(message["id"] for message in pieces(body, "messages"))
    statuses = [(said["message_id"], said["status"]) for said in edge.said("delivery_status_changed")]
    assert sorted(statuses) == sorted((s["id"], s["status"]) for s in pieces(body, "statuses"))
    if any(change["field"] != "messages" for entry in body["entry"] for change in entry["changes"]):
        assert edge.said("account_noticed") or edge.said("marketing_preference_changed")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("text", "text"),
        ("interactive_button_reply", "tap"),
        ("interactive_list_reply", "tap"),
        ("button_template_quick_reply", "tap"),
        ("interactive_nfm_reply_flow", "form"),
        ("image", "media"),
        ("audio_file", "media"),
        ("sticker", "media"),
        ("document", "media"),
        ("location", "location"),
        ("location_current_pin_only", "location"),
        ("contacts", "contacts"),
        ("reaction", "reaction"),
        ("reaction_removed", "reaction"),
        ("order", "order"),
        ("system_user_changed_number", "system"),
        ("request_welcome", "welcome"),
        ("unsupported", "unsupported"),
    ],
)
async def test_each_type_has_its_kind(edge: Edge, name: str, kind: str) -> None:
    await edge.post(sample(name))
    assert [said["content"]["kind"] for said in edge.said("message_received")] == [kind]


async def test_what_a_message_costs_is_kept_as_it_is_told(edge: Edge) -> None:
    body = sample("status_sent")
    [piece] = pieces(body, "statuses")
    piece["pricing"]["odd"] = {"nested": [1]}
    await edge.post(body)
    [said] = edge.said("delivery_status_changed")
    assert said["pricing"] == {name: value for name, value in piece["pricing"].items() if name != "odd"} != {}


async def test_a_batch_gives_all_of_its_updates(edge: Edge) -> None:
    body = sample("batch_mixed")
    await edge.post(body)
    messages, statuses = pieces(body, "messages"), pieces(body, "statuses")
    assert len(edge.said("message_received")) == len(messages) > 1
    assert len(edge.said("delivery_status_changed")) == len(statuses) > 1


async def test_the_same_message_in_another_envelope_is_said_once(edge: Edge) -> None:
    body = sample("text")
    other = copy.deepcopy(body)
    other["entry"][0]["id"] = "another-account"
    other["entry"].append(sample("image")["entry"][0])
    await asyncio.gather(edge.post(body), edge.post(other), edge.post(body))
    assert len(edge.said("message_received")) == 2


def test_what_came_is_known_for_longer_than_whatsapp_repeats_it() -> None:
    """Contract 1.3: it repeats for up to 7 days; remember for 8. That stores keep for so long is their own tests'."""
    assert INTAKE.keep is not None
    assert INTAKE.keep >= timedelta(days=8)


async def test_one_person_is_one_member_by_whichever_id_comes(edge: Edge) -> None:
    def text(id: str, **who: str) -> dict[str, Any]:
        body = sample("text")
        value = body["entry"][0]["changes"][0]["value"]
        value["contacts"] = []
        message = value["messages"][0]
        for key in ("from", "from_user_id"):
            message.pop(key, None)
        message |= {"id": id, **{key.replace("sender", "from"): value for key, value in who.items()}}
        return body

    await edge.post(text("w1", sender="263771234567"))
    await edge.post(text("w2", sender_user_id="ZW.1"))
    apart = [said["member"] for said in edge.said("message_received")]
    assert apart[0] != apart[1]
    await edge.post(text("w3", sender="263771234567", sender_user_id="ZW.1"))
    await edge.post(text("w4", sender_user_id="ZW.1"))
    together = [said["member"] for said in edge.said("message_received")][2:]
    assert together == [apart[0], apart[0]], "the older member stays"
    assert [said["alias_of"] for said in edge.said("identity_changed") if said["member"] == apart[1]][-1] == apart[0]


@pytest.mark.parametrize("header", ["", "sha256=" + "0" * 64, "sha256=zz", "sha1=00", "sha256=é"])
async def test_an_unsigned_webhook_is_refused_and_nothing_is_kept(edge: Edge, header: str) -> None:
    assert await edge.post(sample("text"), header.encode("latin-1", "replace").decode("latin-1")) == 401
    assert edge.said("message_received") == []
    assert edge.harness.documents("gateway", INTAKE) == []


@pytest.mark.parametrize("secret", ["", " , "])
def test_without_an_app_s_secret_the_gateway_does_not_start(monkeypatch: pytest.MonkeyPatch, secret: str) -> None:
    """Contract 0, rule 1: it would believe nobody, or everybody."""
    for name, value in {"META_APP_SECRET": secret, "VERIFY_TOKEN": "x", "WHATSAPP_BOT_NUMBER": "+263780000000"}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(Misconfigured, match="META_APP_SECRET"):
        read_settings(GatewaySettings)


async def test_unsigned_requests_are_limited_by_address_and_signed_ones_never(edge: Edge) -> None:
    answers = [await edge.post(b"{}", "sha256=" + "0" * 64) for _ in range(25)]
    assert answers == [401] * 20 + [429] * 5
    assert await edge.post(sample("text")) == 200


async def test_broken_json_with_a_good_signature_is_kept_as_a_dead_letter(edge: Edge) -> None:
    for _ in range(2):
        assert await edge.post(b'{"object": "whatsapp_business_') == 200
    [letter] = edge.harness.documents("gateway", DEAD_LETTERS)
    assert letter.state["handler"] == "webhook"


async def test_a_body_over_four_megabytes_is_refused_and_one_of_three_is_taken(edge: Edge) -> None:
    assert await edge.post(b" " * (4 * 1024 * 1024 + 1)) == 413
    assert await edge.post(json.dumps(sample("text")).encode() + b" " * (3 * 1024 * 1024)) == 200


async def test_a_compressed_body_is_refused(edge: Edge) -> None:
    assert await edge.post(sample("text"), **{"content-encoding": "gzip"}) in {400, 415}


async def test_without_its_stores_the_gateway_promises_nothing_and_a_retry_is_taken_once(
    edge: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = edge.harness.running["gateway"].stores.of(INTAKE)

    async def away(*_: object, **__: object) -> list[bool]:
        raise Away("Redis")

    with monkeypatch.context() as broken:
        broken.setattr(store, "create", away)
        assert await edge.post(sample("text")) == 503
    assert edge.said("message_received") == []
    assert await edge.post(sample("text")) == 200
    assert await edge.post(sample("text")) == 200
    assert len(edge.said("message_received")) == 1


async def test_the_challenge_is_given_back_as_it_came_to_who_knows_the_token(edge: Edge) -> None:
    async def ask(**query: str) -> tuple[int, str]:
        async with edge.http.get("/webhook", params={f"hub.{key}": value for key, value in query.items()}) as answer:
            return answer.status, await answer.text()

    assert await ask(mode="subscribe", verify_token="0123-täken", challenge="007&x=<b>") == (200, "007&x=<b>")
    for status, query in (
        (403, {"mode": "subscribe", "verify_token": "wrong", "challenge": "secret"}),
        (403, {"mode": "other", "verify_token": "0123-täken", "challenge": "secret"}),
        (400, {"mode": "subscribe", "verify_token": "0123-täken"}),
    ):
        answer = await ask(**query)
        assert answer[0] == status
        assert "secret" not in answer[1]


async def test_traces_hold_no_person(edge: Edge) -> None:
    await edge.post(sample("text"))
    spans = "".join(span.to_json() for span in edge.harness.spans)
    assert "POST /webhook" in spans
    assert "263771234567" not in spans
    assert "wamid" not in spans


def test_times_in_milliseconds_and_senseless_times_are_guarded_against() -> None:
    for given_time, expected in (("1791878471000", 1791878471), ("soon", NOW.timestamp()), (None, NOW.timestamp())):
        body = sample("text")
        body["entry"][0]["changes"][0]["value"]["messages"][0]["timestamp"] = given_time
        [update] = updates_of(body, NOW)
        assert isinstance(update, InboundUpdate)
        assert update.sent_at.timestamp() == expected


def test_lone_surrogates_do_not_reach_the_bus() -> None:
    body = sample("text")
    body["entry"][0]["changes"][0]["value"]["messages"][0]["text"]["body"] = "\ud83d half an emoji"
    [update] = updates_of(body, NOW)
    assert isinstance(update, InboundUpdate)
    update.content.model_dump_json().encode()


@pytest.mark.parametrize("deep", ["[" * 5000 + "]" * 5000, '{"a":[' * 5000 + '"]\\"}"' + "]}" * 5000], ids=["[", "{"])
async def test_a_piece_too_deep_for_the_parser_never_costs_its_neighbours(edge: Edge, deep: str) -> None:
    """The whole webhook became one dead letter: whoever wrote in the same second was not heard."""
    body = sample("batch_mixed")
    body["entry"][0]["changes"][0]["value"]["messages"][0]["new"] = "DEEP"
    body["entry"].append({"id": "9", "changes": [{"field": "brand_new", "value": {"x": "DEEP"}}]})
    raw = json.dumps(body).replace('"DEEP"', deep).encode()
    for _ in range(2):
        assert await edge.post(raw) == 200
    assert len(edge.said("message_received")) == len(pieces(body, "messages"))
    assert len(edge.said("delivery_status_changed")) == len(pieces(body, "statuses"))
    assert "brand_new" in [said["field"] for said in edge.said("account_noticed")]
    assert edge.harness.documents("gateway", DEAD_LETTERS) == []
