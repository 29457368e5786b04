"""Gateway's input is HTTP (routes.py), but for two messages: it forgets who somebody was, and tells how all are."""

from __future__ import annotations

from services.gateway.ports import LOOK_AROUND, LookAround, Seen
from services.gateway.store import ALIASES, HEALTH_QUESTIONS, IDENTITIES, HealthQuestion
from shared.bus.handlers import answered, on
from shared.bus.work import Work
from shared.contracts.conversation import ErasureRequested, ForgetAlias
from shared.contracts.gateway import HealthShown, PersonErased, ShowHealth
from shared.kernel.ids import MemberId
from shared.outcalls.calls import Unknown, Unreached

MOST_ALIASES = 1000


@on(ErasureRequested)
async def forget_identities(event: ErasureRequested, work: Work) -> None:
    """Who writes again by one of these identities is somebody new.

    What is kept under a member id that became an alias of this one goes by an erasure of its own, and so do the
    aliases of that. An alias that still has an identity is reached by it, and may ask to be forgotten itself: a
    number that goes from one person to another ties two people together who are not one.
    """
    for known in await work.find(ALIASES, {"member": event.member}, limit=MOST_ALIASES):
        if not await work.find(IDENTITIES, {"member": known.alias}, limit=1):
            work.emit(ForgetAlias(member=known.alias))
    work.remove(ALIASES, alias=event.member)
    work.remove(IDENTITIES, member=event.member)
    work.emit(PersonErased(member=event.member, at=work.now))


@on(ShowHealth)
async def show_health(command: ShowHealth, work: Work) -> None:
    """Look at the heartbeats."""
    await work.open(HEALTH_QUESTIONS, command.asked_by, HealthQuestion)
    work.call(LOOK_AROUND, LookAround())


@answered(LOOK_AROUND, HEALTH_QUESTIONS)
async def health_seen(
    question: HealthQuestion, request: LookAround, outcome: Seen | Unknown | Unreached, work: Work
) -> None:
    """Tell what was seen; that nothing was is told as well."""
    seen = outcome if isinstance(outcome, Seen) else Seen(status="unhealthy", services=())
    asked_by = MemberId(work.held[1].id)
    work.emit(HealthShown(asked_by=asked_by, at=work.now, **dict(seen)))
