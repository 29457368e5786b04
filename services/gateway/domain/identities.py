"""Who is which member: each identity of WhatsApp belongs to one member of ours (WhatsApp contract 2.6).

A phone proves itself by WhatsApp's word with each message. Two identities that come together are one person; where
they had two members, the younger becomes an alias of the older. A system message alone moves nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel

from shared.kernel.ids import MemberId


class Identity(BaseModel):
    """One identity, stored under `kind:value`."""

    member: MemberId
    first_seen: datetime
    last_seen: datetime
    follows: MemberId | None = None
    """Whose identity this has become in place of another, by WhatsApp's word alone."""


@dataclass(frozen=True)
class Resolution:
    """Who it is, which identities are new to us, and which must move to the member from others, now aliases."""

    member: MemberId
    new: tuple[str, ...]
    moved: tuple[str, ...]


def resolve(identities: Sequence[str], known: Mapping[str, Identity], fresh: MemberId) -> Resolution:
    """The member of these identities, of which `known` are stored; `fresh` if none of them is."""
    stored = {name: known[name] for name in identities if name in known}
    if not stored:
        return Resolution(fresh, tuple(identities), ())
    oldest = min(stored.values(), key=lambda identity: (identity.first_seen, identity.member))
    return Resolution(
        member=oldest.member,
        new=tuple(name for name in identities if name not in stored),
        moved=tuple(name for name, identity in stored.items() if identity.member != oldest.member),
    )
