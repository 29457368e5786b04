"""The history of an account: 7 a page, next and previous, and one entry in full.

One entry:

    > credex history
    < History of Tariro Moyo, page 1 [USD 2.50] [Older] [Done]
    > usd 2.50
    < *USD 2.50* from Themba Ndlovu [Back to the list] [Done]
    > done
    < *credex* shows your accounts.

Three pages and back:

    > credex history
    < History of Tariro Moyo, page 1 [Older] [Done]
    > older
    < History of Tariro Moyo, page 2 [USD 9.50] [Newer] [Older] [Done]
    > older
    < History of Tariro Moyo, page 3 [USD 16.50] [USD 17.50] [Newer] [Done]
    > newer
    < History of Tariro Moyo, page 2
    > done
    < *credex* shows your accounts.
"""

from __future__ import annotations

from services.conversation.engine.chat import Chat
from services.conversation.engine.engine import flow
from services.conversation.engine.formats import credit
from services.conversation.engine.questions import Option
from services.conversation.engine.texts import _, later
from services.conversation.facts import CredexFacts
from services.conversation.flows.core import FAILED, accounts, which
from services.conversation.texts import credex
from shared.contracts.credex import CredexShown, LedgerShown, ReadCredex, ReadLedger
from shared.contracts.credex_parts import CredexAccount

PAGE = 7
"""Entries that are shown at once: with next, previous and done they fill a list."""
NEWER, OLDER, DONE = "newer", "older", "done"


@flow("ledger", title=later("Credex history"), keep=False)
async def ledger(chat: Chat) -> None:
    """Pages until the person has seen enough."""
    known = CredexFacts.model_validate(chat.facts)
    view = await accounts(chat, known)
    if view is None:
        return
    account = await which(chat, _("History of which account?"), view.accounts)
    start, chosen = 0, ""
    while chosen != DONE:
        page = await _page(chat, known, account, start)
        if page is None:
            return
        if not page.entries and start == 0:
            await chat.say(_("Nothing has happened in this account yet. *credex* shows your accounts."))
            return
        chosen = await _choose(chat, account, page)
        if chosen == OLDER:
            start += PAGE
        elif chosen == NEWER:
            start -= PAGE
        elif chosen != DONE and not await _goes_back(chat, known, account, chosen):
            chosen = DONE
    await chat.say(_("*credex* shows your accounts."))


async def _page(chat: Chat, known: CredexFacts, account: CredexAccount, start: int) -> LedgerShown | None:
    page = await chat.look_up(
        f"page:{start}",
        lambda name: ReadLedger(
            member=known.member, request=name, account_id=account.account_id, start_row=start, rows=PAGE
        ),
        LedgerShown,
        *FAILED,
    )
    return page if isinstance(page, LedgerShown) else None


async def _choose(chat: Chat, account: CredexAccount, page: LedgerShown) -> str:
    prompt = _("History of {name}, page {number}").format(name=account.name, number=page.start_row // PAGE + 1)
    options = [Option(entry.credex_id, credit(entry.amount), credex.entry_line(entry)) for entry in page.entries]
    options += [Option(NEWER, _("Newer"))] if page.start_row else []
    options += [Option(OLDER, _("Older"))] if page.has_more else []
    options.append(Option(DONE, _("Done")))
    return await chat.choose("entry", prompt, options, _("Entries"))


async def _goes_back(chat: Chat, known: CredexFacts, account: CredexAccount, credex_id: str) -> bool:
    """Show one entry; whether the person wants the list again."""
    shown = await chat.look_up(
        f"credex:{credex_id}",
        lambda name: ReadCredex(member=known.member, request=name, credex_id=credex_id, account_id=account.account_id),
        CredexShown,
        *FAILED,
    )
    if not isinstance(shown, CredexShown):
        return False
    options = [Option("list", _("Back to the list")), Option(DONE, _("Done"))]
    return await chat.choose("then", credex.in_full(shown), options) == "list"
