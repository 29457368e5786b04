"""What staff look for among the volunteers, in one line: a skill, a place, or both."""

from __future__ import annotations

from services.conversation.domain.places import PROVINCES
from services.conversation.domain.skills import SKILLS

_PLACES = sorted({name.casefold() for province, towns in PROVINCES.values() for name in (province, *towns)}, key=len)
_SKILLS = sorted((name.casefold() for name in SKILLS.values()), key=len)


def search_of(text: str) -> tuple[str | None, str | None]:
    """Skill and place, None where any will do. A known place or skill, or `in`, tells where one ends."""
    words = " ".join(text.split())
    skill, within, place = f" {words} ".partition(" in ")
    if within:
        return skill.strip() or None, place.strip() or None
    folded = words.casefold()
    for known in reversed(_PLACES):  # the longest first: Harare North is not North
        if folded == known or folded.endswith(f" {known}"):
            return words[: len(words) - len(known)].strip() or None, words[len(words) - len(known) :]
    for known in reversed(_SKILLS):
        if folded == known or folded.startswith(f"{known} "):
            return words[: len(known)], words[len(known) :].strip() or None
    skill, _blank, place = words.partition(" ")
    return skill or None, place or None
