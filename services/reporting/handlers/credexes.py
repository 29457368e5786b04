"""Each word of credex moves its credex, by its id: reporting never hears whose it is."""

from __future__ import annotations

from services.reporting.domain.credexes import Credex
from services.reporting.store import CREDEXES
from shared.bus.handlers import on
from shared.bus.work import Work
from shared.contracts.credex import CredexMoved


@on(CredexMoved)
async def note_credex(event: CredexMoved, work: Work) -> None:
    """What became of it; whatever comes first, and however often."""
    credex = await work.open(CREDEXES, event.credex_id, lambda: Credex(credex_id=event.credex_id))
    credex.know(event.amount)
    if event.outcome == "open":
        credex.offer(work.now)
    else:
        credex.end(event.outcome, work.now)
    work.emit(*credex.to_log())
