"""Photos and documents that a person picks in a form (WhatsApp contract 5.4): `/_sim/…` and their host.

POST phones/{phone}/form/files?name=NAME   the bytes, with their content type: {"picked", "file_name", "size", "type"}
GET  /_cdn/{id}                            the file as it lies at WhatsApp's host: encrypted, and for everybody

What a form sends holds `[{"picked": …}, …]` in their place. An endpoint gets their descriptions with the keys instead,
the message that ends a form what any media message has. Written from the contract alone, as the rest of the phone.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import uuid
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7

from sandbox.whatsapp.media import MB, Media, MediaStore
from sandbox.whatsapp.network import Network
from sandbox.whatsapp.phones import Phones
from sandbox.whatsapp.reading import wrong
from sandbox.whatsapp.watch import found_phone

Json = dict[str, Any]

LARGEST = 25 * MB
MOST_ASKED, MOST_SENT = 30, 10
"""Files of one request to an endpoint, and of the message that ends a form."""
LARGEST_SENT = 100 * MB
_BLOCK = 16
_MARK = 10


@dataclass(frozen=True)
class Picked:
    """One file: how many bytes it has, and what an endpoint and a message tell of it."""

    size: int
    description: Json
    as_media: Json


class PickedFiles:
    """The handlers, and what a form sends in the place of a file."""

    def __init__(self, phones: Phones, media: MediaStore, network: Network) -> None:
        self._phones = phones
        self._media = media
        self._network = network
        self._picked: dict[str, Picked] = {}

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/_sim/phones/{phone}/form/files", self.pick), web.get("/_cdn/{id}", self.hosted)]

    async def pick(self, request: web.Request) -> web.Response:
        """The phone encrypts a file and brings it to WhatsApp's host at the moment it is picked."""
        found_phone(self._phones, request)
        content = bytearray()
        async for chunk in request.content.iter_chunked(64 * 1024):
            content += chunk
            if len(content) > LARGEST:
                raise wrong(web.HTTPUnprocessableEntity, "A file of a form has at most 25 MB.")
        if not await self._network.cross():
            raise wrong(web.HTTPServiceUnavailable, "This phone is offline.")
        media = self._media.keep(request.query.get("name", "file"), request.content_type, bytes(content))
        key, mark_key, iv = os.urandom(32), os.urandom(32), os.urandom(16)
        sealed = self._media.keep("sealed", "application/octet-stream", seal_file(media.content, key, mark_key, iv))
        description = {
            "media_id": str(uuid.uuid4()),
            "cdn_url": str(request.url.origin() / "graph/_cdn" / sealed.id),
            "file_name": media.name,
            "encryption_metadata": {
                "encryption_key": _base64(key),
                "hmac_key": _base64(mark_key),
                "iv": _base64(iv),
                "plaintext_hash": _digest(media),
                "encrypted_hash": _digest(sealed),
            },
        }
        as_media = {"id": media.id, "mime_type": media.type, "sha256": _digest(media), "file_name": media.name}
        self._picked[media.id] = Picked(len(media.content), description, as_media)
        told = {"picked": media.id, "file_name": media.name, "size": len(media.content), "type": media.type}
        return web.json_response(told)

    async def hosted(self, request: web.Request) -> web.Response:
        sealed = self._media.find(request.match_info["id"])
        if sealed is None:
            return web.Response(status=404)
        return web.Response(body=sealed.content, content_type=sealed.type)

    def for_endpoint(self, data: Json) -> Json:
        """What a form asks its endpoint with. Raises 422."""
        files = self._all(data)
        if len(files) > MOST_ASKED:
            raise wrong(web.HTTPUnprocessableEntity, f"A form asks with at most {MOST_ASKED} files.")
        return self._with(data, lambda picked: picked.description)

    def for_message(self, data: Json) -> Json:
        """What the message that ends a form holds. Raises 422."""
        files = self._all(data)
        if len(files) > MOST_SENT or sum(file.size for file in files) > LARGEST_SENT:
            raise wrong(web.HTTPUnprocessableEntity, f"A form ends with at most {MOST_SENT} files, 100 MB together.")
        return self._with(data, lambda picked: picked.as_media)

    def _all(self, data: Json) -> list[Picked]:
        return [file for value in data.values() for file in self._files(value)]

    def _with(self, data: Json, told: Callable[[Picked], Json]) -> Json:
        """Only values at the top are files: deeper down a form may have none."""
        return {name: [told(file) for file in self._files(value)] or value for name, value in data.items()}

    def _files(self, value: object) -> list[Picked]:
        """Those that a value consists of. Raises 422."""
        items = value if isinstance(value, list) else []
        try:
            return [self._picked[item["picked"]] for item in items if isinstance(item, dict) and "picked" in item]
        except KeyError:
            raise wrong(web.HTTPUnprocessableEntity, "The sandbox has no such file, or has forgotten it.") from None


def seal_file(content: bytes, key: bytes, mark_key: bytes, iv: bytes) -> bytes:
    """A file as it lies at its host: AES-256-CBC, and ten bytes of its HMAC behind it."""
    padder = PKCS7(_BLOCK * 8).padder()
    encryptor = Cipher(AES256(key), CBC(iv)).encryptor()
    sealed = encryptor.update(padder.update(content) + padder.finalize()) + encryptor.finalize()
    return sealed + hmac.digest(mark_key, iv + sealed, "sha256")[:_MARK]


def _digest(media: Media) -> str:
    return _base64(hashlib.sha256(media.content).digest())


def _base64(content: bytes) -> str:
    return b64encode(content).decode()
