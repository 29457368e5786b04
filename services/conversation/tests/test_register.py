"""Registering by chat and by form: one event, an update of the same record, consent with its time and wording."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from services.conversation import flows
from services.conversation.domain.places import PROVINCES
from services.conversation.domain.profile import Profile
from services.conversation.domain.skills import SKILLS
from services.conversation.store import PROFILES
from services.conversation.tests.talk import Talk, text_of
from shared.contracts.conversation import RegistrationCompleted
from shared.contracts.gateway import Form

ANSWERS = ("register", "Tendai Ncube", "tendai@example.org", "Bulawayo", "Bulawayo West", "Electrician", "confirm")
FORM: dict[str, object] = {
    "form": "register/1",
    "flow_token": "unused",
    "full_name": "Tendai Ncube",
    "email": "Tendai@Example.org",
    "province": "bulawayo",
    "place": "Bulawayo West",
    "skills": ["electrician", "it"],
    "other_skills": "teaching",
    "consent": True,
}


async def test_chat_and_form_end_in_the_same_event(tariro: Talk, rudo: Talk) -> None:
    await tariro.give(*ANSWERS[:-2], "Electrician, IT and data, teaching", "confirm")
    by_chat = tariro.harness.only(RegistrationCompleted)
    [told] = await rudo.send(Form(answers=FORM))
    assert "You are registered" in text_of(told)
    by_form = tariro.harness.last(RegistrationCompleted)
    same = {"full_name", "email", "province", "place", "skills", "consent_wording"}
    assert by_chat.model_dump(include=same) == by_form.model_dump(include=same)
    assert by_chat.skills == ("Electrician", "IT and data", "teaching")
    assert (by_chat.by, by_form.by) == ("chat", "form")


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
    [question] = await tariro.send(Form(answers={**FORM, "consent": False}))
    assert "you agree" in text_of(question)
    assert tariro.harness.all(RegistrationCompleted) == []


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


async def test_a_form_with_gaps_goes_on_in_the_chat(tariro: Talk) -> None:
    [question] = await tariro.send(Form(answers={**FORM, "full_name": "1234", "place": ["x"]}))
    assert "full name" in text_of(question)
    [question] = await tariro.say("Tendai Ncube")
    assert "congregation" in text_of(question)
    await tariro.give("Bulawayo West", "confirm")
    assert tariro.harness.only(RegistrationCompleted).skills == ("Electrician", "IT and data", "teaching")


@pytest.mark.parametrize("answers", [{}, {"form": 7}, {"form": "register/0", "full_name": {"a": 1}}])
async def test_a_form_that_is_not_ours_is_answered_politely(tariro: Talk, answers: dict[str, object]) -> None:
    [said] = await tariro.send(Form(answers=answers))
    assert "not in use" in text_of(said)


@pytest.mark.parametrize("skills", [None, 7, [1, {"a": 2}], ["nothing"], "electrician"])
async def test_a_form_made_up_by_somebody_does_no_harm(tariro: Talk, skills: object) -> None:
    said = await tariro.send(Form(answers={**FORM, "skills": skills, "other_skills": ["x"]}))
    assert len(said) == 1


def test_the_form_keeps_the_rules_of_flow_json_and_our_lists() -> None:
    """WhatsApp contract 5.5."""
    form = json.loads((Path(flows.__path__[0]) / "registration_form.json").read_text())
    assert form["version"] == "7.3"
    fields: dict[str, dict[str, Any]] = {}
    limits = {"TextInput": 20, "Dropdown": 20, "CheckboxGroup": 30, "OptIn": 120, "Footer": 35}
    for screen in form["screens"]:
        children = screen["layout"]["children"]
        assert sum(child["type"] == "Footer" for child in children) == 1
        for child in children:
            assert len(child.get("label", "")) <= limits.get(child["type"], 999), child
            assert len(child.get("helper-text", "")) <= 80
            fields |= {child["name"]: child} if "name" in child else {}
            for option in child.get("data-source", []):
                assert len(option["title"]) <= 30
    assert {option["id"] for option in fields["province"]["data-source"]} == PROVINCES.keys()
    assert {option["id"] for option in fields["skills"]["data-source"]} == SKILLS.keys()
    payload = form["screens"][-1]["layout"]["children"][-1]["on-click-action"]["payload"]
    assert payload.pop("form") == FORM["form"]
    assert payload.keys() == fields.keys()
    for name, binding in payload.items():
        assert binding in {f"${{form.{name}}}", f"${{screen.PERSON.form.{name}}}"}
