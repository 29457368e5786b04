"""Registering by chat: an update of the same record, consent with its time and wording."""

from __future__ import annotations

import pytest

from services.conversation.domain.profile import Profile
from services.conversation.store import PROFILES
from services.conversation.tests.talk import Talk, text_of
from shared.contracts.conversation import RegistrationCompleted

ANSWERS = ("register", "Tendai Ncube", "tendai@example.org", "Bulawayo", "Bulawayo West", "Electrician", "confirm")


async def test_consent_is_kept_with_its_time_and_wording(tariro: Talk) -> None:
    await tariro.give(*ANSWERS)
    profile = await tariro.harness.state("conversation", PROFILES, tariro.member)
    assert isinstance(profile, Profile)
    assert profile.registration is not None
    assert profile.registration.consent_wording == 1
    asked = tariro.harness.clock.now() - profile.registration.consent_at
    assert 0 <= asked.total_seconds() <= 5


async def test_nothing_is_kept_without_consent(tariro: Talk) -> None:
    await tariro.give(*ANSWERS[:-1], "no")
    assert tariro.harness.all(RegistrationCompleted) == []


async def test_who_leaves_the_registration_is_not_told_of_charges(tariro: Talk) -> None:
    [told] = await tariro.give("register", "Tendai Ncube", "x")
    assert "Cancelled; nothing was saved." in text_of(told)


async def test_registering_again_shows_the_record_and_changes_one_field(tariro: Talk) -> None:
    """The earlier system asked all of it again and overwrote the record with whatever it understood."""
    await tariro.give(*ANSWERS)
    [record] = await tariro.say("register")
    for part in ("Tendai Ncube", "tendai@example.org", "Bulawayo West", "Electrician", "[Edit]"):
        assert part in text_of(record)
    await tariro.give("edit", "E-mail", "ncube@example.org", "confirm")
    latest = tariro.harness.last(RegistrationCompleted)
    assert (latest.email, latest.full_name) == ("ncube@example.org", "Tendai Ncube")


async def test_it_and_support_is_one_skill(tariro: Talk) -> None:
    """The earlier system split at "and" and stored "It"."""
    await tariro.give(*ANSWERS[:-2], "IT and Support", "confirm")
    assert tariro.harness.only(RegistrationCompleted).skills == ("IT and Support",)


@pytest.mark.parametrize(
    "address", ["tendai", "tendai@", "@example.org", "a b@example.org", "tendai@example", "x" * 300]
)
async def test_what_is_no_email_address_is_refused(tariro: Talk, address: str) -> None:
    [refused] = await tariro.give(*ANSWERS[:2], address)
    assert "no e-mail address" in text_of(refused)
