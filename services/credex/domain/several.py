"""Several offers accepted at once: what became of each (contract 3.8). The core tells causes by text only; we look."""

from __future__ import annotations

from services.credex.domain.answer import Answer
from services.credex.domain.request import Request
from shared.contracts.credex import AcceptOffers, OffersAccepted
from shared.contracts.credex_parts import OfferResult, Result


def is_complete(command: AcceptOffers, answer: Answer) -> bool:
    """Whether the core's summary alone tells of every offer."""
    return set(command.credex_ids) <= {*answer.accepted, *answer.already_accepted}


def are_left(command: AcceptOffers, look: Answer) -> bool:
    """Whether some are still open."""
    return bool(set(command.credex_ids) & _pending(command, look))


def results(request: Request, command: AcceptOffers, answer: Answer) -> OffersAccepted:
    """A result for each, in the order of the command, from the summaries and from a look if there was one."""
    accepted = set(request.accepted)
    still_open = _pending(command, answer)
    in_ledger = {entry.credex_id for entry in answer.ledger.entries} if answer.ledger else set()

    def result(id: str) -> Result:
        if id in accepted:
            return "accepted"
        if id in in_ledger or id in answer.already_accepted:
            # With a lost answer behind us, it was most likely that try.
            return "accepted" if request.ever_uncertain else "already_accepted"
        if id in still_open:
            return "unknown" if request.ever_uncertain else "refused"
        return "gone"

    return OffersAccepted(
        member=command.member,
        answers=request.answers,
        account_id=command.account_id,
        results=tuple(
            OfferResult(credex_id=id, result=result(id), amount=command.amounts.get(id))
            for id in dict.fromkeys(command.credex_ids)
        ),
        standing=answer.standing,
        accounts=answer.accounts,
    )


def _pending(command: AcceptOffers, answer: Answer) -> set[str]:
    account = answer.account(command.account_id)
    return {offer.credex_id for offer in account.pending_in} if account else set()
