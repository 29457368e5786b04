"""The vectors' keys, and a phone that asks a form's endpoint."""

from __future__ import annotations

import json
import os
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPrivateNumbers,
    RSAPublicKey,
    RSAPublicNumbers,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256

from services.conversation.app import make
from shared.testing.harness import Harness

CONTRACT = Path(__file__).parents[4] / "tests/contracts/whatsapp"
VECTORS: dict[str, Any] = json.loads((CONTRACT / "flow-vectors.json").read_text())


def key_of(name: str) -> RSAPrivateKey:
    """A key of the vectors, which stand as private numbers."""
    numbers = {part: int(str(value), 0) for part, value in VECTORS[name].items()}
    public = RSAPublicNumbers(numbers.pop("e"), numbers.pop("n"))
    return RSAPrivateNumbers(public_numbers=public, **numbers).private_key()


@pytest.fixture(scope="session")
def key() -> RSAPrivateKey:
    return key_of("rsa_private_numbers")


@pytest.fixture(scope="session")
def other_key() -> RSAPrivateKey:
    return key_of("other_rsa_private_numbers")


@dataclass
class Phone:
    """Closes requests as the contract says, by its own code, and opens replies."""

    public: RSAPublicKey
    secret: bytes = field(default_factory=lambda: os.urandom(16))
    iv: bytes = field(default_factory=lambda: os.urandom(16))

    def close(self, payload: Any) -> bytes:
        return self.close_text(json.dumps(payload))

    def close_text(self, payload: str) -> bytes:
        sealed = AESGCM(self.secret).encrypt(self.iv, payload.encode(), None)
        wrapped = self.public.encrypt(self.secret, OAEP(MGF1(SHA256()), SHA256(), None))
        fields = {"encrypted_flow_data": sealed, "encrypted_aes_key": wrapped, "initial_vector": self.iv}
        return json.dumps({name: b64encode(value).decode() for name, value in fields.items()}).encode()

    def open(self, body: str) -> Any:
        inverted = bytes(255 - byte for byte in self.iv)
        return json.loads(AESGCM(self.secret).decrypt(inverted, b64decode(body), None))


@pytest.fixture
async def harness() -> AsyncIterator[Harness]:
    """Conversation, for its store of form sessions."""
    async with Harness({"conversation": make}) as harness:
        yield harness
