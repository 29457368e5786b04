"""Who is told of offers to an account.

Somebody else from now on:

    > notices
    < For which account?
    > Moyo Bakery
    < Who shall be told of offers to Moyo Bakery? Now: Tariro Moyo. [Tariro Moyo] [Rudo Ncube]
    > Rudo Ncube
    < Rudo Ncube is told of offers to the account from now on. [Credex]

Somebody who thinks again:

    > notices
    < For which account?
    > Moyo Bakery
    < Who shall be told of offers to Moyo Bakery?
    > cancel
    < Cancelled
"""

from __future__ import annotations

from services.conversation.engine.chat import Chat
from services.conversation.engine.engine import flow
from services.conversation.engine.questions import Option
from services.conversation.engine.texts import _, later
from services.conversation.facts import CredexFacts
from services.conversation.flows.core import accounts, change
from services.conversation.flows.members import owned, people_of
from shared.contracts.credex import DirectNotices, NoticesDirected


@flow("notices", title=later("Notices"), keep=False)
async def notices(chat: Chat) -> None:
    """One of those who may act for it."""
    known = CredexFacts.model_validate(chat.facts)
    view = await accounts(chat, known)
    if view is None:
        return
    account = await owned(chat, view)
    listed = await people_of(chat, known, view, account) if account is not None else None
    if account is None or listed is None:
        return
    if len(listed.people) < 2:
        await chat.say(_("Nobody else may act for {name} yet: *members* adds somebody.").format(name=account.name))
        return
    now = account.notices_to.name if account.notices_to else "-"
    prompt = _("Who shall be told of offers to {name}? Now: {person}.").format(name=account.name, person=now)
    options = [Option(person.core_id, person.name) for person in listed.people]
    chosen = await chat.choose("told", prompt, options, _("Members"))
    person = next(person for person in listed.people if person.core_id == chosen)
    await change(
        chat,
        lambda intent: DirectNotices(member=known.member, intent=intent, account_id=account.account_id, person=person),
        NoticesDirected,
    )
