"""Who may act for an account: list, add, remove, from the Entrepreneur tier on.

Somebody is added:

    > members
    < For which account?
    > Moyo Bakery
    < May act for Moyo Bakery: Tariro Moyo, Rudo Ncube [Add somebody] [Remove somebody] [Done]
    > add somebody
    < Whom?
    > themba_n
    < May *Themba Ndlovu* act for Moyo Bakery? [Yes] [No]
    > yes
    < Themba Ndlovu may act for the account now. [Credex]

Somebody is removed:

    > members
    < For which account?
    > Moyo Bakery
    < May act for Moyo Bakery: Tariro Moyo, Rudo Ncube [Add somebody] [Remove somebody] [Done]
    > remove somebody
    < Shall *Rudo Ncube* no longer act for Moyo Bakery? [Yes] [No]
    > yes
    < Rudo Ncube may no longer act for the account. [Credex]
"""

from __future__ import annotations

from services.conversation.domain.credex import ENTREPRENEUR, CredexView
from services.conversation.engine.chat import Chat
from services.conversation.engine.engine import flow
from services.conversation.engine.questions import Option, yes_or_no
from services.conversation.engine.texts import _, later
from services.conversation.facts import CredexFacts
from services.conversation.flows.core import FAILED, UNKNOWN_HANDLE, accounts, change, handle_of, which
from shared.contracts.credex import (
    AuthorisedListed,
    AuthoriseMember,
    CredexRefused,
    FindMember,
    ListAuthorised,
    MemberAuthorised,
    MemberFound,
    MemberRemoved,
    RemoveMember,
)
from shared.contracts.credex_parts import CredexAccount, Person

MOST = 5
"""People who may act for an account, its owner among them (credex-core contract 3.5)."""


@flow("members", title=later("Members"), keep=False)
async def members(chat: Chat) -> None:
    """The list, and what may be changed of it."""
    known = CredexFacts.model_validate(chat.facts)
    view = await accounts(chat, known)
    if view is None:
        return
    account = await owned(chat, view)
    listed = await people_of(chat, known, view, account) if account is not None else None
    if account is None or listed is None:
        return
    me = view.standing.core_id if view.standing else None
    others = [person for person in listed.people if person.core_id != me]
    names = ", ".join(person.name for person in listed.people) or "-"
    text = _("May act for {name}: {people}").format(name=account.name, people=names)
    if not listed.complete:
        text += "\n" + _("There may be more: credex does not tell us all.")
    options = [Option("add", _("Add somebody"))] if len(listed.people) < MOST else []
    options += [Option("remove", _("Remove somebody"))] if others else []
    done = Option("done", _("Done"))
    if not options:
        await chat.say(text)
        return
    chosen = await chat.choose("what", text, [*options, done])
    if chosen == "add":
        await _add(chat, known, account)
    elif chosen == "remove":
        await _remove(chat, known, account, others)
    else:
        await chat.say(_("All stays as it is."))


async def owned(chat: Chat, view: CredexView) -> CredexAccount | None:
    """One of the member's own accounts, if their tier lets others in at all."""
    if view.tier < ENTREPRENEUR:
        await chat.say(_("Other people at an account need the Entrepreneur tier. *credex* shows your accounts."))
        return None
    return await which(chat, _("For which account?"), [account for account in view.accounts if account.owned])


async def people_of(
    chat: Chat, known: CredexFacts, view: CredexView, account: CredexAccount
) -> AuthorisedListed | None:
    """Who may act for it, as far as is known: its owner in any case."""
    listed = await chat.look_up(
        f"people:{account.account_id}",
        lambda name: ListAuthorised(member=known.member, request=name, account_id=account.account_id),
        AuthorisedListed,
        *FAILED,
    )
    if not isinstance(listed, AuthorisedListed) or view.standing is None:
        return None
    me = Person(core_id=view.standing.core_id, name=f"{view.standing.first_name} {view.standing.last_name}")
    others = (person for person in listed.people if person.core_id != me.core_id)
    return listed.model_copy(update={"people": (me, *others)})


async def _add(chat: Chat, known: CredexFacts, account: CredexAccount) -> None:
    prompt = _("Whom? Please send their member handle, or their phone number.")
    handle = await chat.ask("member_handle", prompt, handle_of)
    key = f"member:{handle}"
    found = await chat.look_up(
        key, lambda name: FindMember(member=known.member, request=name, handle=handle), MemberFound, *FAILED
    )
    if isinstance(found, CredexRefused) and found.rule in UNKNOWN_HANDLE:
        chat.journal.forget(f"{key}#1")
        chat.reconsider("member_handle")
    if not isinstance(found, MemberFound):
        return
    person = found.person
    prompt = _("May *{person}* act for {name}?").format(person=person.name, name=account.name)
    if await chat.choose("add", prompt, yes_or_no(_("Yes"), _("No"))) == "no":
        await chat.say(_("All stays as it is."))
        return
    await change(
        chat,
        lambda intent: AuthoriseMember(
            member=known.member, intent=intent, account_id=account.account_id, handle=handle, person=person
        ),
        MemberAuthorised,
    )


async def _remove(chat: Chat, known: CredexFacts, account: CredexAccount, others: list[Person]) -> None:
    options = [Option(person.core_id, person.name) for person in others]
    chosen = await chat.choose("whom", _("Whom?"), options, _("Members"))
    person = next(person for person in others if person.core_id == chosen)
    prompt = _("Shall *{person}* no longer act for {name}?").format(person=person.name, name=account.name)
    if await chat.choose("remove", prompt, yes_or_no(_("Yes"), _("No"))) == "no":
        await chat.say(_("All stays as it is."))
        return
    await change(
        chat,
        lambda intent: RemoveMember(member=known.member, intent=intent, account_id=account.account_id, person=person),
        MemberRemoved,
    )
