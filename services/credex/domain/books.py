"""What the books hear of a credex when people are told of it: its id, what became of it, and how much it is."""

from __future__ import annotations

from shared.contracts.base import Message
from shared.contracts.credex import (
    CredexMoved,
    OfferAccepted,
    OfferCancelled,
    OfferDeclined,
    OfferGone,
    OfferMade,
    OffersAccepted,
    TierUpgraded,
)
from shared.kernel.ids import derive_id


def moved(event: Message) -> list[CredexMoved]:  # noqa: PLR0911 one line for each event reads best
    """Without member, account or name. What was done before is told too: the books may not have heard of it."""
    match event:
        case OfferMade():
            return [CredexMoved(credex_id=event.credex_id, outcome="open", amount=event.amount)]
        case OfferAccepted():
            return [CredexMoved(credex_id=event.credex_id, outcome="accepted", amount=event.amount)]
        case OfferDeclined():
            return [CredexMoved(credex_id=event.credex_id, outcome="declined")]
        case OfferCancelled():
            return [CredexMoved(credex_id=event.credex_id, outcome="cancelled")]
        case OfferGone() if event.state != "unknown":
            return [CredexMoved(credex_id=event.credex_id, outcome=event.state)]
        case OffersAccepted():
            accepted = [one for one in event.results if one.result in {"accepted", "already_accepted"}]
            return [CredexMoved(credex_id=one.credex_id, outcome="accepted", amount=one.amount) for one in accepted]
        case TierUpgraded():
            # The core tells no id when the answer was lost and found again.
            id = event.credex_id or derive_id("U", event.member, event.answers)
            return [CredexMoved(credex_id=id, outcome="upgraded", amount=event.amount)]
    return []
