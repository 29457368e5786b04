"""Files that a person picked in a form, fetched from Meta's hosts only and opened (WhatsApp contract 5.4)."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64decode
from collections.abc import Sequence
from typing import Annotated

import httpx
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7
from pydantic import BaseModel, BeforeValidator, ConfigDict

from shared.kernel.errors import RuvimboError

LARGEST = 25 * 1024 * 1024
"""Bytes of one file (contract 5.4), to which the padding and the mark are added."""
META_HOSTS = ("whatsapp.net", "fbcdn.net", "fbsbx.com")
"""And what is below them. The address comes from a person's device: it must not lead into our own network."""
_MARK = 10
_BLOCK = 16


class MediaUnusable(RuvimboError):
    """The file cannot be had or is not what its description says; the text says why, with nothing personal in it."""


def _bytes(value: object) -> bytes:
    return b64decode(value, validate=True) if isinstance(value, str) else b""


Bytes = Annotated[bytes, BeforeValidator(_bytes)]


class Encryption(BaseModel):
    """How a file is closed; all of it standard base64 on the wire."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    encryption_key: Bytes
    hmac_key: Bytes
    iv: Bytes
    plaintext_hash: Bytes
    encrypted_hash: Bytes


class PickedFile(BaseModel):
    """One item of a photo or document picker, as an endpoint request has it. `file_name` is untrusted."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    media_id: str
    cdn_url: str
    file_name: str
    encryption_metadata: Encryption


async def fetch(client: httpx.AsyncClient, picked: PickedFile, hosts: Sequence[str] = META_HOSTS) -> bytes:
    """The file in clear. Raises MediaUnusable; httpx' errors when the host cannot be reached."""
    url = httpx.URL(picked.cdn_url)
    if url.scheme != "https" or not any(url.host == host or url.host.endswith(f".{host}") for host in hosts):
        raise MediaUnusable("its address is not one of Meta's hosts")
    content = bytearray()
    async with client.stream("GET", url, follow_redirects=False) as answer:
        if answer.status_code != httpx.codes.OK:
            raise MediaUnusable(f"its host answers HTTP {answer.status_code}")
        async for chunk in answer.aiter_bytes():
            content += chunk
            if len(content) > LARGEST + _BLOCK + _MARK:
                raise MediaUnusable("it is larger than 25 MB")
    return open_media(bytes(content), picked.encryption_metadata)


def open_media(content: bytes, how: Encryption) -> bytes:
    """The clear bytes of a file as it lies at its host. Raises MediaUnusable unless every check holds."""
    if not hmac.compare_digest(hashlib.sha256(content).digest(), how.encrypted_hash):
        raise MediaUnusable("its digest is not the one that was told")
    sealed, mark = content[:-_MARK], content[-_MARK:]
    if not hmac.compare_digest(hmac.digest(how.hmac_key, how.iv + sealed, "sha256")[:_MARK], mark):
        raise MediaUnusable("its mark is wrong")
    try:
        decryptor = Cipher(AES256(how.encryption_key), CBC(how.iv)).decryptor()
        unpadder = PKCS7(_BLOCK * 8).unpadder()
        clear = unpadder.update(decryptor.update(sealed) + decryptor.finalize()) + unpadder.finalize()
    except ValueError:
        raise MediaUnusable("it cannot be decrypted") from None
    if not hmac.compare_digest(hashlib.sha256(clear).digest(), how.plaintext_hash):
        raise MediaUnusable("its content is not the one that was told")
    return clear
