"""Paynow's wire messages: ordered pairs, form-encoded, proved by a hash (Paynow contract 0, 1.3).

Pure; used by the payments adapter and by the gateway, which checks callbacks. Hashing has no separators, so a good
hash does not prove where a value ends (contract 8.2): whoever acts on a message compares its values as well.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self
from urllib.parse import unquote_plus, urlencode

from shared.kernel.errors import RuvimboError

_HASH = re.compile(r"[0-9A-F]{128}")

Pair = tuple[str, str]


class NotAPaynowMessage(RuvimboError):
    """The body is not UTF-8 form text, or says one name twice: nobody knows which value is meant."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"This is no Paynow message: {problem}.")


def hash_of(pairs: Iterable[Pair], key: str) -> str:
    """128 upper-case hexadecimal characters over all values in order, but that of `hash`, and the integration key."""
    text = "".join(value for name, value in pairs if name.lower() != "hash")
    return hashlib.sha512((text + key.strip().lower()).encode()).hexdigest().upper()


def sign(pairs: Iterable[Pair], key: str) -> bytes:
    """The body of a request: trimmed values in the order given, empty ones left out, `hash` last."""
    sent = [(name, value.strip()) for name, value in pairs if value.strip()]
    return urlencode([*sent, ("hash", hash_of(sent, key))]).encode()


@dataclass(frozen=True)
class PaynowMessage:
    """What Paynow sent, in its order. Look values up by `get`: the case of names varies (contract 0)."""

    pairs: tuple[Pair, ...]

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """The message in a raw body. Raises NotAPaynowMessage. HTML parses too, into a message without `status`."""
        try:
            parts = [part.partition("=") for part in body.decode().split("&") if part]
            pairs = tuple(
                (unquote_plus(name, errors="strict"), unquote_plus(value, errors="strict")) for name, _, value in parts
            )
        except UnicodeDecodeError:
            raise NotAPaynowMessage("it is not UTF-8") from None
        names = [name.lower() for name, _ in pairs]
        if len(set(names)) != len(names):
            raise NotAPaynowMessage("a name comes twice")
        return cls(pairs)

    def get(self, name: str) -> str | None:
        """The trimmed value of a name, in whatever case it came; None when it is absent."""
        return next((value.strip() for known, value in self.pairs if known.lower() == name.lower()), None)

    def is_authentic(self, key: str) -> bool:
        """Whether the hash was made with this integration key, over the values as received or as trimmed.

        False without a hash: error answers carry none and must be told apart before (contract 1.4).
        """
        given = (self.get("hash") or "").upper()
        if not re.fullmatch(_HASH, given):
            return False
        trimmed = [(name, value.strip()) for name, value in self.pairs]
        return any(hmac.compare_digest(given, hash_of(pairs, key)) for pairs in (self.pairs, trimmed))
