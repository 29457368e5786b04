"""A purpose in a donor's own words, which staff approve where the settings say so."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from shared.kernel.ids import MemberId, derive_id


class ProposedPurpose(BaseModel):
    """Stored under its id; decided once."""

    id: str
    member: MemberId
    purpose: str
    state: Literal["waiting", "approved", "rejected"] = "waiting"


def purpose_id_of(member: MemberId, purpose: str) -> str:
    """The same wish of the same person has the same id. `U-` tells whose it is to decide (product 4)."""
    return derive_id("U", member, purpose.casefold(), characters=8)
