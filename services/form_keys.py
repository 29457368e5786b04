"""`ruvimbo flows keys`: makes the key of forms, and tells WhatsApp its public part.

ruvimbo flows keys make FILE    a new key in a new file, closed with PRIVATE_KEY_PASSPHRASE when that is set
ruvimbo flows keys upload       the public part of the newest key in PRIVATE_KEY_FILE, for each PHONE_NUMBER_ID

To rotate: make a key, put its file in front in PRIVATE_KEY_FILE, start conversation anew, upload, and take the old
file out after a day. Upload again after a number was registered anew (WhatsApp contract 5.2).
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr

from services import form_lint
from services.conversation.forms.keys import make_key, public_pem, read_keys, upload_key
from services.conversation.forms.settings import FormSettings
from shared.kernel.errors import Away, Misconfigured
from shared.runtime.settings import Settings, WebUrl, Words, read_settings


class UploadSettings(Settings):
    """Where the public key goes."""

    whatsapp_api_url: WebUrl = "https://graph.facebook.com/v26.0"
    whatsapp_token: SecretStr
    phone_number_id: Words


def add_to(commands: Any, say: Callable[[str], None]) -> None:
    """Add `flows`, with all its parts, to the commands of `ruvimbo`, which speak by `say`."""

    async def make_one(arguments: argparse.Namespace) -> int:
        say(await _make(arguments.file))
        return 0

    async def upload_it(_: argparse.Namespace) -> int:
        say(await _upload())
        return 0

    flows = commands.add_parser("flows", help="look after forms (WhatsApp Flows)")
    parts = flows.add_subparsers(required=True, metavar="PART")
    form_lint.add_to(parts, say)
    keys = parts.add_parser("keys", help="make the key of forms, upload its public part", description=__doc__)
    actions = keys.add_subparsers(required=True, metavar="ACTION")
    make = actions.add_parser("make", help="a new key in a new file")
    make.add_argument("file", type=Path)
    make.set_defaults(run=make_one)
    upload = actions.add_parser("upload", help="tell WhatsApp the public part of the newest key")
    upload.set_defaults(run=upload_it)


async def _make(file: Path) -> str:
    passphrase = _passphrase(read_settings(FormSettings))
    key = await asyncio.to_thread(make_key, file, passphrase)
    closed = "" if passphrase else " It is not closed: PRIVATE_KEY_PASSPHRASE is not set."
    return f"{public_pem(key)}The key is in {file}.{closed} Name the file in PRIVATE_KEY_FILE, then upload."


async def _upload() -> str:
    settings, to = read_settings(FormSettings), read_settings(UploadSettings)
    keys = read_keys(settings.private_key_file, _passphrase(settings))
    if not keys:
        raise Misconfigured("PRIVATE_KEY_FILE is not set; `ruvimbo flows keys make FILE` makes a key.")
    try:
        async with httpx.AsyncClient(timeout=20) as client:
            for number in to.phone_number_id:
                await upload_key(client, to.whatsapp_api_url, to.whatsapp_token.get_secret_value(), number, keys[0])
    except httpx.HTTPError:
        raise Away("WhatsApp") from None
    return f"WhatsApp knows the key for {', '.join(to.phone_number_id)}."


def _passphrase(settings: FormSettings) -> str | None:
    return settings.private_key_passphrase.get_secret_value() if settings.private_key_passphrase else None
