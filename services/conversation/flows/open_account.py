"""Open a business account, from the Hustler tier on.

    > new account
    < What is the account called?
    > Rudo Bakery
    < Which handle shall it have?
    > rudo_bakery
    < In which denomination does it count?
    > USD
    < *Rudo Bakery* (@rudo_bakery) in USD [Confirm] [Edit] [Cancel]
    > confirm
    < *Rudo Bakery* (@rudo_bakery) is open. [Credex]

Somebody who thinks again:

    > new account
    < What is the account called?
    > cancel
    < Cancelled
"""

from __future__ import annotations

from services.conversation.domain.credex import DENOMINATIONS, HUSTLER, as_kept
from services.conversation.domain.reading import clean
from services.conversation.engine.chat import Chat
from services.conversation.engine.engine import flow
from services.conversation.engine.questions import Option
from services.conversation.engine.texts import _, later
from services.conversation.facts import CredexFacts
from services.conversation.flows.core import accounts, change, handle_of
from shared.contracts.credex import AccountOpened, OpenAccount
from shared.kernel.errors import Refusal

SHORTEST, LONGEST = 3, 50


class NotAnAccountName(Refusal):
    """The core takes no such name."""


@flow("open_account", title=later("New account"))
async def open_account(chat: Chat) -> None:
    """Name, handle, denomination, confirmation; a lower tier is told what would allow it."""
    known = CredexFacts.model_validate(chat.facts)
    view = await accounts(chat, known)
    if view is None:
        return
    if view.tier < HUSTLER:
        await chat.say(_("More accounts need the Hustler tier. *upgrade* tells what it costs."))
        return
    name = await chat.ask("account_name", _("What is the account called?"), account_name)
    prompt = _("Which handle shall it have? 3 to 30 letters and figures, like rudo_bakery.")
    handle = await chat.ask("new_handle", prompt, handle_of)
    options = [Option(code, code) for code in DENOMINATIONS]
    denomination = await chat.choose(
        "denomination", _("In which denomination does it count?"), options, _("Denominations")
    )
    summary = _("You open *{name}* (@{handle}) in {denomination}.")
    fields = {"account_name": _("Name"), "new_handle": _("Handle"), "denomination": _("Denomination")}
    await chat.confirm(summary.format(name=name, handle=handle, denomination=denomination), fields)
    await change(
        chat,
        lambda intent: OpenAccount(
            member=known.member,
            intent=intent,
            account_name=name,
            handle=handle,
            default_denomination=denomination,
        ),
        AccountOpened,
    )


def account_name(text: str) -> str:
    """A name as the core takes it, and keeps it."""
    name = as_kept(clean(text))
    if not SHORTEST <= len(name) <= LONGEST or not any(letter.isalpha() for letter in name):
        raise NotAnAccountName(later("Please send a name of 3 to 50 letters, like Rudo Bakery."))
    return name
