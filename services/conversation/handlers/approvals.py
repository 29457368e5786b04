"""Purposes in a donor's own words, which staff approve where the settings say so."""

from __future__ import annotations

from services.conversation.domain.profile import Profile
from services.conversation.domain.purpose import ProposedPurpose, purpose_id_of
from services.conversation.engine.texts import _, later, speaking
from services.conversation.handlers.telling import tell
from services.conversation.settings import ConversationSettings
from services.conversation.store import PROFILES, PURPOSES
from services.conversation.texts import staff
from shared.bus.handlers import on
from shared.bus.work import Work
from shared.contracts.conversation import DecidePurpose, ProposePurpose, PurposeDecided, RememberPurpose
from shared.contracts.notifier import PlainText, SendMessage
from shared.kernel.ids import MemberId


@on(ProposePurpose)
async def propose_purpose(command: ProposePurpose, work: Work) -> None:
    """Tell the staff that it waits; those who never wrote to us cannot be told."""
    id = purpose_id_of(command.member, command.purpose)
    proposed = await work.open(
        PURPOSES, id, lambda: ProposedPurpose(id=id, member=command.member, purpose=command.purpose)
    )
    proposed.state = "waiting"
    for profile in await _staff(work):
        with speaking(profile.language or "en"):
            text = staff.purpose_proposed(id, command.purpose)
        if profile.staff is not None and profile.staff.member != command.member:
            work.emit(SendMessage(member=profile.staff.member, content=PlainText(body=text), purpose="notice"))


@on(DecidePurpose)
async def decide_purpose(command: DecidePurpose, work: Work) -> None:
    """Approve or reject, once, and not one's own."""
    refusal = None
    known = await work.read(PURPOSES, command.purpose_id)
    if known is None:
        refusal = later("There is no purpose {id}.")
    elif known.member == command.by:
        refusal = later("{id} is your own purpose: somebody else has to decide about it.")
    elif known.state != "waiting":
        refusal = later("{id} waits for no decision.")
    if refusal is not None:
        profile = await work.read(PROFILES, command.by) or Profile()
        with speaking(profile.language or "en"):
            text = _(refusal).format(id=command.purpose_id)
        work.emit(SendMessage(member=command.by, content=PlainText(body=text), purpose="notice"))
        return
    proposed = await work.load(PURPOSES, command.purpose_id)
    proposed.state = "approved" if command.approve else "rejected"
    if command.approve:
        work.emit(RememberPurpose(member=proposed.member, purpose=proposed.purpose))
    work.emit(
        PurposeDecided(
            purpose_id=proposed.id,
            member=proposed.member,
            purpose=proposed.purpose,
            by=command.by,
            approved=command.approve,
            reason=command.reason,
            at=work.now,
        )
    )


@on(PurposeDecided)
async def tell_purpose_decided(event: PurposeDecided, work: Work) -> None:
    """Tell the donor, who may give at once; staff get a word by the way."""
    if event.approved:
        text = later("You may give to “{purpose}”. Send *donate* when you like.")
    else:
        text = later("We cannot take gifts for “{purpose}”. {reason}")
    await tell(
        event.member,
        event,
        lambda here: here.offering(_(text).format(purpose=event.purpose, reason=event.reason or ""), "donate", "menu"),
        work,
    )
    profile = await work.read(PROFILES, event.by) or Profile()
    with speaking(profile.language or "en"):
        said = PlainText(body=staff.purpose_decided(event))
    work.emit(SendMessage(member=MemberId(event.by), content=said, purpose="notice"))


async def _staff(work: Work) -> list[Profile]:
    settings: ConversationSettings = work.settings
    return [
        profile
        for phone in sorted(settings.staff)
        for profile in await work.find(PROFILES, {"staff.phone": phone}, limit=1)
    ]
