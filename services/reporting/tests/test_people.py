"""Volunteers are found by what they can do and where they are; who wants to be forgotten is, everywhere."""

from __future__ import annotations

from services.reporting.app import make
from services.reporting.store import GIFTS, VOLUNTEERS
from services.reporting.tests.test_ledger import NOW, balances, journal, settled
from shared.contracts.conversation import ErasureRequested, RegistrationCompleted
from shared.contracts.payments import ReceiptIssued
from shared.contracts.reporting import ListVolunteers, VolunteersListed
from shared.kernel.ids import MemberId
from shared.testing.harness import Harness

ASKER = MemberId("M-asker")


def registered(member: str, name: str, *skills: str, place: str = "Mbare") -> RegistrationCompleted:
    return RegistrationCompleted(
        member=MemberId(member),
        full_name=name,
        email=None,
        province="Harare",
        place=place,
        skills=skills,
        consent_at=NOW,
        consent_wording=1,
        by="chat",
    )


async def listed(harness: Harness, **asked: str) -> list[str]:
    await harness.say(ListVolunteers(asked_by=ASKER, **asked))
    return [line.full_name for line in harness.last(VolunteersListed).volunteers]


async def test_volunteers_are_found_by_skill_and_place() -> None:
    async with Harness({"reporting": make}) as harness:
        await harness.say(
            registered("M-1", "Tariro Moyo", "Brick laying", "Teaching"),
            registered("M-2", "Chipo Dube", "Plumbing", place="Highfield"),
            registered("M-3", "Anesu Ncube", "Brick laying", place="Sakubva, Mutare"),
        )
        assert await listed(harness) == ["Anesu Ncube", "Chipo Dube", "Tariro Moyo"]
        assert await listed(harness, skill="brick LAYING") == ["Anesu Ncube", "Tariro Moyo"]
        assert await listed(harness, skill="brick", place="mutare") == ["Anesu Ncube"]
        assert await listed(harness, skill="laying teaching") == []
        await harness.say(registered("M-1", "Tariro Moyo", "Driving"))
        assert await listed(harness, skill="brick") == ["Anesu Ncube"]


async def test_a_list_is_ten_at_most_and_tells_of_the_rest() -> None:
    async with Harness({"reporting": make}) as harness:
        await harness.say(*(registered(f"M-{number}", f"Donor {number:02}") for number in range(12)))
        assert len(await listed(harness)) == 10
        assert harness.last(VolunteersListed).more == 2


async def test_who_is_forgotten_leaves_amounts_and_nothing_else() -> None:
    async with Harness({"reporting": make}) as harness:
        member = MemberId("M-forgotten")
        for number in range(3):
            event = settled(f"P-{number}").model_copy(update={"payer": member})
            shared = set(ReceiptIssued.model_fields) & set(type(event).model_fields)
            receipt = ReceiptIssued(
                receipt_number=f"2026-{number:06}",
                payer_name="Tariro Canary",
                issued_at=NOW,
                **event.model_dump(include=shared),
            )
            await harness.say(event, receipt)
        await harness.say(settled("P-9"), registered("M-forgotten", "Tariro Canary", "Canary keeping"))
        await harness.say(ErasureRequested(member=member, at=NOW))
        await harness.say(receipt)  # a late copy of what was said before
        for kind in harness.services["reporting"].kinds:
            for document in harness.documents("reporting", kind):
                assert "canary" not in str(document.state).lower(), kind.name
        gifts = [document.state["member"] for document in harness.documents("reporting", GIFTS)]
        assert sorted(gifts, key=str) == ["M-P-9", None, None, None]
        [volunteer] = harness.documents("reporting", VOLUNTEERS)
        assert volunteer.state["full_name"] is None
        assert balances(await journal(harness, "USD"))["fund:Tithe"] == -8000
        assert await listed(harness) == []
