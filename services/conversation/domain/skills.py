"""The trades that volunteers are asked for, as the earlier system listed them (latterpay reference 2.2)."""

from __future__ import annotations

from services.conversation.domain.reading import clean
from services.conversation.domain.vocabulary import NOTHING, THANKS
from services.conversation.engine.questions import NO, YES, plain
from services.conversation.engine.texts import later
from shared.kernel.errors import Refusal

SKILLS: dict[str, str] = {
    "carpenter": later("Carpenter"),
    "welder": later("Welder"),
    "builder": later("Builder"),
    "electrician": later("Electrician"),
    "plumber": later("Plumber"),
    "tiler": later("Tiler"),
    "engineer": later("Engineer"),
    "security": later("Security"),
    "retailer": later("Retailer"),
    "transport": later("Transport"),
    "hardware": later("Hardware"),
    "accounts": later("Accounts"),
    "wholesale": later("Wholesale"),
    "marketing": later("Marketing"),
    "it": later("IT and data"),
    "video": later("Video and photo"),
    "history": later("History"),
}
"""Id to name."""
MOST_SKILLS = 5
LONGEST_SKILL = 40
_NONE = NOTHING | THANKS | YES | NO


class NotSkills(Refusal):
    """The text names no skill."""


def skills_in(text: str) -> tuple[str, ...]:
    """The skills of a text with commas, as they were typed; "IT and Support" is one."""
    found = [skill for part in text.replace(";", ",").split(",") if (skill := clean(part))]
    if len(found) > MOST_SKILLS:
        raise NotSkills(later("Please send at most 5 skills, with commas, like: carpenter, IT and support."))
    if not found or not all(map(_fits, found)):
        raise NotSkills(later("Please send your skills in a few words, with commas, like: carpenter, IT and support."))
    return tuple(dict.fromkeys(found))


def _fits(skill: str) -> bool:
    return 2 <= len(skill) <= LONGEST_SKILL and any(map(str.isalpha, skill)) and plain(skill) not in _NONE
