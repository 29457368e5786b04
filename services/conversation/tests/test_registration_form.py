"""Registering by form: the same event as the chat's; a token that is one person's, for a while, and counts once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from services.conversation import flows
from services.conversation.domain.places import PROVINCES
from services.conversation.domain.skills import SKILLS
from services.conversation.flows.registration_form import FIRST_SCREEN
from services.conversation.forms.keys import make_key
from services.conversation.forms.tokens import LIFE
from services.conversation.tests.talk import Talk, text_of
from services.conversation.tests.test_register import ANSWERS
from shared.contracts.conversation import RegistrationCompleted
from shared.contracts.gateway import Form
from shared.contracts.notifier import FlowButton, Outgoing
from shared.testing.harness import look_every

FORM: dict[str, object] = {
    "form": "register/1",
    "full_name": "Tendai Ncube",
    "email": "Tendai@Example.org",
    "province": "bulawayo",
    "place": "Bulawayo West",
    "skills": ["electrician", "it"],
    "other_skills": "teaching",
    "consent": True,
}


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("forms") / "forms.pem"
    make_key(file, None)
    return file


@pytest.fixture
def environment(key_file: Path) -> dict[str, str]:
    return {"ENABLE_META_FLOWS": "true", "REGISTRATION_FLOW_ID": "700", "PRIVATE_KEY_FILE": str(key_file)}


async def offered(talk: Talk) -> FlowButton:
    """The form that the word brings."""
    [form] = await talk.say("register")
    assert isinstance(form, FlowButton)
    return form


async def send_off(talk: Talk, token: str | None = None, **changed: object) -> list[Outgoing]:
    """Fill in a form and send it off: the one of that token, or a fresh one."""
    token = token or (await offered(talk)).token
    return await talk.send(Form(answers={**FORM, "flow_token": token, **changed}))


async def test_the_word_brings_the_form_and_said_again_the_chat(tariro: Talk) -> None:
    form = await offered(tariro)
    assert (form.flow_id, form.screen, form.data) == ("700", FIRST_SCREEN, None)
    [question] = await tariro.say("register")
    assert "full name" in text_of(question)


async def test_chat_and_form_end_in_the_same_event(tariro: Talk, rudo: Talk) -> None:
    await tariro.say("register")
    await tariro.give(*ANSWERS[:-2], "Electrician, IT and data, teaching", "confirm")
    by_chat = tariro.harness.only(RegistrationCompleted)
    [told] = await send_off(rudo)
    assert "You are registered" in text_of(told)
    by_form = tariro.harness.last(RegistrationCompleted)
    same = {"full_name", "email", "province", "place", "skills", "consent_wording"}
    assert by_chat.model_dump(include=same) == by_form.model_dump(include=same)
    assert by_chat.skills == ("Electrician", "IT and data", "teaching")
    assert (by_chat.by, by_form.by) == ("chat", "form")


async def test_a_form_counts_once(tariro: Talk) -> None:
    form = await offered(tariro)
    await send_off(tariro, form.token)
    [refused] = await send_off(tariro, form.token, full_name="Somebody Else")
    assert "used already" in text_of(refused)
    assert tariro.harness.only(RegistrationCompleted).full_name == "Tendai Ncube"


async def test_a_form_of_somebody_else_is_refused_and_the_chat_is_offered(tariro: Talk, nyasha: Talk) -> None:
    theirs = await offered(tariro)
    await offered(nyasha)
    [refused] = await send_off(nyasha, theirs.token)
    assert "[Register]" in text_of(refused)
    [question] = await nyasha.tap("Register")
    assert "full name" in text_of(question)
    assert tariro.harness.all(RegistrationCompleted) == []


async def test_a_form_that_has_expired_is_refused_and_the_word_brings_a_fresh_one(
    tariro: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_every(3600, monkeypatch)
    old = await offered(tariro)
    await tariro.harness.advance(LIFE.total_seconds() + 1, step=86_400)
    [refused] = await send_off(tariro, old.token)
    assert "too old" in text_of(refused)
    await tariro.say("menu")  # otherwise the word means the button below the refusal, which leads to the chat way
    assert (await offered(tariro)).token != old.token


async def test_whoever_has_registered_sees_the_record_and_no_form(tariro: Talk) -> None:
    await send_off(tariro)
    [record] = await tariro.say("register")
    assert "Please check" in text_of(record)


async def test_nothing_is_kept_without_consent(tariro: Talk) -> None:
    [question] = await send_off(tariro, consent=False)
    assert "you agree" in text_of(question)
    assert tariro.harness.all(RegistrationCompleted) == []


async def test_a_form_in_the_middle_of_a_gift_leaves_the_gift_open(tariro: Talk) -> None:
    form = await offered(tariro)
    await tariro.say("donate")
    [told] = await send_off(tariro, form.token)
    assert "You are registered" in text_of(told)
    assert "full name" in text_of(told)


async def test_a_form_with_gaps_goes_on_in_the_chat(tariro: Talk) -> None:
    [question] = await send_off(tariro, full_name="1234", place=["x"])
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
    said = await send_off(tariro, skills=skills, other_skills=["x"])
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
