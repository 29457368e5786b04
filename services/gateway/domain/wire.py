"""Reads JSON that may be of any shape: each reader gives the value when it is of its kind, and nothing otherwise."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from shared.contracts.gateway_parts import Problem

Json = dict[str, Any]

DEEPEST = 100
"""Levels that are read of a webhook; what WhatsApp says itself takes up ten."""
_TOKENS = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}]', re.DOTALL)


def parsed(body: bytes) -> Any:
    """The JSON of a body; nothing (null) stands for what is nested too deep in it. Raises ValueError."""
    try:
        return json.loads(body)
    except RecursionError:
        return json.loads(_cut(body))


def _cut(body: bytes) -> bytes:
    """The same JSON with `null` for all below the deepest level."""
    kept, level, start = bytearray(), 0, 0
    for token in _TOKENS.finditer(body):
        if token[0] in b"[{":
            level += 1
            if level == DEEPEST + 1:
                kept += body[start : token.start()] + b"null"
        elif token[0] in b"]}":
            level -= 1
            if level == DEEPEST:
                start = token.end()
    return bytes(kept + body[start:])


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def as_dicts(value: Any) -> Iterator[Json]:
    return (item for item in as_list(value) if isinstance(item, dict))


def as_dict(value: Any) -> Json:
    return value if isinstance(value, dict) else {}


def as_text(value: Any) -> str | None:
    """A text that UTF-8 can carry: JSON may hold lone surrogates, which neither store nor bus takes."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) and value else None


def as_phone(value: Any) -> str | None:
    """E.164 from WhatsApp's digits without `+`."""
    digits = as_text(value)
    if digits is None:
        return None
    digits = digits.removeprefix("+")
    return f"+{digits}" if digits.isascii() and digits.isdigit() and len(digits) <= 15 else None


def as_whole(value: Any) -> int | None:
    """A whole number of 64 bits, which is what stores hold."""
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if -(2**63) <= value < 2**63 else None


def as_number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    number = float(value)
    return number if -1e9 < number < 1e9 else None  # refuses nan and infinity, too


def as_decimal(value: Any) -> Decimal | None:
    number = as_number(value)
    return None if number is None else Decimal(str(value))


def as_moment(value: Any) -> datetime | None:
    """Seconds since 1970, as text or number, milliseconds guarded against."""
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 20:
        value = int(value)
    seconds = as_whole(value)
    if seconds is None or seconds <= 0:
        return None
    if seconds > 100_000_000_000:
        seconds //= 1000
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        return None


def problems_of(errors: Any) -> tuple[Problem, ...]:
    """The errors of one of the three places (contract 2.5); what has no code is none."""
    return tuple(
        Problem(
            code=code,
            title=as_text(error.get("title")) or as_text(error.get("message")) or "",
            details=as_text(as_dict(error.get("error_data")).get("details")) or "",
            href=as_text(error.get("href")),
        )
        for error in as_dicts(errors)
        if (code := as_whole(error.get("code"))) is not None
    )


def scalars_of(members: Json) -> Json:
    """Its texts, whole numbers and switches: what is nested or odd is left out."""
    kept = {str(as_text(name)): as_plain(value, 0) for name, value in members.items()}
    return {name: value for name, value in kept.items() if value != "" and isinstance(value, str | bool | int)}


def as_plain(value: Any, levels: int = 30) -> Any:
    """Any JSON as stores and the bus can carry it: nothing in it for what is nested deeper, no number or not UTF-8.

    People choose what is in a form's answers, and how deep.
    """
    if isinstance(value, dict) and levels:
        return {as_text(name) or "": as_plain(inner, levels - 1) for name, inner in value.items()}
    if isinstance(value, list) and levels:
        return [as_plain(inner, levels - 1) for inner in value]
    if isinstance(value, str):
        return as_text(value) or ""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if isinstance(value, bool) else as_whole(value)


def digest_of(piece: Any) -> str:
    text = json.dumps(as_plain(piece), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
