"""Volunteers, and people who want to be forgotten."""

from __future__ import annotations

from services.reporting.domain.volunteers import Volunteer
from services.reporting.domain.words import words_of
from services.reporting.store import GIFTS, VOLUNTEERS
from shared.bus.handlers import on
from shared.bus.work import Work
from shared.contracts.conversation import ErasureRequested, RegistrationCompleted
from shared.contracts.reporting import ForgetGift, ListVolunteers, VolunteerLine, VolunteersListed

LINES = 10
MOST = 5000
"""Volunteers that a list looks at, and gifts of one person."""


@on(RegistrationCompleted)
async def keep_volunteer(event: RegistrationCompleted, work: Work) -> None:
    """The whole of what somebody registered, in place of any before."""
    volunteer = await work.open(
        VOLUNTEERS, event.member, lambda: Volunteer(member=event.member, full_name=event.full_name)
    )
    volunteer.full_name = event.full_name
    volunteer.email = event.email
    volunteer.province = event.province
    volunteer.place = event.place
    volunteer.skills = event.skills


@on(ListVolunteers)
async def list_volunteers(command: ListVolunteers, work: Work) -> None:
    """Who can do that, there."""
    words = words_of(command.skill, command.place)
    where = {"words": words[0]} if words else {}
    found = await work.find(VOLUNTEERS, where, order="full_name", limit=MOST)
    lines = [
        VolunteerLine(full_name=one.full_name, **one.model_dump(exclude={"full_name", "words"}))
        for one in found
        if one.full_name is not None and one.fits(command.skill, command.place)
    ]
    work.emit(
        VolunteersListed(
            asked_by=command.asked_by,
            skill=command.skill,
            place=command.place,
            volunteers=tuple(lines[:LINES]),
            more=max(0, len(lines) - LINES),
        )
    )


@on(ErasureRequested)
async def forget_gifts(event: ErasureRequested, work: Work) -> None:
    """Ask for the person to be taken off each of their gifts: one document at a time."""
    for gift in await work.find(GIFTS, {"member": event.member}, limit=MOST):
        work.emit(ForgetGift(member=event.member, payment_id=gift.payment_id))


@on(ForgetGift)
async def forget_gift(command: ForgetGift, work: Work) -> None:
    """The gift stays, without the person."""
    (await work.load(GIFTS, command.payment_id)).forget()


@on(ErasureRequested)
async def forget_volunteer(event: ErasureRequested, work: Work) -> None:
    """Nothing of the registration stays."""
    if await work.exists(VOLUNTEERS, event.member):
        volunteer = await work.load(VOLUNTEERS, event.member)
        volunteer.full_name = volunteer.email = None
        volunteer.province = volunteer.place = ""
        volunteer.skills = ()
