"""Somebody who registered: the latest word of the conversation on them."""

from __future__ import annotations

from pydantic import BaseModel, computed_field

from services.reporting.domain.words import words_of
from shared.kernel.ids import MemberId


class Volunteer(BaseModel):
    """Under the member's id. `full_name` None: the person was erased."""

    member: MemberId
    full_name: str | None
    email: str | None = None
    province: str = ""
    place: str = ""
    skills: tuple[str, ...] = ()

    @computed_field  # type: ignore[prop-decorator]  # mypy#1362: decorators on top of a property
    @property
    def words(self) -> list[str]:
        """What the volunteer is found by: skill, place, name."""
        return words_of(*self.skills, self.place, self.province, self.full_name)

    def fits(self, skill: str | None, place: str | None) -> bool:
        """Whether all words of the skill are in one skill, and all of the place in the place."""
        wanted = set(words_of(skill))
        has_skill = not wanted or any(wanted <= set(words_of(one)) for one in self.skills)
        return has_skill and set(words_of(place)) <= set(words_of(self.place, self.province))
