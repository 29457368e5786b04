"""Forget me.

Somebody who thinks again:

    > forget me
    < Shall I forget you? [Forget me] [Keep]
    > no
    < All stays as it is.

Somebody who does not:

    > forget me
    < Shall I forget you? [Forget me] [Keep]
    > yes
    < I forget you now.
"""

from __future__ import annotations

from services.conversation.engine.chat import Chat
from services.conversation.engine.engine import flow
from services.conversation.engine.questions import yes_or_no
from services.conversation.engine.texts import _, later
from services.conversation.facts import MemberFacts
from shared.contracts.conversation import ForgetMe


@flow("forget", title=later("Forget me"))
async def forget(chat: Chat) -> None:
    """One question, since it cannot be undone."""
    known = MemberFacts.model_validate(chat.facts)
    text = _(
        "Shall I forget you? Your name, number, answers and registration go. Payments keep amount, date and receipt,"
        " without you. Credex keeps its own record."
    )
    if await chat.choose("sure", text, yes_or_no(_("Forget me"), _("Keep"))) == "no":
        await chat.say(_("All stays as it is."))
        return
    chat.tell(ForgetMe(member=known.member))
    await chat.say(_("I forget you now. If you write again, we begin anew."))
