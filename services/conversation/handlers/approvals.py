"""Purposes in a donor's own words, which staff approve where the settings say so."""

from __future__ import annotations

from services.conversation.domain.purpose import ProposedPurpose, purpose_id_of
from services.conversation.engine.texts import _, later
from services.conversation.handlers.colleagues import colleagues
from services.conversation.handlers.telling import say_to, tell
from services.conversation.store import PURPOSES
from services.conversation.texts import staff
from shared.bus.handlers import on
from shared.bus.work import Work
from shared.contracts.conversation import DecidePurpose, ProposePurpose, PurposeDecided, RememberPurpose


@on(ProposePurpose)
async def propose_purpose(command: ProposePurpose, work: Work) -> None:
    """Tell the staff that it waits; those who never wrote to us cannot be told."""
    id = purpose_id_of(command.member, command.purpose)
    proposed = await work.open(
        PURPOSES, id, lambda: ProposedPurpose(id=id, member=command.member, purpose=command.purpose)
    )
    proposed.state = "waiting"
    for colleague in await colleagues(work):
        if colleague.member != command.member:
            await say_to(colleague.member, lambda: staff.purpose_proposed(id, command.purpose), work)


@on(DecidePurpose)
async def decide_purpose(command: DecidePurpose, work: Work) -> None:
    """Approve or reject, once, and not one's own."""
    if not await work.exists(PURPOSES, command.purpose_id):
        await say_to(command.by, lambda: _("There is no purpose {id}.").format(id=command.purpose_id), work)
        return
    proposed = await work.load(PURPOSES, command.purpose_id)
    refusal = None
    if proposed.member == command.by:
        refusal = later("{id} is your own purpose: somebody else has to decide about it.")
    elif proposed.state != "waiting":
        refusal = later("{id} waits for no decision.")
    if refusal is not None:
        sentence = refusal
        await say_to(command.by, lambda: _(sentence).format(id=command.purpose_id), work)
        return
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
    await say_to(event.by, lambda: staff.purpose_decided(event), work)
