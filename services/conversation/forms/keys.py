"""The private keys of forms: read, made, and their public part uploaded to WhatsApp (WhatsApp contract 5.2)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from shared.kernel.errors import Misconfigured
from shared.runtime.settings import listed

BITS = 2048


def read_keys(files: str, passphrase: str | None) -> tuple[RSAPrivateKey, ...]:
    """The keys in the files that a setting names with commas, newest first. Raises Misconfigured.

    Reading a PEM takes 45 to 70 ms (measured in the contract), so they are read once.
    """
    return tuple(_read(Path(name), passphrase) for name in listed(files))


def _read(file: Path, passphrase: str | None) -> RSAPrivateKey:
    try:
        pem = file.read_bytes()
    except OSError:
        raise Misconfigured(f"PRIVATE_KEY_FILE names {file}, which cannot be read.") from None
    key: Any = None
    for password in dict.fromkeys((passphrase.encode() if passphrase else None, None)):
        try:
            key = load_pem_private_key(pem, password)
            break
        except TypeError:
            continue  # a passphrase given and none needed, or the other way round
        except ValueError:
            raise Misconfigured(
                f"PRIVATE_KEY_FILE names {file}, which is no PEM, or PRIVATE_KEY_PASSPHRASE does not open it."
            ) from None
    if key is None:
        raise Misconfigured(f"PRIVATE_KEY_FILE names {file}, which PRIVATE_KEY_PASSPHRASE does not open.")
    if not isinstance(key, RSAPrivateKey) or key.key_size != BITS:
        raise Misconfigured(f"PRIVATE_KEY_FILE names {file}, which is no RSA key of {BITS} bits.")
    return key


def make_key(file: Path, passphrase: str | None) -> RSAPrivateKey:
    """A new key in a new file that only its owner may read. Raises Misconfigured when there is one already."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    how: KeySerializationEncryption = NoEncryption()
    if passphrase:
        how = BestAvailableEncryption(passphrase.encode())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, how)
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Misconfigured(f"{file} exists; a key in use must not be overwritten, give another name.") from None
    with os.fdopen(descriptor, "wb") as out:
        out.write(pem)
    return key


def public_pem(key: RSAPrivateKey) -> str:
    """The public part, as WhatsApp wants it."""
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


async def upload_key(client: httpx.AsyncClient, url: str, token: str, number: str, key: RSAPrivateKey) -> None:
    """Tell WhatsApp the public key of a number. Raises UploadRefused; httpx' errors when it cannot be reached."""
    place = f"{url.rstrip('/')}/{number}/whatsapp_business_encryption"
    headers = {"authorization": f"Bearer {token}"}
    answer = await client.post(place, data={"business_public_key": public_pem(key)}, headers=headers)
    if answer.status_code != httpx.codes.OK:
        raise UploadRefused(number, answer)


class UploadRefused(Misconfigured):
    """WhatsApp did not take the key; the text says its code."""

    def __init__(self, number: str, answer: httpx.Response) -> None:
        try:
            code = answer.json()["error"]["code"]
        except (ValueError, KeyError, TypeError):
            code = f"HTTP {answer.status_code}"
        super().__init__(f"WhatsApp refuses the key for number {number} ({code}); check PHONE_NUMBER_ID and its token.")
