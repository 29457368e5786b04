"""Each word of credex moves its credex. Both sides tell of one, each in their own lane: the version decides."""

from __future__ import annotations

from services.reporting.domain.credexes import Credex, Outcome
from services.reporting.store import CREDEXES
from shared.bus.handlers import on
from shared.bus.work import Work
from shared.contracts.credex import (
    OfferAccepted,
    OfferCancelled,
    OfferDeclined,
    OfferGone,
    OfferMade,
    OffersAccepted,
    TierUpgraded,
)
from shared.contracts.reporting import EndCredex
from shared.kernel.credit import Credit


async def _note(id: str, amount: Credit | None, outcome: Outcome, work: Work) -> None:
    credex = await work.open(CREDEXES, id, lambda: Credex(credex_id=id))
    credex.know(amount)
    if outcome == "open":
        credex.offer(work.now)
    else:
        credex.end(outcome, work.now)
    work.emit(*credex.to_log())


@on(OfferMade)
async def note_offer(event: OfferMade, work: Work) -> None:
    """It waits for its receiver."""
    await _note(event.credex_id, event.amount, "open", work)


@on(OfferAccepted)
async def note_accepted(event: OfferAccepted, work: Work) -> None:
    """The receiver took it."""
    await _note(event.credex_id, event.amount, "accepted", work)


@on(OfferDeclined)
async def note_declined(event: OfferDeclined, work: Work) -> None:
    """The receiver did not want it."""
    await _note(event.credex_id, None, "declined", work)


@on(OfferCancelled)
async def note_withdrawn(event: OfferCancelled, work: Work) -> None:
    """The issuer took it back."""
    await _note(event.credex_id, None, "cancelled", work)


@on(OfferGone)
async def note_gone(event: OfferGone, work: Work) -> None:
    """It ended elsewhere; we hear of it late."""
    if event.state != "unknown":
        await _note(event.credex_id, None, event.state, work)


@on(OffersAccepted)
async def note_each(event: OffersAccepted, work: Work) -> None:
    """Several at once: each is a document of its own."""
    for one in event.results:
        if one.result in {"accepted", "already_accepted"}:
            work.emit(EndCredex(credex_id=one.credex_id))


@on(EndCredex)
async def note_one(command: EndCredex, work: Work) -> None:
    """One of several that were accepted."""
    await _note(command.credex_id, None, "accepted", work)


@on(TierUpgraded)
async def note_upgrade(event: TierUpgraded, work: Work) -> None:
    """A member paid the core for a tier; it told no id when the answer was lost and found again."""
    await _note(event.credex_id or work.message_id, event.amount, "upgraded", work)
