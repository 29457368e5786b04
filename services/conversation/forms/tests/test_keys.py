"""Keys are read in every form of PEM, made where none is, and their public part is told to WhatsApp."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_public_key,
)

from services import form_keys
from services.conversation.forms.keys import read_keys
from shared.kernel.errors import Misconfigured


def write(file: Path, key: RSAPrivateKey, format: PrivateFormat = PrivateFormat.PKCS8, word: str | None = None) -> str:
    closed = BestAvailableEncryption(word.encode()) if word else NoEncryption()
    file.write_bytes(key.private_bytes(Encoding.PEM, format, closed))
    return str(file)


def test_every_form_of_pem_is_read_and_several_keys_in_their_order(
    tmp_path: Path, key: RSAPrivateKey, other_key: RSAPrivateKey
) -> None:
    files = [
        write(tmp_path / "1.pem", key),
        write(tmp_path / "2.pem", other_key, PrivateFormat.TraditionalOpenSSL),
        write(tmp_path / "3.pem", key, word="open sesame"),
    ]
    read = read_keys(" , ".join(files), "open sesame")
    assert [one.private_numbers() for one in read] == [one.private_numbers() for one in (key, other_key, key)]
    assert read_keys("", None) == ()


def test_a_key_that_cannot_be_used_is_named_and_not_shown(tmp_path: Path, key: RSAPrivateKey) -> None:
    closed = write(tmp_path / "closed.pem", key, word="right")
    (tmp_path / "text.pem").write_text("no key")
    for files, word in (
        (str(tmp_path / "none.pem"), None),
        (str(tmp_path / "text.pem"), None),
        (closed, None),
        (closed, "wrong"),
    ):
        with pytest.raises(Misconfigured, match="PRIVATE_KEY_FILE"):
            read_keys(files, word)


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def parser(said: list[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser()
    form_keys.add_to(parser.add_subparsers(), said.append)
    return parser


async def run(parser: argparse.ArgumentParser, *words: str) -> int:
    arguments = parser.parse_args(["flows", "keys", *words])
    code: int = await arguments.run(arguments)
    return code


async def test_a_key_is_made_and_its_public_part_uploaded_for_every_number(
    tmp_path: Path, parser: argparse.ArgumentParser, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: dict[str, Any] = {}

    async def take(request: web.Request) -> web.Response:
        if request.headers["authorization"] != "Bearer right":
            return web.json_response({"error": {"code": 190}}, status=401)
        told[request.match_info["number"]] = dict(await request.post())
        return web.json_response({"success": True})

    app = web.Application()
    app.router.add_post("/v26.0/{number}/whatsapp_business_encryption", take)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PHONE_NUMBER_ID", "100, 200")
    monkeypatch.setenv("WHATSAPP_TOKEN", "right")
    with pytest.raises(Misconfigured, match="PRIVATE_KEY_FILE is not set"):
        await run(parser, "upload")
    monkeypatch.setenv("PRIVATE_KEY_PASSPHRASE", "open sesame")
    assert await run(parser, "make", "keys/forms.pem") == 0
    assert (tmp_path / "keys/forms.pem").stat().st_mode & 0o077 == 0
    assert "ENCRYPTED" in (tmp_path / "keys/forms.pem").read_text()
    with pytest.raises(Misconfigured, match="exists"):
        await run(parser, "make", "keys/forms.pem")
    monkeypatch.setenv("PRIVATE_KEY_FILE", "keys/forms.pem")
    async with TestServer(app) as server:
        monkeypatch.setenv("WHATSAPP_API_URL", str(server.make_url("/v26.0")))
        assert await run(parser, "upload") == 0
        monkeypatch.setenv("WHATSAPP_TOKEN", "wrong")
        with pytest.raises(Misconfigured, match=r"number 100 \(190\)"):
            await run(parser, "upload")
    [key] = read_keys("keys/forms.pem", "open sesame")
    for number in ("100", "200"):
        public = load_pem_public_key(told[number]["business_public_key"].encode())
        assert public == key.public_key()
    assert not any("PRIVATE KEY" in text for text in said)
