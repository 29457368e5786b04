"""Finds the texts that are marked for the catalogs, and those of the kernel that people read.

    python -m services.conversation.tests.extraction

brings the catalogs up to date: new texts come in without a translation, which the tests then ask for, and texts that
are no longer said go.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

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


def path_of(language: str) -> Path:
    """The catalog of a language."""
    return SERVICE / "locale" / language / "messages.po"


def updated(language: str) -> str:
    """The catalog as it should be: every marked text, in order, with the translation that is there."""
    with path_of(language).open("rb") as source:
        known = read_po(source)
    fresh = Catalog(locale=language, header_comment=known.header_comment, fuzzy=False)
    for text, place in marked_texts().items():
        old = known.get(text)
        flags = ["python-brace-format"] if "{" in text else []
        fresh.add(text, str(old.string) if old else "", locations=[(place, 0)], flags=flags)
    written = io.BytesIO()
    write_po(written, fresh, width=116, sort_output=True, include_lineno=False)
    kept = r'"(?!Language: |Content-Type: |\\n"$)[A-Z][A-Za-z-]+: .*\n'
    head, blank, body = written.getvalue().decode().partition("\n\n")
    return re.sub(kept, "", head + "\n") + blank[1:] + body


if __name__ == "__main__":
    for one in ("sn", "nd"):
        path_of(one).write_text(updated(one))
