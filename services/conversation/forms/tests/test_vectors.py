"""The endpoint gives every vector of the contract the answer that it names."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from services.conversation.engine.session import Session
from services.conversation.forms.crypto import CannotOpen, open_request
from services.conversation.forms.endpoint import FormEndpoint, Reply
from services.conversation.forms.media import MediaUnusable, PickedFile, open_media
from services.conversation.forms.screens import Asked, Final, Next, Screens, Shown
from services.conversation.forms.sessions import Sessions
from services.conversation.forms.tests.conftest import VECTORS
from services.conversation.forms.tokens import FormClosed, Ticket
from services.conversation.store import SESSIONS
from shared.kernel.clock import VirtualClock
from shared.kernel.ids import MemberId, derive_id
from shared.kernel.meta_signature import is_signed
from shared.testing.harness import Harness

POSITIVE = [vector for vector in VECTORS["vectors"] if vector["kind"] == "positive"]
NEGATIVE = [vector for vector in VECTORS["vectors"] if vector["kind"] == "negative"]


NOW = VirtualClock().now()
FIELDS = ["encrypted_flow_data", "encrypted_aes_key", "initial_vector"]
values = (
    st.none() | st.integers() | st.text(max_size=9) | st.binary(max_size=16).map(lambda b: base64.b64encode(b).decode())
)


def as_body(fields: Any) -> bytes:
    return json.dumps(fields).encode()


class Book:
    """The vectors' tokens, which are not of our making: each is somebody's own, but for the one that has expired."""

    def read(self, token: object) -> Ticket:
        assert isinstance(token, str)
        if "EXPIRED" in token:
            raise FormClosed("This form has expired. Reply REGISTER to get a new one.")
        return Ticket("vector", derive_member(token), NOW, token)


def derive_member(token: str) -> MemberId:
    return MemberId(derive_id("M", token))


async def vectors_endpoint(keys: list[RSAPrivateKey], harness: Harness, *, in_clear: bool = False) -> FormEndpoint:
    """An endpoint whose screens show what the vectors expect, to people who were offered the vectors' forms."""
    entry = harness.running["conversation"].entry
    screens = Screens()
    expected: dict[str, Any] = {}

    def show(asked: Asked) -> Shown:
        told = expected[json.dumps([asked.action, asked.screen, asked.data])]
        if told["screen"] != "SUCCESS":
            return Next(told["screen"], told["data"])
        params = told["data"]["extension_message_response"]["params"]
        return Final({name: value for name, value in params.items() if name != "flow_token"})

    for vector in POSITIVE:
        asked, told = vector["expected_decrypted_payload"], vector["response"]["payload"]
        if "flow_token" in asked:
            token = asked["flow_token"]
            await entry.create(SESSIONS, {derive_member(token): Session(form=token)})
        if "screen" in told:
            expected[json.dumps([asked["action"], asked["screen"], asked["data"]])] = told
    for screen in {vector["expected_decrypted_payload"].get("screen", "") for vector in POSITIVE}:
        screens.screen("vector", screen)(show)
    return FormEndpoint(
        keys,
        tokens=Book(),
        sessions=Sessions(entry),
        screens=screens,
        secrets=[VECTORS["app_secret"]],
        clock=harness.clock,
        closed_in_clear=in_clear,
    )


async def ask(vector: dict[str, Any], keys: list[RSAPrivateKey], harness: Harness) -> Reply:
    """As the gateway does: the signature first."""
    body = vector["request"]["raw_body"].encode()
    if not is_signed(body, vector["request"]["headers"].get("X-Hub-Signature-256"), [VECTORS["app_secret"]]):
        return Reply(432)
    return await (await vectors_endpoint(keys, harness)).answer(body)


@pytest.mark.parametrize("vector", POSITIVE, ids=lambda vector: vector["name"])
async def test_each_positive_vector_gets_its_reply_byte_for_byte(
    vector: dict[str, Any], key: RSAPrivateKey, other_key: RSAPrivateKey, harness: Harness
) -> None:
    for keys in ([key], [other_key, key]):
        reply = await ask(vector, keys, harness)
        assert reply.status == vector["response"]["http_status"]
        assert reply.body == vector["response"]["encrypted_body_compact_utf8"]


async def test_the_words_of_a_closed_form_can_be_sent_in_clear(key: RSAPrivateKey, harness: Harness) -> None:
    [vector] = [vector for vector in POSITIVE if "clear_json_alternative" in vector["response"]]
    endpoint = await vectors_endpoint([key], harness, in_clear=True)
    reply = await endpoint.answer(vector["request"]["raw_body"].encode())
    assert reply == Reply(427, vector["response"]["clear_json_alternative"], "application/json")


@settings(max_examples=200)
@given(st.binary(max_size=60) | st.dictionaries(st.sampled_from(FIELDS), values, min_size=0, max_size=3).map(as_body))
def test_whatever_is_sent_is_opened_or_refused_and_never_an_error(key: RSAPrivateKey, body: bytes) -> None:
    with pytest.raises(CannotOpen):
        open_request(body, [key])


@pytest.mark.parametrize("vector", POSITIVE, ids=lambda vector: vector["name"])
def test_each_positive_vector_is_opened_and_closed_as_others_do(vector: dict[str, Any], key: RSAPrivateKey) -> None:
    opened = open_request(vector["request"]["raw_body"].encode(), [key])
    assert opened.payload == vector["expected_decrypted_payload"]
    assert base64.b64encode(opened.key).decode() == vector["secrets"]["aes_key_b64"]
    assert base64.b64encode(opened.iv).decode() == vector["secrets"]["iv_b64"]
    for style in ("compact_utf8", "python_default"):
        text = vector["response"][f"plaintext_{style}"]
        assert opened.close_text(text) == vector["response"][f"encrypted_body_{style}"]


@pytest.mark.parametrize("vector", NEGATIVE, ids=lambda vector: vector["name"])
async def test_each_negative_vector_is_refused_and_nothing_is_told(
    vector: dict[str, Any], key: RSAPrivateKey, harness: Harness
) -> None:
    assert await ask(vector, [key], harness) == Reply(vector["response"]["http_status"], "")


@pytest.mark.parametrize("vector", VECTORS["media_vectors"], ids=lambda vector: vector["name"])
def test_each_file_is_opened_and_any_change_of_it_is_seen(vector: dict[str, Any]) -> None:
    picked = PickedFile.model_validate(vector["descriptor"])
    content = base64.b64decode(vector["cdn_file_b64"])
    assert open_media(content, picked.encryption_metadata) == base64.b64decode(vector["plaintext_b64"])
    for changed in (content[:-1], content[:-1] + bytes([content[-1] ^ 1]), bytes([content[0] ^ 1]) + content[1:], b""):
        with pytest.raises(MediaUnusable):
            open_media(changed, picked.encryption_metadata)
    for name in ("encryption_key", "hmac_key", "iv", "plaintext_hash", "encrypted_hash"):
        wrong = picked.encryption_metadata.model_copy(update={name: b"\0" * 32})
        with pytest.raises(MediaUnusable):
            open_media(content, wrong)
