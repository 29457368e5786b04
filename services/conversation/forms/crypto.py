"""Opens a request to the Flows endpoint and closes its reply (WhatsApp contract 5.2)."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256

from shared.kernel.errors import RuvimboError

_OAEP = OAEP(mgf=MGF1(algorithm=SHA256()), algorithm=SHA256(), label=None)
_IV_BYTES = 16
_KEY_BYTES = 16


class CannotOpen(RuvimboError):
    """The request was not made for any of our keys, or changed on the way: 421 lets the phone fetch our key anew."""


@dataclass(frozen=True)
class Opened:
    """A request in clear, and what its one reply is closed with."""

    payload: dict[str, Any]
    key: bytes
    iv: bytes

    def close(self, reply: Any) -> str:
        """The whole body of the reply. Never close two different replies to one request: key and IV would repeat."""
        return self.close_text(compact(reply))

    def close_text(self, text: str) -> str:
        """As `close`, for a reply that is JSON already."""
        inverted = bytes(byte ^ 0xFF for byte in self.iv)
        sealed = AESGCM(self.key).encrypt(inverted, text.encode("utf-8", "replace"), None)
        return base64.b64encode(sealed).decode()


def _no_number(word: str) -> Any:
    raise ValueError(f"{word} is no JSON")


def compact(reply: Any) -> str:
    """A reply as JSON without blanks, as `JSON.stringify` writes it."""
    return json.dumps(reply, ensure_ascii=False, separators=(",", ":"))


def open_request(body: bytes, keys: Sequence[RSAPrivateKey]) -> Opened:
    """The request in a raw body; several keys during a rotation are tried in order. Raises CannotOpen."""
    try:
        fields = json.loads(body)
        sealed, wrapped, iv = (
            base64.b64decode(fields[name], validate=True)
            for name in ("encrypted_flow_data", "encrypted_aes_key", "initial_vector")
        )
    except (ValueError, TypeError, KeyError, binascii.Error, RecursionError):
        raise CannotOpen from None
    if len(iv) != _IV_BYTES:
        raise CannotOpen
    for key in keys:
        try:
            secret = key.decrypt(wrapped, _OAEP)
            if len(secret) != _KEY_BYTES:
                continue
            # The last 16 bytes are the tag, where AESGCM looks for it too.
            payload = json.loads(AESGCM(secret).decrypt(iv, sealed, None), parse_constant=_no_number)
        except (ValueError, InvalidTag, RecursionError):
            continue
        if isinstance(payload, dict):
            return Opened(payload, secret, iv)
    raise CannotOpen
