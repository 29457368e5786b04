"""Become a member of credex.

Somebody new:

    > home
    < Credex does not know you yet. [Join credex] [Menu]
    > join credex
    < What is your first name?
    > Nyasha
    < What is your last name?
    > Banda
    < *Nyasha Banda* [Confirm] [Edit] [Cancel]
    > confirm
    < Welcome to credex, Nyasha! [Credex]

Somebody who thinks again:

    > home
    < Credex does not know you yet. [Join credex] [Menu]
    > join credex
    < What is your first name?
    > cancel
    < Cancelled
"""

from __future__ import annotations

from services.conversation.domain.credex import as_kept
from services.conversation.domain.reading import one_name
from services.conversation.engine.chat import Chat
from services.conversation.engine.engine import flow
from services.conversation.engine.texts import _, later
from services.conversation.facts import CredexFacts
from services.conversation.flows.core import change
from shared.contracts.credex import CredexJoined, JoinCredex
from shared.kernel.errors import Refusal

SHORTEST, LONGEST = 3, 50
"""Letters of each name (credex-core contract 3.2)."""


class NotAGivenName(Refusal):
    """The core takes no such name."""


@flow("join", title=later("Join credex"))
async def join(chat: Chat) -> None:
    """Two names and a confirmation; the phone is the one that the person writes from."""
    known = CredexFacts.model_validate(chat.facts)
    first = await chat.ask("first_name", _("What is your first name?"), given_name)
    last = await chat.ask("last_name", _("What is your last name?"), given_name)
    summary = _(
        "You join credex as *{name}*, with an account in USD, by the number you write from. Whoever you trade with sees"
        " your name."
    )
    fields = {"first_name": _("First name"), "last_name": _("Last name")}
    await chat.confirm(summary.format(name=f"{first} {last}"), fields)
    await change(
        chat,
        lambda intent: JoinCredex(member=known.member, intent=intent, first_name=first, last_name=last),
        CredexJoined,
    )


def given_name(text: str) -> str:
    """A first or last name as the core takes it, and keeps it."""
    name = as_kept(one_name(text))
    if not SHORTEST <= len(name) <= LONGEST:
        raise NotAGivenName(later("Credex needs a name of 3 to 50 letters."))
    return name
