"""The phone's side of a form speaks as the vectors do, and finds what is wrong with an endpoint."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sandbox.whatsapp.account import Account
from sandbox.whatsapp.flow_client import FlowClient, FormBroken, _trouble, open_closing, open_reply, seal, success
from sandbox.whatsapp.settings import WhatsAppSettings
from sandbox.whatsapp.templates import Templates
from sandbox.whatsapp.tests.gateway import NUMBER_ID, SAMPLES, SECRET, TOKEN

VECTORS = json.loads((SAMPLES.parent / "flow-vectors.json").read_text())
POSITIVE = [vector for vector in VECTORS["vectors"] if vector["kind"] == "positive"]
FORM = json.loads((SAMPLES / "flows/donation_endpoint_v7_3.json").read_text())
DONATE: dict[str, Any] = {"currencies": [], "funds": []}
REVIEW = {"summary": "Tithe", "quote_id": "Q-1"}


@pytest.mark.parametrize("vector", POSITIVE, ids=lambda vector: vector["name"])
def test_a_request_and_a_reply_are_those_of_the_vector(vector: dict[str, Any]) -> None:
    secret, iv = (base64.b64decode(vector["secrets"][name]) for name in ("aes_key_b64", "iv_b64"))
    sealed = base64.b64decode(vector["request"]["json"]["encrypted_flow_data"])
    assert seal(vector["expected_decrypted_plaintext"], secret, iv) == sealed
    for style in ("compact_utf8", "python_default"):
        assert open_reply(vector["response"][f"encrypted_body_{style}"], secret, iv) == vector["response"]["payload"]


def test_the_words_of_a_closed_form_are_read_encrypted_and_in_clear() -> None:
    [vector] = [vector for vector in POSITIVE if vector["response"]["http_status"] == 427]
    secret, iv = (base64.b64decode(vector["secrets"][name]) for name in ("aes_key_b64", "iv_b64"))
    for body in ("encrypted_body_compact_utf8", "clear_json_alternative"):
        assert open_closing(vector["response"][body], secret, iv) == vector["response"]["payload"]


@pytest.mark.parametrize(
    ("here", "before", "trouble"),
    [
        ({"screen": "DONATE", "data": DONATE}, None, None),
        ({"screen": "REVIEW", "data": REVIEW}, "DONATE", None),
        ({"screen": "DONATE", "data": {"error_message": "too much"}}, "DONATE", None),
        ({"screen": "DONATE", "data": DONATE}, "REVIEW", "invalid-screen-transition"),
        ({"screen": "NOWHERE", "data": {}}, None, "invalid-screen-transition"),
        ({"screen": "REVIEW", "data": {"summary": "Tithe"}}, "DONATE", "payload-schema-error"),
        ({"screen": "REVIEW", "data": {**REVIEW, "quote_id": 7}}, "DONATE", "payload-schema-error"),
        ({"data": {}}, None, "payload-schema-error"),
        ({"screen": "DONATE"}, None, "payload-schema-error"),
        (success({"flow_token": "t"}), "REVIEW", None),
        ({"screen": "SUCCESS"}, "REVIEW", "payload-schema-error"),
        ({"screen": "SUCCESS", "data": None}, "REVIEW", "payload-schema-error"),
        ({"screen": "SUCCESS", "data": {"extension_message_response": []}}, "REVIEW", "payload-schema-error"),
        ({"screen": "SUCCESS", "data": {"extension_message_response": {"params": "t"}}}, None, "payload-schema-error"),
        ({"screen": ["DONATE"], "data": {}}, None, "payload-schema-error"),
        ({}, None, "payload-schema-error"),
    ],
)
def test_what_does_not_fit_the_form_is_named(here: dict[str, Any], before: str | None, trouble: str | None) -> None:
    found = _trouble(here, before, FORM)
    assert (found and found[0]) == trouble


@pytest.mark.parametrize(
    ("replied", "sentence", "told"),
    [
        ([], "payload-schema-error: the reply is no JSON object", []),
        ("screen", "payload-schema-error: the reply is no JSON object", []),
        (
            {"screen": "SUCCESS", "data": {"params": {}}},
            "payload-schema-error: SUCCESS needs an object in data.extension_message_response.params",
            ["payload-schema-error"],
        ),
        (
            {"screen": "DONATE", "data": {"currencies": []}},
            "payload-schema-error: the screen DONATE needs data.funds of the type array",
            ["payload-schema-error"],
        ),
    ],
)
async def test_a_reply_out_of_shape_is_told_to_its_developer_and_to_the_endpoint(
    replied: Any, sentence: str, told: list[str]
) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    asked: list[dict[str, Any]] = []

    async def endpoint(request: web.Request) -> web.Response:
        body = {name: base64.b64decode(value) for name, value in (await request.json()).items()}
        sha = hashes.SHA256()
        secret = key.decrypt(body["encrypted_aes_key"], padding.OAEP(padding.MGF1(sha), sha, None))
        iv = body["initial_vector"]
        asked.append(json.loads(AESGCM(secret).decrypt(iv, body["encrypted_flow_data"], None)))
        sealed = seal(json.dumps(replied), secret, bytes(byte ^ 255 for byte in iv))
        return web.Response(text=base64.b64encode(sealed).decode())

    app = web.Application()
    app.router.add_post("/webhook/flow", endpoint)
    async with TestServer(app) as server:
        settings = WhatsAppSettings(
            phone_number_ids=(NUMBER_ID,),
            bot_number="+263780000000",
            token=TOKEN,
            secrets=(f"{SECRET}-test",),
            webhook_url=str(server.make_url("/webhook")),
            phones={},
        )
        pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        account = Account(settings.model_copy(update={"form_key": pem}), Templates())
        with pytest.raises(FormBroken) as broken:
            await FlowClient(settings, account).fill_in(
                NUMBER_ID, {"flow_token": "t", "flow_action": "data_exchange"}, [], FORM
            )
    assert str(broken.value) == sentence
    assert sentence in broken.value.for_people
    assert [question["data"]["error"] for question in asked[1:]] == told
