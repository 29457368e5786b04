"""The contract's flow vectors as they stand, the whole way: gateway, signature, conversation, and the bytes back."""

from __future__ import annotations

from base64 import b64decode
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from services.conversation.app import make as make_conversation
from services.conversation.forms.crypto import Opened
from services.conversation.forms.tests.conftest import VECTORS, key_of
from services.conversation.forms.tests.test_vectors import vectors_endpoint
from services.conversation.forms.tokens import NOT_KNOWN
from services.conversation.routes import Routes
from services.gateway.app import make as make_gateway
from shared.store.redis import connect
from shared.testing.harness import Harness, common_settings
from tests.channel.channel import serve

Answers = dict[str, tuple[int, bytes]]
OF_SOMEBODY = {"init_registration", "data_exchange_field_error", "back_refresh", "data_exchange_final_success"}
"""Vectors that ask for a screen in somebody's name."""


@pytest.fixture
async def stack(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Settings of the vectors, and servers that end with the test."""
    pem = key_of("rsa_private_numbers").private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "forms.pem").write_bytes(pem)
    given = {"PRIVATE_KEY_FILE": str(tmp_path / "forms.pem"), "META_APP_SECRET": VECTORS["app_secret"]}
    for name, value in {**given, "VERIFY_TOKEN": "v", "WHATSAPP_BOT_NUMBER": "+263780000000"}.items():
        monkeypatch.setenv(name, value)
    async with AsyncExitStack() as stack:
        yield stack


async def answers(
    stack: AsyncExitStack, valkey_url: str, conversation: web.Application
) -> dict[str, tuple[int, bytes]]:
    """Status and body of the gateway's answer to each vector, in their order."""
    client = connect(valkey_url)
    stack.push_async_callback(client.aclose)
    await client.flushdb()
    common = common_settings().model_copy(update={"services_url": await serve(conversation, stack)})
    harness = await stack.enter_async_context(Harness({"gateway": make_gateway}, redis=client, common=common))
    app = web.Application()
    routes = harness.services["gateway"].routes
    assert routes is not None
    routes(app)
    http = await stack.enter_async_context(aiohttp.ClientSession(await serve(app, stack)))
    got = {}
    for vector in VECTORS["vectors"]:
        request = vector["request"]
        body = request["raw_body"].encode()
        async with http.post("/webhook/flow", data=body, headers=request["headers"]) as answer:
            got[vector["name"]] = answer.status, await answer.read()
            assert answer.status == 432 or answer.content_type == "text/plain"
    return got


async def test_every_vector_has_the_answer_that_it_names_when_its_form_is_ours(
    stack: AsyncExitStack, valkey_url: str
) -> None:
    harness = await stack.enter_async_context(Harness({"conversation": make_conversation}))
    conversation = web.Application()
    Routes(await vectors_endpoint([key_of("rsa_private_numbers")], harness), "test").add_to(conversation)
    got = await answers(stack, valkey_url, conversation)
    for vector in VECTORS["vectors"]:
        status, body = got[vector["name"]]
        told = vector["response"]
        assert status == told["http_status"], vector["name"]
        if vector["kind"] == "positive":
            assert body.decode() == told["encrypted_body_compact_utf8"], vector["name"]
        else:
            assert status == 432 or body == b"", vector["name"]


async def test_a_form_that_is_not_ours_gets_no_screen_and_all_else_the_answer_of_its_vector(
    stack: AsyncExitStack, valkey_url: str
) -> None:
    """The product as it is: a token is none that it made, so the phone is told to close the form (contract 5.2)."""
    harness = await stack.enter_async_context(Harness({"conversation": make_conversation}))
    conversation = web.Application()
    routes = harness.services["conversation"].routes
    assert routes is not None
    routes(conversation)
    got = await answers(stack, valkey_url, conversation)
    for vector in VECTORS["vectors"]:
        name, told = vector["name"], vector["response"]
        status, body = got[name]
        assert status == (427 if name in OF_SOMEBODY else told["http_status"]), name
        if status == 200:
            assert body.decode() == told["encrypted_body_compact_utf8"], name
        elif status == 427:
            key, iv = (b64decode(vector["secrets"][part]) for part in ("aes_key_b64", "iv_b64"))
            assert body.decode() == Opened({}, key, iv).close({"error_msg": NOT_KNOWN}), name
