"""Gateway's input is HTTP (routes.py), but for one message: it forgets who somebody was."""

from __future__ import annotations

from services.gateway.store import IDENTITIES
from shared.bus.handlers import on
from shared.bus.work import Work
from shared.contracts.conversation import ErasureRequested
from shared.contracts.gateway import PersonErased


@on(ErasureRequested)
async def forget_identities(event: ErasureRequested, work: Work) -> None:
    """Who writes again by one of these identities is somebody new."""
    work.remove(IDENTITIES, member=event.member)
    work.emit(PersonErased(member=event.member, at=work.now))
