"""Paynow's hash: SHA-512 over the values in message order and the lower-cased key (Paynow contract 1.3)."""

from __future__ import annotations

import hashlib
import hmac

from sandbox.paynow.wire import Pairs


def digest(pairs: Pairs, key: str) -> str:
    """The hash of a message: 128 upper-case hex digits. A field named `hash`, in any case, is left out."""
    values = "".join(value for name, value in pairs if name.lower() != "hash")
    return hashlib.sha512((values + key.strip().lower()).encode()).hexdigest().upper()


def verify(pairs: Pairs, key: str) -> bool:
    """Whether the message carries its own hash, over the values as they came or trimmed (Paynow trims, SDKs don't)."""
    given = next((value for name, value in pairs if name.lower() == "hash"), "").strip().upper().encode()
    trimmed = [(name, value.strip()) for name, value in pairs]
    return any(hmac.compare_digest(given, digest(form, key).encode()) for form in (pairs, trimmed))


def sign(pairs: Pairs, key: str) -> list[tuple[str, str]]:
    """The message with its hash as the last field."""
    return [*pairs, ("hash", digest(pairs, key))]
