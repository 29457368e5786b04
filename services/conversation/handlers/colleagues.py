"""Who of staff is which member: those who never wrote to us are not known."""

from __future__ import annotations

from services.conversation.domain.colleague import Colleague
from services.conversation.settings import ConversationSettings
from services.conversation.store import PROFILES
from shared.bus.work import Work


async def colleagues(work: Work) -> tuple[Colleague, ...]:
    """Everybody of staff, each once."""
    settings: ConversationSettings = work.settings
    found: dict[str, Colleague] = {}
    for phone in sorted(settings.staff):
        for profile in await work.find(PROFILES, {"staff.phone": phone}, limit=1):
            if profile.staff is not None:
                member = profile.staff.member
                found.setdefault(member, Colleague(member, phone, profile.name))
    return tuple(found.values())
