"""`/correct RECEIPT name|purpose NEW`, as staff type it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from services.conversation.domain.reading import full_name, purpose_words
from services.conversation.engine.texts import _, later
from shared.kernel.errors import Refusal

_RECEIPT = re.compile(r"20[0-9]{2}-[0-9]{6,9}")


class NotACorrection(Refusal):
    """The text is no correction of a receipt."""


class Correction(NamedTuple):
    """What a receipt should say."""

    receipt_number: str
    what: Literal["name", "purpose"]
    value: str


def correction_of(text: str, purposes: Sequence[str]) -> Correction:
    """What stands behind the command. A purpose is one of `purposes`, or in own words. Raises Refusal."""
    number, what, value = [*text.split(" ", 2), "", ""][:3]
    if receipt_in(number) is None or not what:
        raise NotACorrection(
            later("Please send it like: /correct 2026-000001 name Tariro Moyo, or with *purpose* and what it was for.")
        )
    match what.casefold():
        case "name":
            return Correction(number, "name", full_name(value))
        case "purpose":
            known = {name.casefold(): purpose for purpose in purposes for name in (purpose, _(purpose))}
            return Correction(number, "purpose", known.get(value.casefold()) or purpose_words(value))
    raise NotACorrection(
        later("Only the name and the purpose of a receipt are corrected; money is put right by a refund or a dispute.")
    )


def receipt_in(text: str) -> str | None:
    """The number of the receipt that the text begins with."""
    number = text.partition(" ")[0]
    return number if _RECEIPT.fullmatch(number) else None
