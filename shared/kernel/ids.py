"""Ids and chance: the only place in the product that draws random values.

An id is a prefix that names its owner and 100 bits in Crockford's base 32, which has no letters that are
mistaken for digits when read aloud: `M-7Q2K…` a member, `P-…` a payment (product 4: "the prefix of an id
names its owner").
"""

from __future__ import annotations

import hashlib
import random
from typing import NewType, Protocol

MemberId = NewType("MemberId", str)
"""A person as we know them; minted by the gateway. Never a phone number: WhatsApp may hide it."""

PaymentId = NewType("PaymentId", str)
"""A payment; it is the reference at Paynow and the one that people see."""

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class Chance(Protocol):
    """Where randomness comes from. Tests and simulations give a seeded one."""

    def getrandbits(self, k: int, /) -> int: ...

    def uniform(self, a: float, b: float, /) -> float: ...


def system_chance() -> Chance:
    """Randomness from the operating system: fit for ids that nobody may guess."""
    return random.SystemRandom()


def seeded_chance(seed: int) -> Chance:
    """The same draws for the same seed, for simulations."""
    return random.Random(seed)  # noqa: S311 repeatable draws are the purpose


def _encode(number: int, characters: int) -> str:
    return "".join(_ALPHABET[(number >> (5 * place)) & 31] for place in reversed(range(characters)))


def new_id(prefix: str, chance: Chance, characters: int = 20) -> str:
    """A fresh id: `prefix`, a dash, and `characters` of 5 bits each."""
    return f"{prefix}-{_encode(chance.getrandbits(5 * characters), characters)}"


def derive_id(prefix: str, *parts: object, characters: int = 20) -> str:
    """The id that belongs to these parts: the same parts always give the same id, so doing it twice is seen."""
    text = "\x1f".join(str(part) for part in parts)
    digest = hashlib.sha256(text.encode()).digest()
    return f"{prefix}-{_encode(int.from_bytes(digest, 'big') >> (256 - 5 * characters), characters)}"


def payment_id_of(intent: str) -> PaymentId:
    """The id of the one payment that an intent can have: 60 bits, short enough to be read aloud (decision 0005)."""
    return PaymentId(derive_id("P", intent, characters=12))
