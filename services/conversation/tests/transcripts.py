"""The transcripts in the docstrings of flows: what is documented there is what is played."""

from __future__ import annotations

import re
from types import ModuleType

Transcript = list[tuple[str, str]]
"""(who, what): `>` the person, `<` the bot."""


def transcripts_of(module: ModuleType) -> list[Transcript]:
    """The transcripts of a flow's file, in their order."""
    found: list[Transcript] = []
    for line in (module.__doc__ or "").splitlines():
        spoken = re.match(r"    ([<>]) (.+)", line)
        if spoken is None:
            if line.strip() and not line.startswith("    "):
                found.append([])
            continue
        found[-1].append((spoken[1], spoken[2]))
    return [transcript for transcript in found if transcript]


def is_said(line: str, said: list[str]) -> bool:
    """Whether one of the messages has all that a line of a transcript names: words, and choices in brackets."""
    pieces = [piece.strip() for piece in re.split(r"(?=\[)|(?<=\])", line) if piece.strip()]
    return any(all(piece in text for piece in pieces) for text in said)
