"""The wire format: ordered `name=value` pairs, form-encoded the way .NET does it (Paynow contract 0, 1.3, 10.4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from urllib.parse import unquote_plus

Pairs = Sequence[tuple[str, str]]
"""The fields of a message in their order, which the hash depends on."""

_LEFT_BARE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.!*()")


class Form:
    """The fields of a received message. Names are looked up in any letter case; order is kept."""

    def __init__(self, pairs: Pairs) -> None:
        self.pairs = tuple(pairs)
        self._values: dict[str, str] = {}
        for name, value in self.pairs:
            self._values.setdefault(name.lower(), value)

    def get(self, name: str) -> str:
        """The value of a name in lower case, trimmed as Paynow trims it; empty when the field is absent."""
        return self._values.get(name, "").strip()

    def repeated(self) -> str | None:
        """A name that occurs more than once, if any."""
        times = Counter(name.lower() for name, _ in self.pairs)
        return next((name for name in times if times[name] > 1), None)


def parse(body: str) -> list[tuple[str, str]]:
    """The pairs of a body, decoded once: split on `&`, each part on its first `=`, `+` is a blank, then UTF-8."""
    parts = (part.partition("=") for part in body.split("&") if part)
    return [(unquote_plus(name), unquote_plus(value)) for name, _, value in parts]


def encode(pairs: Pairs, *, upper_case_escapes: bool = False) -> str:
    """The body of these pairs: blank as `+`, lower-case escapes unless told otherwise, `*!()` left bare."""
    escape = "%{:02X}" if upper_case_escapes else "%{:02x}"
    return "&".join(f"{_escaped(name, escape)}={_escaped(value, escape)}" for name, value in pairs)


def error_body(text: str) -> str:
    """An error answer. It carries no hash (Paynow contract 1.4)."""
    return encode([("status", "Error"), ("error", text)])


def _escaped(text: str, escape: str) -> str:
    return "".join(
        chr(byte) if byte in _LEFT_BARE else "+" if byte == ord(" ") else escape.format(byte)
        for byte in text.encode("utf-8", "replace")
    )
