"""Pay for a higher tier.

Somebody who agrees:

    > upgrade
    < costs *USD 1.00*, paid from Tariro Moyo [Pay USD 1.00] [Not now]
    > yes
    < You are on the Hustler tier now; *USD 1.00* was paid once. [Credex]

Somebody who waits:

    > upgrade
    < costs *USD 1.00*, paid from Tariro Moyo [Pay USD 1.00] [Not now]
    > not now
    < All stays as it is.
"""

from __future__ import annotations

from services.conversation.domain.credex import HUSTLER
from services.conversation.engine.chat import Chat
from services.conversation.engine.engine import flow
from services.conversation.engine.formats import credit
from services.conversation.engine.questions import yes_or_no
from services.conversation.engine.texts import _, later
from services.conversation.facts import CredexFacts
from services.conversation.flows.core import accounts, change
from shared.contracts.credex import CredexQueued, TierUpgraded, UpgradeTier


@flow("upgrade", title=later("Upgrade"), keep=False)
async def upgrade(chat: Chat) -> None:
    """The price, one consent, one charge."""
    known = CredexFacts.model_validate(chat.facts)
    view = await accounts(chat, known)
    if view is None:
        return
    personal = [account for account in view.accounts if account.owned and account.type == "PERSONAL"]
    if view.tier >= HUSTLER or not personal:
        await chat.say(_("You are on the highest tier that can be bought here. *credex* shows your accounts."))
        return
    price = credit(known.price)
    text = _(
        "The Hustler tier has no daily limit and lets you open more accounts. It costs *{price}*, paid from {name} at"
        " once."
    )
    prompt = text.format(price=price, name=personal[0].name)
    consent = yes_or_no(_("Pay {price}").format(price=price), _("Not now"))
    if await chat.choose("consent", prompt, consent) == "no":
        await chat.say(_("All stays as it is."))
        return
    await change(
        chat,
        lambda intent: UpgradeTier(member=known.member, intent=intent, account_id=personal[0].account_id),
        TierUpgraded,
        CredexQueued,
    )
