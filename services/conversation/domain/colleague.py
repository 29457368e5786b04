"""Somebody of staff who has written to us from a staff phone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from shared.kernel.ids import MemberId
from shared.kernel.phone import NotAPhone, parse_phone


@dataclass(frozen=True)
class Colleague:
    """By what the others know them."""

    member: MemberId
    phone: str
    name: str | None

    @property
    def called(self) -> str:
        """Their name; the phone of who never told one."""
        return self.name or self.phone


def colleague_of(who: str, colleagues: Iterable[Colleague]) -> Colleague | None:
    """The one colleague of this phone, name or first part of a name; None when there is none, or several."""
    try:
        phone = parse_phone(who)
    except NotAPhone:
        wanted = who.casefold().split()
        found = [one for one in colleagues if one.name and one.name.casefold().split()[: len(wanted)] == wanted]
    else:
        found = [one for one in colleagues if one.phone == phone]
    return found[0] if len(found) == 1 else None
