"""What a person may ask about themselves: to see it, and to be forgotten."""

from __future__ import annotations

import base64
import json
from datetime import date

import pytest

from services.conversation.domain.profile import Profile
from services.conversation.store import ERASURES, PROFILES, PURPOSES, SESSIONS
from services.conversation.tests.talk import NEW_DONOR, Talk, text_of
from shared.contracts import credex, gateway, notifier, payments, reporting
from shared.contracts.conversation import ErasureRequested, ForgetAlias, ForgetMe
from shared.contracts.credex_parts import KeptAccount, KeptOffer
from shared.contracts.notifier import Document
from shared.contracts.registry import SERVICES
from shared.contracts.topology import EVENTS_HEARD
from shared.http.files import FILES
from shared.kernel.credit import Credit
from shared.store.documents import Document as Stored
from shared.testing.harness import look_every


async def give_and_register(talk: Talk) -> None:
    await talk.give(*NEW_DONOR, "confirm")
    await talk.told(talk.initiated(), *talk.settled())
    await talk.give("register", "tariro.canary@example.org", "Manicaland", "Mutare", "Carpenter", "confirm")


async def test_my_data_comes_as_a_document_with_all_that_is_stored(tariro: Talk) -> None:
    await give_and_register(tariro)
    await tariro.give("donate", "Bulawayo")
    await tariro.say("my data")
    assert tariro.harness.only(credex.TellKept).member == tariro.member
    [said] = await tariro.told(kept_of(tariro))
    assert isinstance(said, Document)
    assert said.file.name == "my-data.txt"
    [stored] = tariro.harness.documents("conversation", FILES)
    text = base64.b64decode(stored.state["content"]).decode()
    assert said.file.size == len(text.encode())
    for part in (
        *(
            "WhatsApp: +263771111111",
            "Name: Tariro Moyo",
            "USD 20.00 | ecocash | Youth Conference",
            "Skills: Carpenter",
        ),
        *("memberID: 5f1c", "Moyo Bakery | moyo_bakery | notices to Themba Ndlovu"),
        "USD 2.50 | Moyo Bakery → themba_n | accepted | 20 Dec 2026",
    ):
        assert part in text


def kept_of(talk: Talk) -> credex.KeptTold:
    return credex.KeptTold(
        member=talk.member,
        phone="+263771111111",
        core_id="5f1c",
        accounts=(KeptAccount(name="Moyo Bakery", handle="moyo_bakery", notices_to="Themba Ndlovu"),),
        offers=(
            KeptOffer(
                state="accepted",
                amount=Credit.of("2.50", "USD"),
                issuer="Moyo Bakery",
                receiver="themba_n",
                due_date=date(2026, 12, 20),
            ),
        ),
    )


async def test_forget_me_leaves_nothing_of_the_person_in_any_document(tariro: Talk) -> None:
    await give_and_register(tariro)
    await tariro.give("forget me", "yes")
    assert tariro.harness.only(ErasureRequested).member == tariro.member
    profile = await tariro.harness.state("conversation", PROFILES, tariro.member)
    assert profile == Profile()
    stored = [tariro.harness.documents("conversation", kind) for kind in (PROFILES, SESSIONS, PURPOSES)]
    for document in (document for documents in stored for document in documents):
        for canary in ("Tariro", "canary", "771111111", "Mutare", "Carpenter"):
            assert canary not in everything_in(document), canary


def everything_in(document: Stored) -> str:
    """State, outbox and outcalls; what was said and published is gone with the next commit."""
    calls = [call.model_dump(mode="json") for call in document.outcalls]
    return json.dumps([document.state, calls])


async def test_nobody_is_forgotten_while_money_may_still_come(tariro: Talk) -> None:
    await tariro.give(*NEW_DONOR, "confirm")
    await tariro.told(tariro.initiated())
    [refused] = await tariro.say("forget me")
    assert "still open" in text_of(refused)
    assert tariro.harness.all(ErasureRequested) == []


async def test_a_payment_that_began_after_the_question_stops_the_erasure(tariro: Talk) -> None:
    await tariro.give(*NEW_DONOR, "confirm")
    _prompt, refused = await tariro.told(tariro.initiated(), ForgetMe(member=tariro.member))
    assert "still open" in text_of(refused)
    assert tariro.harness.all(ErasureRequested) == []


async def test_who_was_forgotten_begins_anew_and_no_intent_is_named_twice(tariro: Talk) -> None:
    await tariro.give(*NEW_DONOR, "confirm")
    first = tariro.request.intent
    await tariro.told(tariro.initiated(), *tariro.settled())
    await tariro.give("forget me", "yes")
    assert await tariro.say("donate") == []  # what comes late for a person who is gone
    tariro.become_new()
    [question] = await tariro.say("donate")
    assert "full name" in text_of(question)
    await tariro.give(*NEW_DONOR[1:], "confirm")
    assert tariro.request.intent != first


async def test_who_turned_out_to_be_the_same_person_is_forgotten_too(tariro: Talk) -> None:
    await give_and_register(tariro)
    await tariro.harness.say(ForgetAlias(member=tariro.member))
    assert tariro.harness.only(ErasureRequested).member == tariro.member
    assert await tariro.harness.state("conversation", PROFILES, tariro.member) == Profile()


async def test_an_alias_with_an_open_payment_is_forgotten_when_that_is_over(tariro: Talk) -> None:
    await tariro.give(*NEW_DONOR, "confirm")
    await tariro.told(tariro.initiated(), ForgetAlias(member=tariro.member))
    await tariro.harness.advance(3700, step=60)
    assert tariro.harness.all(ErasureRequested) == []
    await tariro.told(*tariro.settled())
    await tariro.harness.advance(3700, step=60)
    assert tariro.harness.only(ErasureRequested).member == tariro.member
    assert await tariro.harness.state("conversation", PROFILES, tariro.member) == Profile()


@pytest.mark.parametrize("word", ["no", "cancel", "2"])
async def test_one_question_stands_before_it(tariro: Talk, word: str) -> None:
    await give_and_register(tariro)
    await tariro.give("forget me", word)
    profile = await tariro.harness.state("conversation", PROFILES, tariro.member)
    assert isinstance(profile, Profile)
    assert profile.registration is not None
    assert tariro.harness.all(ErasureRequested) == []


def test_whoever_keeps_something_of_a_person_hears_the_request_to_erase_it() -> None:
    for service in SERVICES:
        assert ErasureRequested in EVENTS_HEARD[service]


async def test_an_erasure_is_over_when_every_service_has_answered(
    tariro: Talk, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_every(60, monkeypatch)  # and what is due is done so much later at most
    await give_and_register(tariro)
    await tariro.give("forget me", "yes")
    answers = [service.PersonErased for service in (gateway, payments, notifier, credex, reporting)]
    for number, answer in enumerate(answers):
        await tariro.harness.advance(3600 + 60, step=60)
        assert len([record for record in caplog.records if "not erased everywhere" in record.message]) == number + 1
        await tariro.harness.say(answer(member=tariro.member, at=tariro.harness.clock.now()))
    await tariro.harness.advance(7200, step=60)
    assert len([record for record in caplog.records if "not erased everywhere" in record.message]) == len(answers)
    erasure = await tariro.harness.state("conversation", ERASURES, tariro.member)
    assert erasure is not None
    assert erasure.missing == set()
