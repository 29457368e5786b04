"""The words that a record is found by: lower case, without accents, so that "dube" finds "Dubé"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

MOST_WORDS = 24


def words_of(*texts: str | None, exact: Iterable[str | None] = ()) -> list[str]:
    """The words of the texts, and the `exact` ones (references) as they are but in lower case; each once."""
    found = [reference.lower() for reference in exact if reference]
    for text in texts:
        found += re.findall(r"\w+", folded(text or ""))
    return list(dict.fromkeys(found))[:MOST_WORDS]


def folded(text: str) -> str:
    """The text as it is compared: lower case, accents left out."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(character for character in decomposed if not unicodedata.combining(character)).casefold()
