"""Act from another account.

There:

    > accounts
    < Which account do you want to act from?
    > Moyo Bakery
    < You act from *Moyo Bakery* now.

And back:

    > accounts
    < Which account do you want to act from?
    > Tariro Moyo
    < You act from *Tariro Moyo* now.
"""

from __future__ import annotations

from services.conversation.engine.chat import Chat
from services.conversation.engine.engine import flow
from services.conversation.engine.texts import _, later
from services.conversation.facts import CredexFacts
from services.conversation.flows.core import accounts, which
from shared.contracts.conversation import ChooseAccount


@flow("switch_account", title=later("Switch account"), keep=False)
async def switch_account(chat: Chat) -> None:
    """From then on it is the one that offers come from, and that the dashboard shows first."""
    known = CredexFacts.model_validate(chat.facts)
    view = await accounts(chat, known, fresh=True)
    if view is None:
        return
    account = await which(chat, _("Which account do you want to act from?"), view.accounts)
    chat.tell(ChooseAccount(member=known.member, account_id=account.account_id))
    await chat.say(_("You act from *{name}* now. *credex* shows your accounts.").format(name=account.name))
