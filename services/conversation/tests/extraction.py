"""Finds the texts that are marked for the catalogs, and those of the kernel that people read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import extract_from_file

SERVICE = Path(__file__).parents[1]
KERNEL = SERVICE.parents[1] / "shared" / "kernel"
MARKS = {"_": None, "later": None}
REFUSALS = {"NotAnAmount": None, "__init__": None}
"""How the kernel's refusals are made; `engine.py` finds their sentences in the catalogs when it says them."""


def marked_texts() -> dict[str, str]:
    """Each text and the file in which it was found first."""
    found: dict[str, str] = {}
    for path, keywords in _sources():
        for _line, text, _comments, _context in extract_from_file("python", str(path), keywords=keywords):
            if isinstance(text, str) and text:
                found.setdefault(text, path.relative_to(SERVICE.parents[1]).as_posix())
    return found


def _sources() -> Iterator[tuple[Path, dict[str, None]]]:
    for path in sorted(SERVICE.rglob("*.py")):
        if "tests" not in path.parts:
            yield path, MARKS
    for name in ("amounts.py", "phone.py"):
        yield KERNEL / name, REFUSALS
