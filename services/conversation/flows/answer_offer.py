"""Do what a notice's button says about an offer: it has told all that there is to know, so nothing is asked.

A notice's button:

    < Themba Ndlovu Personal offers you *USD 2.50* [Accept] [Decline] [Credex]
"""

from __future__ import annotations

from services.conversation.engine.chat import Chat
from services.conversation.engine.engine import flow
from services.conversation.engine.texts import later
from services.conversation.facts import CredexFacts
from services.conversation.flows.core import change
from shared.contracts.credex import AnswerOffer, OfferAccepted, OfferCancelled, OfferDeclined, OfferGone
from shared.contracts.credex_parts import Action


@flow("answer_offer", title=later("Answer an offer"), keep=False)
async def answer_offer(chat: Chat) -> None:
    """One command; the core says whether it is still possible."""
    known = CredexFacts.model_validate(chat.facts)
    if len(known.subject) != 3:
        return
    action, credex_id, account_id = known.subject
    for possible in ACTIONS:
        if possible == action:
            await act(chat, known, possible, credex_id, account_id)


ACTIONS: tuple[Action, ...] = ("accept", "decline", "cancel")


async def act(chat: Chat, known: CredexFacts, action: Action, credex_id: str, account_id: str) -> None:
    """Accept, decline or take back one offer."""
    await change(
        chat,
        lambda intent: AnswerOffer(
            member=known.member, intent=intent, action=action, credex_id=credex_id, account_id=account_id
        ),
        OfferAccepted,
        OfferDeclined,
        OfferCancelled,
        OfferGone,
    )
