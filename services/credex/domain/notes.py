"""What is to be remembered of a change, once it is told: offers, and who acts for an account."""

from __future__ import annotations

from typing import Literal

from services.credex.domain.answer import Answer
from shared.contracts.base import Event
from shared.contracts.credex import (
    MemberAuthorised,
    MemberRemoved,
    NoteAccount,
    NoteOffer,
    NoticesDirected,
    OfferAccepted,
    OfferCancelled,
    OfferDeclined,
    OffersAccepted,
)
from shared.kernel.credit import Credit
from shared.kernel.ids import MemberId

What = Literal["accepted", "declined", "cancelled"]


def notes_of(event: Event, answer: Answer) -> list[NoteAccount | NoteOffer]:  # noqa: PLR0911 one line per event reads best
    """The notes for the directory. What had been done before is no news to anybody."""
    match event:
        case OfferAccepted(already=False):
            return [_of(event.member, event.credex_id, event.account_id, "accepted", answer, event.amount)]
        case OfferDeclined(already=False):
            return [_of(event.member, event.credex_id, event.account_id, "declined", answer)]
        case OfferCancelled(already=False):
            return [_of(event.member, event.credex_id, event.account_id, "cancelled", answer)]
        case OffersAccepted():
            return [
                _of(event.member, result.credex_id, event.account_id, "accepted", answer, result.amount)
                for result in event.results
                if result.result == "accepted"
            ]
        case MemberAuthorised():
            return [NoteAccount(account_id=event.account_id, added=event.person)]
        case MemberRemoved():
            return [NoteAccount(account_id=event.account_id, removed=event.person)]
        case NoticesDirected():
            return [NoteAccount(account_id=event.account_id, notices_to=event.person)]
    return []


def _of(
    member: MemberId, credex_id: str, account_id: str, what: What, answer: Answer, amount: Credit | None = None
) -> NoteOffer:
    account = answer.account(account_id)
    name = account.name if account else None
    return NoteOffer(credex_id=credex_id, what=what, by=member, account_id=account_id, account_name=name, amount=amount)
