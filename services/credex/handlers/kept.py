"""Tells a person what is kept about them: for *my data* in the chat."""

from __future__ import annotations

from services.credex.handlers.beginning import known_as
from services.credex.store import ACCOUNTS, OFFERS
from shared.bus.handlers import on
from shared.bus.work import Work
from shared.contracts.credex import KeptTold, TellKept

MOST = 200
"""Accounts and offers that are told; nobody has so many."""


@on(TellKept)
async def tell_kept(command: TellKept, work: Work) -> None:
    """From our own documents: the core is not asked."""
    known = await known_as(command.member, work)
    accounts = await work.find(ACCOUNTS, {"people": known.core_id}, limit=MOST) if known.core_id else []
    offers = await work.find(OFFERS, {"issuer_member": known.member}, limit=MOST)
    answered = await work.find(OFFERS, {"by": known.member}, limit=MOST)
    offers += [offer for offer in answered if offer.issuer_member != known.member]
    work.emit(
        KeptTold(
            member=command.member,
            phone=known.phone,
            core_id=known.core_id,
            accounts=tuple(account.kept() for account in accounts),
            offers=tuple(offer.kept() for offer in offers[:MOST]),
        )
    )
