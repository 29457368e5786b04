"""*my data* and *forget me*."""

from __future__ import annotations

from datetime import timedelta

from services.conversation.domain.export import export_of
from services.conversation.domain.profile import Profile
from services.conversation.engine.session import Session
from services.conversation.engine.texts import _, speaking
from services.conversation.ports import ALIAS_DUE, EXPORT, Export, Exported, Wake, Woken
from services.conversation.store import PROFILES, PURPOSES, SESSIONS
from shared.bus.handlers import answered, on
from shared.bus.work import Work
from shared.contracts.conversation import ErasureRequested, ExportMyData, ForgetAlias, ForgetMe
from shared.contracts.credex import KeptTold, TellKept
from shared.contracts.notifier import Document, Outgoing, PlainText, SendMessage
from shared.kernel.ids import MemberId
from shared.outcalls.calls import Unknown, Unreached

ALIAS_PATIENCE = timedelta(hours=1)
"""Every payment ends by itself; until then it is looked at as often as this."""


@on(ExportMyData)
async def export_my_data(command: ExportMyData, work: Work) -> None:
    """Ask credex for what it keeps; payments are in the profile."""
    work.emit(TellKept(member=command.member))


@on(KeptTold)
async def make_export(event: KeptTold, work: Work) -> None:
    """Have the file made."""
    profile = await work.open(PROFILES, event.member, Profile)
    session = await work.read(SESSIONS, event.member) or Session()
    with speaking(profile.language or "en"):
        text = export_of(profile, session.address, session.left_answers, session.credex, event)
    work.call(EXPORT, Export(text=text, name="my-data.txt"))


@answered(EXPORT, PROFILES)
async def exported(profile: Profile, request: Export, outcome: Exported | Unknown | Unreached, work: Work) -> None:
    """Send it."""
    member = MemberId(work.held[1].id)
    content: Outgoing
    with speaking(profile.language or "en"):
        if isinstance(outcome, Exported):
            content = Document(file=outcome.file, caption=_("This is what I know of you."))
        else:
            content = PlainText(body=_("I could not make the file just now; please send *my data* again later."))
    work.emit(SendMessage(member=member, content=content, purpose="notice"))


@on(ForgetMe)
async def forget_me(command: ForgetMe, work: Work) -> None:
    """Erase the profile and ask all others to erase theirs; not while money may still come."""
    profile = await work.open(PROFILES, command.member, Profile)
    if profile.has_pending:
        with speaking(profile.language or "en"):
            text = _("A payment of yours is still open. Please send *forget me* again when it is done.")
        work.emit(SendMessage(member=command.member, content=PlainText(body=text), purpose="notice"))
        return
    _erase(profile, command.member, work)


@on(ForgetAlias)
async def forget_alias(command: ForgetAlias, work: Work) -> None:
    """Erase what was kept before this person was known as the one who is forgotten; not while money may still come."""
    profile = await work.open(PROFILES, command.member, Profile)
    if profile.has_pending:
        work.call(ALIAS_DUE, Wake(), due=work.now + ALIAS_PATIENCE)
        return
    _erase(profile, command.member, work)


@answered(ALIAS_DUE, PROFILES)
async def alias_due(profile: Profile, request: Wake, outcome: Woken | Unknown | Unreached, work: Work) -> None:
    """Look whether the payment is over."""
    work.emit(ForgetAlias(member=MemberId(work.held[1].id)))


def _erase(profile: Profile, member: MemberId, work: Work) -> None:
    """The profile now, and everything else by the event."""
    for field, empty in Profile():
        setattr(profile, field, empty)
    work.drop_calls(EXPORT)
    work.emit(ErasureRequested(member=member, at=work.now))


@on(ErasureRequested)
async def erase_session(event: ErasureRequested, work: Work) -> None:
    """The session keeps its numbers, so that no intent is ever named twice, and nothing else."""
    session = await work.open(SESSIONS, event.member, Session)
    runs = session.runs
    for field, empty in Session():
        setattr(session, field, empty)
    session.runs = session.run = runs
    work.remove(PURPOSES, member=event.member)
