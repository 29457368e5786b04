"""A form belongs to one person and ends once; the same question has the same answer however often it is asked."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import logging
import time
from datetime import timedelta
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from services.conversation.domain.profile import Profile
from services.conversation.engine.session import Session
from services.conversation.forms.endpoint import FormEndpoint
from services.conversation.forms.media import MediaUnusable, PickedFile, fetch
from services.conversation.forms.screens import Asked, Final, Next, Screens, Shown
from services.conversation.forms.sessions import FORMS, Sessions, id_of
from services.conversation.forms.tests.conftest import VECTORS, Phone
from services.conversation.forms.tokens import LIFE, NOT_KNOWN, FormClosed, Tokens
from services.conversation.store import PROFILES, SESSIONS
from shared.kernel.clock import VirtualClock
from shared.kernel.ids import MemberId
from shared.testing.harness import Harness

MEMBER = MemberId("M-7QK2")
SECRET = "app-secret"
TOKENS = Tokens("service-token")


class Form:
    """A registration on an endpoint of its own: two screens, and a count of how often each was shown."""

    def __init__(self, key: RSAPrivateKey, harness: Harness) -> None:
        self.clock = VirtualClock()
        self.key = key
        self.asked: list[Asked] = []
        self.token = TOKENS.make("register", MEMBER, "E-1", self.clock.now())
        screens = Screens()

        @screens.first("register")
        def start(asked: Asked) -> Shown:
            self.asked.append(asked)
            return Next("DETAILS", {"towns": ["Harare"]})

        @screens.screen("register", "DETAILS")
        def details(asked: Asked) -> Shown:
            self.asked.append(asked)
            if asked.action == "BACK":
                return Next("DETAILS", {"towns": ["Harare", "Gweru"]})
            if not asked.data.get("name"):
                return Next("DETAILS", {"error_message": "Your name, please."})
            return Final({"name": asked.data["name"]})

        self.endpoint = FormEndpoint(
            [key],
            tokens=TOKENS,
            sessions=Sessions(harness.running["conversation"].entry),
            screens=screens,
            secrets=["older-secret", SECRET],
            clock=self.clock,
        )

    async def ask(self, action: Any, screen: str = "", data: Any = None, **more: Any) -> tuple[int, Any]:
        phone = Phone(self.key.public_key())
        payload = {"version": "3.0", "action": action, "screen": screen, "data": data or {}, "flow_token": self.token}
        reply = await self.endpoint.answer(phone.close({**payload, **more}))
        return reply.status, phone.open(reply.body) if reply.body else None

    async def exchange(self, **data: Any) -> tuple[int, Any]:
        return await self.ask("data_exchange", "DETAILS", data)


@pytest.fixture
async def form(key: RSAPrivateKey, harness: Harness) -> Form:
    form = Form(key, harness)
    await harness.running["conversation"].entry.create(SESSIONS, {MEMBER: Session(form=form.token)})
    return form


async def test_a_form_goes_from_its_first_screen_to_its_end(form: Form, harness: Harness) -> None:
    assert await form.ask("INIT") == (200, {"screen": "DETAILS", "data": {"towns": ["Harare"]}})
    status, told = await form.exchange()
    assert (status, told["data"]) == (200, {"error_message": "Your name, please."})
    assert (await form.ask("BACK", "DETAILS"))[1]["data"]["towns"] == ["Harare", "Gweru"]
    status, told = await form.exchange(name="Tariro")
    params = {"flow_token": form.token, "name": "Tariro"}
    assert (status, told) == (
        200,
        {"screen": "SUCCESS", "data": {"extension_message_response": {"params": params}}},
    )
    kept = await harness.state("conversation", FORMS, id_of(form.token))
    assert kept is not None
    assert "Tariro" not in kept.model_dump_json(), "nothing that a person entered is kept here"


async def test_a_question_asked_twice_has_one_answer_in_whatever_order_its_data_comes(form: Form) -> None:
    await form.ask("INIT")
    first = await form.ask("data_exchange", "DETAILS", {"name": "Tariro", "town": "Harare"})
    again = await form.ask("data_exchange", "DETAILS", {"town": "Harare", "name": "Tariro"})
    assert first == again
    assert first[1]["screen"] == "SUCCESS"


async def test_one_question_asked_at_one_instant_twice_has_one_answer(form: Form) -> None:
    await form.ask("INIT")
    answers = await asyncio.gather(*(form.exchange(name="Tariro") for _ in range(5)))
    assert all(answer == answers[0] for answer in answers)


async def test_a_form_ends_once(form: Form) -> None:
    await form.ask("INIT")
    await form.exchange(name="Tariro")
    for status, told in (await form.exchange(name="Themba"), await form.ask("INIT"), await form.ask("BACK", "DETAILS")):
        assert status == 427
        assert told == {"error_msg": "This form was sent already or is too old; ask for a new one in the chat."}


async def test_a_form_that_was_opened_at_a_named_screen_needs_no_first_one(form: Form) -> None:
    assert (await form.exchange(name="Tariro"))[0] == 200


async def test_a_form_is_open_for_an_hour_and_may_be_opened_again_for_three_days(form: Form) -> None:
    await form.ask("INIT")
    await form.clock.advance(3601)
    status, told = await form.exchange(name="Tariro")
    assert (status, told["error_msg"]) == (427, "This form was open too long; ask for a new one in the chat.")
    assert (await form.ask("INIT"))[0] == 200
    assert (await form.exchange(name="Tariro"))[0] == 200
    await form.clock.advance(3 * 24 * 3600)
    assert (await form.ask("INIT"))[0] == 427


@pytest.mark.parametrize("change", ["", "x", "register.M-1", None, 7, {"a": 1}])
async def test_a_token_that_is_not_ours_opens_nothing(form: Form, change: Any) -> None:
    assert (await form.ask("INIT", flow_token=change))[0] == 427
    assert form.asked == []


def test_any_change_of_a_token_is_seen() -> None:
    now = VirtualClock().now()
    token = TOKENS.make("register", MEMBER, "E-1", now)
    assert TOKENS.read(token).member == MEMBER
    assert token == TOKENS.make("register", MEMBER, "E-1", now), "a handler that runs twice makes one form"
    assert token != TOKENS.make("register", MEMBER, "E-2", now)
    other = Tokens("another").make("register", MEMBER, "E-1", now)
    changed = [
        token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :] for place in range(len(token))
    ]
    for wrong in (*changed[:-1], other, token + "A", token.replace("register", "donate")):
        with pytest.raises(FormClosed):
            TOKENS.read(wrong)
    with pytest.raises(FormClosed):
        TOKENS.read(TOKENS.make("register", MEMBER, "E-1", now + timedelta(days=1))).check(now)


def jwt(claims: Any, secret: str = SECRET, algorithm: str = "HS256") -> str:
    def encoded(part: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")

    signed = f"{encoded({'alg': algorithm, 'typ': 'JWT'})}.{encoded(claims)}"
    mark = hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{base64.urlsafe_b64encode(mark).decode().rstrip('=')}"


async def test_a_token_of_the_newer_interface_must_be_signed_by_whatsapp(form: Form) -> None:
    newer = {"version": "4.0"}
    good = jwt({"flow_token": form.token, "exp": 1})
    assert (await form.ask("INIT", **newer, flow_token_signature=good))[0] == 200
    assert (await form.ask("INIT", **newer, flow_token_signature=jwt({"flow_token": form.token}, "older-secret")))[
        0
    ] == 200
    for wrong in (
        None,
        "",
        "a.b.c",
        "é.é.é",
        good[:-2],
        jwt({"flow_token": "another"}),
        jwt({"flow_token": form.token}, "another-secret"),
        jwt({"flow_token": form.token}, algorithm="none"),
        jwt([form.token]),
    ):
        assert (await form.ask("INIT", **newer, flow_token_signature=wrong))[0] == 427


async def test_an_error_notice_is_acknowledged_and_does_nothing(form: Form, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        told = await form.ask(
            "data_exchange", "DETAILS", {"error": "Tariro Moyo", "error_message": "secret", "name": "x"}
        )
    assert told == (200, {"data": {"acknowledged": True}})
    assert form.asked == []
    assert [getattr(record, "kind", None) for record in caplog.records] == ["other"]


async def test_a_form_that_asks_for_a_screen_that_we_do_not_have_is_closed_with_words(
    form: Form, caplog: pytest.LogCaptureFixture
) -> None:
    """An older form on somebody's phone: trying again cannot help."""
    for action, screen in (("data_exchange", "NOWHERE"), ("dance", "DETAILS"), (["INIT"], "DETAILS")):
        with caplog.at_level(logging.ERROR):
            status, told = await form.ask(action, screen, {"a": 1})
        assert (status, told) == (427, {"error_msg": "This form has changed; ask for a new one in the chat."})
    assert len(caplog.records) == 3, "the operator sees it, too"


@pytest.mark.parametrize(
    ("payload", "status"),
    [
        ("{}", 427),
        ("[]", 421),
        ('{"action": "ping", "data": null}', 200),
        ('{"action": "ping", "more": NaN}', 421),
        ('{"action": "INIT", "data": {"error": {"kind": ["x"]}}}', 200),
        ('{"action": "INIT", "flow_token": TOKEN}', 200),
        ('{"action": "INIT", "flow_token": TOKEN, "screen": null, "data": "x", "more": 1}', 200),
        ('{"action": "data_exchange", "flow_token": TOKEN, "screen": "DETAILS", "data": {"name": "\\ud800"}}', 200),
        ('{"action": ["INIT"], "flow_token": TOKEN}', 427),
        ('{"action": "BACK", "flow_token": TOKEN, "screen": ["DETAILS"]}', 200),
        ('{"version": 4.0, "action": "INIT", "flow_token": TOKEN}', 427),
    ],
)
async def test_a_request_in_whatever_shape_has_an_answer_that_a_phone_understands(
    form: Form, payload: str, status: int
) -> None:
    phone = Phone(form.key.public_key())
    reply = await form.endpoint.answer(phone.close_text(payload.replace("TOKEN", f'"{form.token}"')))
    assert reply.status == status
    assert (status == 421) == (reply.body == "")
    if reply.body:
        assert isinstance(phone.open(reply.body), dict)


async def test_data_nested_as_deeply_as_can_be_read_has_an_answer(form: Form) -> None:
    statuses = set()
    for depth in range(930, 960):
        data = '{"a":' * depth + "1" + "}" * depth
        payload = f'{{"action": "INIT", "flow_token": "{form.token}", "data": {data}}}'
        statuses.add((await form.endpoint.answer(Phone(form.key.public_key()).close_text(payload))).status)
    assert statuses <= {200, 421, 427}


async def test_the_words_of_a_closed_form_are_in_the_language_of_its_person(form: Form, harness: Harness) -> None:
    entry = harness.running["conversation"].entry
    await entry.create(PROFILES, {MEMBER: Profile(language="sn")})
    await form.ask("INIT")
    await form.clock.advance(3601)
    _, told = await form.exchange(name="Tariro")
    assert told["error_msg"] == "Fomu iyi yagara yakavhurwa kwenguva refu; kumbirai imwe muchat."
    await form.clock.advance(LIFE.total_seconds())
    assert "yapera" in (await form.ask("INIT"))[1]["error_msg"]
    assert (await form.ask("INIT", flow_token="x"))[1]["error_msg"] == NOT_KNOWN, "nobody knows whose it is"


async def test_a_reply_costs_less_than_twenty_milliseconds(form: Form) -> None:
    await form.ask("INIT")
    phones = [Phone(form.key.public_key()) for _ in range(20)]
    payload = {"version": "3.0", "action": "BACK", "screen": "DETAILS", "data": {}, "flow_token": form.token}
    bodies = [phone.close(payload) for phone in phones]
    began = time.process_time()
    for body in bodies:
        assert (await form.endpoint.answer(body)).status == 200
    assert (time.process_time() - began) / len(bodies) < 0.02


@pytest.mark.parametrize(
    "url",
    [
        "http://mmg.whatsapp.net/x",
        "https://whatsapp.net.evil.org/x",
        "https://127.0.0.1/x",
        "https://notwhatsapp.net/x",
    ],
)
async def test_a_file_is_fetched_from_meta_s_hosts_only(url: str) -> None:
    picked = PickedFile.model_validate({**VECTORS["media_vectors"][0]["descriptor"], "cdn_url": url})
    async with httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(200))) as client:
        with pytest.raises(MediaUnusable, match="Meta's hosts"):
            await fetch(client, picked)


async def test_a_picked_file_is_fetched_and_opened_and_a_huge_one_is_not_read() -> None:
    vector = VECTORS["media_vectors"][0]
    picked = PickedFile.model_validate(vector["descriptor"])
    answers = [
        httpx.Response(200, content=base64.b64decode(vector["cdn_file_b64"])),
        httpx.Response(200, content=b"x" * (25 * 1024 * 1024 + 100)),
        httpx.Response(302, headers={"location": "http://127.0.0.1/"}),
    ]
    async with httpx.AsyncClient(transport=httpx.MockTransport(lambda _: answers.pop(0))) as client:
        assert await fetch(client, picked) == base64.b64decode(vector["plaintext_b64"])
        with pytest.raises(MediaUnusable, match="larger"):
            await fetch(client, picked)
        with pytest.raises(MediaUnusable, match="302"):
            await fetch(client, picked)
