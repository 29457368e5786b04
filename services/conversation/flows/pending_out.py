"""My open offers, and taking one back.

    > my offers
    < You offer *USD 1.00* to Chipo Dube [Take it back] [Leave it]
    > take it back
    < Your offer is taken back. [Credex]

Somebody who leaves it:

    > my offers
    < You offer *USD 1.00* to Chipo Dube [Take it back] [Leave it]
    > leave it
    < All stays as it is.
"""

from __future__ import annotations

from services.conversation.engine.chat import Chat
from services.conversation.engine.engine import flow
from services.conversation.engine.questions import Option
from services.conversation.engine.texts import _, later
from services.conversation.facts import CredexFacts
from services.conversation.flows.answer_offer import act
from services.conversation.flows.core import accounts, which
from services.conversation.flows.pending_in import as_option, back_to
from services.conversation.texts import credex


@flow("pending_out", title=later("My open offers"), keep=False)
async def pending_out(chat: Chat) -> None:
    """The list, fresh from the core; a tap on one shows it."""
    known = CredexFacts.model_validate(chat.facts)
    view = await accounts(chat, known, fresh=True)
    if view is None:
        return
    with_offers = [account for account in view.accounts if account.pending_out]
    if not with_offers:
        await chat.say(_("None of your offers waits for an answer. *credex* shows your accounts."))
        return
    account = await which(chat, _("Offers from which account?"), with_offers)
    offers = account.pending_out
    while True:
        prompt = _("{count} open offers from {name}. Which one?").format(count=len(offers), name=account.name)
        chosen = await chat.choose("mine", prompt, list(map(as_option, offers)), _("Offers"))
        offer = next(offer for offer in offers if offer.credex_id == chosen)
        answers = [Option("cancel_it", _("Take it back")), Option("leave", _("Leave it")), *back_to(offers)]
        answer = await chat.choose("do", credex.my_offer(offer), answers)
        if answer == "leave":
            await chat.say(_("All stays as it is."))
            return
        if answer == "cancel_it":
            await act(chat, known, "cancel", offer.credex_id, account.account_id)
            return
