"""Offers to me: one by one, or all at once.

One of several:

    > offers
    < Which one? [Accept all (2)]
    > usd 3.00
    < Chipo Dube offers you *USD 3.00* [Accept] [Decline] [Back to the list]
    > decline
    < Declined. [Credex]

All of them:

    > offers
    < Which one? [Accept all (2)]
    > accept all (2)
    < Accept all 2 offers to Tariro Moyo: USD 5.50? [Accept all] [Back to the list]
    > yes
    < 2 of 2 offers are accepted: [Credex]
"""

from __future__ import annotations

from collections.abc import Sequence

from services.conversation.engine.chat import Chat
from services.conversation.engine.engine import flow
from services.conversation.engine.formats import credit
from services.conversation.engine.questions import Option, yes_or_no
from services.conversation.engine.texts import _, later
from services.conversation.facts import CredexFacts
from services.conversation.flows.answer_offer import act
from services.conversation.flows.core import accounts, change, which
from services.conversation.texts import credex
from shared.contracts.credex import AcceptOffers, OffersAccepted
from shared.contracts.credex_parts import CredexAccount, PendingOffer
from shared.kernel.credit import Credit

ALL = "all"


@flow("pending_in", title=later("Offers to me"), keep=False)
async def pending_in(chat: Chat) -> None:
    """The list, fresh from the core; a tap on one shows it, a second one does it."""
    known = CredexFacts.model_validate(chat.facts)
    view = await accounts(chat, known, fresh=True)
    if view is None:
        return
    with_offers = [account for account in view.accounts if account.pending_in]
    if not with_offers:
        await chat.say(_("Nobody offers you anything at the moment. *credex* shows your accounts."))
        return
    account = await which(chat, _("Offers to which account?"), with_offers)
    offers = account.pending_in
    everything = [Option(ALL, _("Accept all ({count})").format(count=len(offers)))] if len(offers) > 1 else []
    while True:
        prompt = _("{count} offers to {name}. Which one?").format(count=len(offers), name=account.name)
        chosen = await chat.choose("offer", prompt, [*everything, *map(as_option, offers)], _("Offers"))
        if chosen == ALL:
            if await _agrees_to_all(chat, account):
                await _accept_all(chat, known, account)
                return
            continue
        offer = next(offer for offer in offers if offer.credex_id == chosen)
        answers = [Option("accept", _("Accept")), Option("decline", _("Decline")), *back_to(offers)]
        answer = await chat.choose("answer", credex.offer_to_me(offer), answers)
        if answer in {"accept", "decline"}:
            await act(chat, known, "accept" if answer == "accept" else "decline", offer.credex_id, account.account_id)
            return


async def _agrees_to_all(chat: Chat, account: CredexAccount) -> bool:
    totals: dict[str, Credit] = {}
    for offer in account.pending_in:
        before = totals.get(offer.amount.denomination)
        amount = offer.amount.amount + (before.amount if before else 0)
        totals[offer.amount.denomination] = Credit.of(amount, offer.amount.denomination)
    prompt = _("Accept all {count} offers to {name}: {totals}?").format(
        count=len(account.pending_in), name=account.name, totals=", ".join(map(credit, totals.values()))
    )
    return await chat.choose("sure", prompt, yes_or_no(_("Accept all"), _("Back to the list"))) == "yes"


async def _accept_all(chat: Chat, known: CredexFacts, account: CredexAccount) -> None:
    await change(
        chat,
        lambda intent: AcceptOffers(
            member=known.member,
            intent=intent,
            account_id=account.account_id,
            credex_ids=tuple(offer.credex_id for offer in account.pending_in),
            amounts={offer.credex_id: offer.amount for offer in account.pending_in},
        ),
        OffersAccepted,
    )


def as_option(offer: PendingOffer) -> Option:
    """An offer as a row of a list."""
    return Option(offer.credex_id, credit(offer.amount), credex.offer_line(offer))


def back_to(offers: Sequence[PendingOffer]) -> list[Option]:
    """The way back to the list, where it is one."""
    return [Option("list", _("Back to the list"))] if len(offers) > 1 else []
