"""What every command begins with: is credex on, and by which phone does the core know the member?"""

from __future__ import annotations

from datetime import timedelta

from services.credex.domain.answer import Answer
from services.credex.domain.directory import KnownMember, note_of
from services.credex.domain.request import Asked, answers_of
from services.credex.settings import CredexSettings
from services.credex.store import ACCOUNTS, MEMBERS
from shared.bus.work import Work
from shared.contracts.base import Command
from shared.contracts.credex import CredexUnavailable, NoteMember, OpenDashboard
from shared.kernel.ids import MemberId


def settings_of(work: Work) -> CredexSettings:
    """Credex's own settings."""
    settings: CredexSettings = work.settings
    return settings


async def begin(command: Command, member: MemberId, work: Work) -> Asked | None:
    """What to ask of the core; None when it was said why nothing is asked."""
    about = {"member": member, "answers": answers_of(command), "asked": command.NAME}
    if not settings_of(work).is_on:
        work.emit(CredexUnavailable(reason="off", **about))
        return None
    known = await known_as(member, work)
    phone = known.phone
    if isinstance(command, OpenDashboard) and command.phone not in {None, phone}:
        phone = command.phone
        work.emit(NoteMember(member=known.member, phone=phone))
    if phone is None:
        work.emit(CredexUnavailable(reason="no_phone", **about))
        return None
    return Asked.of(command, member, phone)


def patience(work: Work) -> timedelta:
    """After this a person is told that it takes longer."""
    return timedelta(seconds=settings_of(work).credex_delayed_seconds)


async def learn(answer: Answer, member: MemberId, work: Work) -> None:
    """Keep what the answer's dashboard says of people and accounts, where that is news; nothing for who was erased."""
    if await work.is_erased(member):
        return
    if answer.standing is not None:
        known = await known_as(member, work)
        if known.core_id != answer.standing.core_id:
            work.emit(NoteMember(member=known.member, core_id=answer.standing.core_id))
    for account in answer.accounts:
        note = note_of(account, await work.read(ACCOUNTS, account.account_id))
        if note is not None:
            work.emit(note)


async def known_as(member: MemberId, work: Work) -> KnownMember:
    """What is known of a member, or of the older one that they are an alias of."""
    known = await work.read(MEMBERS, member) or KnownMember(member=member)
    if known.alias_of is None:
        return known
    return await work.read(MEMBERS, known.alias_of) or KnownMember(member=known.alias_of)
