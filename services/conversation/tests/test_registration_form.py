"""Registering by form: the same event as the chat's; a token that is one person's, for a while, and counts once."""

from __future__ import annotations

import copy
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from hypothesis import given
from hypothesis import strategies as st

from services.conversation import flows
from services.conversation.domain.places import PROVINCES
from services.conversation.domain.skills import SKILLS
from services.conversation.engine.texts import speaking
from services.conversation.flows.registration_form import FIELDS, SCREENS, read_form
from services.conversation.forms.keys import make_key, read_keys
from services.conversation.forms.lint import problems_of
from services.conversation.forms.screens import Asked, Next
from services.conversation.forms.tests.conftest import Phone
from services.conversation.forms.tokens import LIFE, Tokens
from services.conversation.tests.talk import Talk, text_of
from services.conversation.tests.test_register import ANSWERS
from shared.contracts.conversation import RegistrationCompleted
from shared.contracts.gateway import Form
from shared.contracts.notifier import FlowButton, Outgoing
from shared.kernel.languages import Language
from shared.testing.harness import Harness, look_every

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


PERSON = {name: FORM[name] for name in ("full_name", "email", "province")}
HELP = {"town": "Bulawayo West", "place": "", **{name: FORM[name] for name in ("skills", "other_skills", "consent")}}
FLOW: dict[str, Any] = json.loads((Path(flows.__path__[0]) / "registration_form.json").read_text())


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("forms") / "forms.pem"
    make_key(file, None)
    return file


@pytest.fixture
def environment(key_file: Path) -> dict[str, str]:
    forms = {"ENABLE_META_FLOWS": "true", "REGISTRATION_FLOW_ID": "700", "PRIVATE_KEY_FILE": str(key_file)}
    return {**forms, "SERVICE_TOKEN": "test"}


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
    assert (form.flow_id, form.screen, form.data) == ("700", None, None), "the phone asks us for the first screen"
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


class Filling:
    """A person who fills in the form on the phone, which asks conversation's port as the gateway forwards it."""

    def __init__(self, client: TestClient[web.Request, web.Application], key: RSAPrivateKey) -> None:
        self._client = client
        self._key = key
        self.screens = {screen["id"]: screen for screen in FLOW["screens"]}

    async def ask(self, token: str, action: str, screen: str = "", **data: object) -> tuple[int, Any]:
        phone = Phone(self._key.public_key())
        asked = {"version": "3.0", "action": action, "screen": screen, "data": data, "flow_token": token}
        async with self._client.post("/forms", data=phone.close(asked), headers={"x-service-token": "test"}) as answer:
            told = phone.open(await answer.text())
        if answer.status == 200 and told["screen"] != "SUCCESS":
            assert told["data"].keys() - {"error_message"} == self.screens[told["screen"]]["data"].keys()
        return answer.status, told


@pytest.fixture
async def filling(harness: Harness, key_file: Path) -> AsyncIterator[Filling]:
    app = web.Application()
    routes = harness.services["conversation"].routes
    assert routes is not None
    routes(app)
    async with TestClient(TestServer(app)) as client:
        yield Filling(client, read_keys(str(key_file), None)[0])


async def test_the_form_shows_the_towns_of_the_province_and_ends_in_what_the_chat_takes(
    filling: Filling, tariro: Talk
) -> None:
    token = (await offered(tariro)).token
    status, first = await filling.ask(token, "INIT")
    assert (status, first["screen"]) == (200, "PERSON")
    assert [one["id"] for one in first["data"]["provinces"]] == list(PROVINCES)
    _, second = await filling.ask(token, "data_exchange", "PERSON", **PERSON)
    assert second["screen"] == "HELP"
    assert [one["title"] for one in second["data"]["towns"]] == [*PROVINCES["bulawayo"][1], "Another place"]
    assert [one["id"] for one in second["data"]["skills"]] == list(SKILLS)
    assert await filling.ask(token, "BACK", "PERSON") == (200, first)
    _, elsewhere = await filling.ask(token, "data_exchange", "PERSON", **{**PERSON, "province": "manicaland"})
    assert "Mutare" in {one["id"] for one in elsewhere["data"]["towns"]}
    answers = {**PERSON, **HELP}
    status, last = await filling.ask(token, "data_exchange", "HELP", **answers, more="of no use")
    params = last["data"]["extension_message_response"]["params"]
    assert (status, params) == (200, {"flow_token": token, "form": FORM["form"], **answers})
    assert await filling.ask(token, "data_exchange", "HELP", **answers, more="of no use") == (200, last)
    [told] = await tariro.send(Form(answers=params))
    assert "You are registered" in text_of(told)
    assert tariro.harness.only(RegistrationCompleted).place == "Bulawayo West"


@pytest.mark.parametrize(
    ("screen", "changed", "told"),
    [
        ("PERSON", {"full_name": "1234"}, "name in letters"),
        ("PERSON", {"full_name": None}, "name in letters"),
        ("PERSON", {"email": "tendai@"}, "no e-mail address"),
        ("PERSON", {"province": "gauteng"}, "choose your province"),
        ("HELP", {"town": ""}, "congregation or town"),
        ("HELP", {"town": "other", "place": " "}, "congregation or town"),
        ("HELP", {"skills": [], "other_skills": " "}, "tick a skill"),
        ("HELP", {"consent": False}, "tick that you agree"),
        ("HELP", {"province": {"$ne": 1}}, "choose your province"),
    ],
)
async def test_what_does_not_fit_is_told_on_its_screen_and_can_be_mended_there(
    filling: Filling, tariro: Talk, screen: str, changed: dict[str, object], told: str
) -> None:
    token = (await offered(tariro)).token
    await filling.ask(token, "INIT")
    answers = PERSON if screen == "PERSON" else {**PERSON, **HELP}
    status, here = await filling.ask(token, "data_exchange", screen, **{**answers, **changed})
    assert (status, here["screen"]) == (200, screen)
    assert told in here["data"]["error_message"]
    _, there = await filling.ask(token, "data_exchange", screen, **answers)
    assert there["screen"] != screen


@pytest.mark.parametrize(
    ("language", "heading", "carpenter", "no_name", "no_consent"),
    [
        ("shona", "Ndimi ani?", "Muvezi", "Tumirai zita renyu", "munobvuma"),
        ("ndebele", "Ungubani?", "Umbazi", "Thumela ibizo lakho", "uyavuma"),
    ],
)
async def test_the_form_speaks_the_language_of_its_person(
    filling: Filling, tariro: Talk, language: str, heading: str, carpenter: str, no_name: str, no_consent: str
) -> None:
    await tariro.say(language)
    token = (await offered(tariro)).token
    _, first = await filling.ask(token, "INIT")
    assert first["data"]["heading"] == heading
    _, refused = await filling.ask(token, "data_exchange", "PERSON", **{**PERSON, "full_name": "1234"})
    assert (refused["data"]["heading"], refused["data"]["error_message"][: len(no_name)]) == (heading, no_name)
    _, second = await filling.ask(token, "data_exchange", "PERSON", **PERSON)
    assert {"id": "carpenter", "title": carpenter} in second["data"]["skills"]
    _, refused = await filling.ask(token, "data_exchange", "HELP", **{**PERSON, **HELP, "consent": False})
    assert no_consent in refused["data"]["error_message"]
    _, last = await filling.ask(token, "data_exchange", "HELP", **{**PERSON, **HELP, "skills": ["carpenter"]})
    await tariro.send(Form(answers=last["data"]["extension_message_response"]["params"]))
    assert tariro.harness.only(RegistrationCompleted).skills == ("Carpenter", "teaching"), "recorded in one language"


@pytest.mark.parametrize("language", ["en", "sn", "nd"])
def test_what_the_form_says_keeps_the_rules_of_flow_json_in_every_language(language: Language) -> None:
    """WhatsApp contract 5.5: labels that come as data have the limits of those that stand in the form."""
    form = copy.deepcopy(FLOW)
    with speaking(language):
        first = SCREENS.show(Asked("INIT", "register", "", {}))
        second = SCREENS.show(Asked("data_exchange", "register", "PERSON", PERSON))
    for screen, shown in zip(form["screens"], (first, second), strict=True):
        assert isinstance(shown, Next)
        assert shown.screen == screen["id"]
        for name, value in shown.data.items():
            text = screen["data"][name]["type"] == "string"
            assert not text or language != "en" or screen["data"][name]["__example__"] == value
            screen["data"][name]["__example__"] = value
    assert problems_of(form) == []


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
entered = st.fixed_dictionaries({}, optional={name: json_values | st.just(FORM.get(name)) for name in FIELDS})


@given(entered, st.sampled_from(["PERSON", "HELP"]), st.sampled_from(["data_exchange", "BACK"]))
def test_whatever_is_entered_a_screen_follows_that_the_form_has(data: Any, screen: str, action: Any) -> None:
    shown = SCREENS.show(Asked(action, "register", screen, data))
    if isinstance(shown, Next):
        [shape] = [screen["data"] for screen in FLOW["screens"] if screen["id"] == shown.screen]
        assert shown.data.keys() - {"error_message"} == shape.keys()
    else:
        assert screen == "HELP"
        assert read_form(shown.params) is not None


async def test_a_form_that_the_chat_would_not_take_is_closed_on_the_phone(
    filling: Filling, tariro: Talk, nyasha: Talk
) -> None:
    """427: another purpose, another person's chat, and one that was sent off by whatever way (contract 5.2)."""
    token = (await offered(tariro)).token
    tokens = Tokens("test")
    now = tariro.harness.clock.now()
    for wrong in (tokens.make("donate", tariro.member, "E-1", now), tokens.make("register", nyasha.member, "E-1", now)):
        for action in ("INIT", "BACK", "data_exchange"):
            status, told = await filling.ask(wrong, action, "PERSON", **PERSON)
            assert status == 427
            assert "in the chat" in told["error_msg"]
    await send_off(tariro, token)
    assert (await filling.ask(token, "INIT"))[0] == 427


def test_the_form_keeps_the_rules_of_flow_json_and_our_lists() -> None:
    """WhatsApp contract 5.5."""
    assert problems_of(FLOW) == []
    payload = FLOW["screens"][-1]["layout"]["children"][-1]["on-click-action"]["payload"]
    assert payload.keys() == set(FIELDS)
