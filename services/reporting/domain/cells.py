"""Text in the cells of a CSV that somebody opens with a spreadsheet."""

from __future__ import annotations

_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe(text: str | None) -> str:
    """The text so that no spreadsheet takes it for a formula: an apostrophe goes before what begins like one."""
    plain = "".join(character for character in text or "" if character.isprintable())
    return f"'{plain}" if plain.lstrip().startswith(_RISKY) else plain
