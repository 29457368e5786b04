"""New code under a session that lives: nobody is lost, and answers that still fit are kept."""

from __future__ import annotations

from collections.abc import Generator, Iterator

import pytest

from services.conversation.engine.chat import Chat
from services.conversation.engine.engine import FLOWS, MOST_STEPS, Flow
from services.conversation.engine.journal import Step
from services.conversation.tests.person import Person, events_about
from shared.contracts.gateway import Tap, Text
from shared.contracts.payments import PaymentCancelled


@pytest.fixture
def person() -> Person:
    person = Person()
    for text in ("donate", "Tariro Moyo", "Manicaland"):
        person.hear(Text(body=text))
    return person


@pytest.fixture(autouse=True)
def _flows_as_they_were() -> Iterator[None]:
    known = dict(FLOWS)
    yield
    FLOWS.clear()
    FLOWS.update(known)


def said(person: Person, text: str) -> str:
    [content] = person.hear(Text(body=text)).outgoing
    return content.body  # type: ignore[union-attr]  # questions and texts have a body


def change(function: object) -> None:
    FLOWS["donate"] = Flow("donate", "Give", function)  # type: ignore[arg-type]  # any flow function


def test_another_question_in_its_place_is_told_and_the_answer_is_not_taken_for_it(person: Person) -> None:
    async def changed(chat: Chat) -> None:
        await chat.ask("name", "Your name?", str)
        await chat.ask("shoe_size", "Your shoe size?", str)

    change(changed)
    text = said(person, "Mutare")
    assert "changed since you last wrote" in text
    assert "shoe size" in text
    assert person.session.journal.answers["name#1"] == "Tariro Moyo"
    assert "shoe_size#1" not in person.session.journal.answers


def test_an_answer_that_no_longer_fits_is_asked_again_and_the_others_are_kept(person: Person) -> None:
    person.session.journal.add_answer("province#1", "atlantis")
    text = said(person, "Mutare")
    assert "province" in text
    assert person.session.journal.answers["name#1"] == "Tariro Moyo"


def test_facts_that_the_new_code_cannot_read_are_taken_anew(person: Person) -> None:
    person.session.facts = {"member": "M-1"}
    text = said(person, "Mutare")
    assert "changed since you last wrote" in text
    assert "congregation" in text


def test_a_flow_that_is_gone_or_broken_apologises_and_offers_the_menu(
    person: Person, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(chat: Chat) -> None:
        raise KeyError(await chat.ask("name", "Your name?", str))

    change(broken)
    assert "something went wrong" in said(person, "Mutare")
    assert person.session.flow is None
    assert "Tariro" not in caplog.text, "what people typed is not in the logs"
    person.session.flow = "gone"
    assert "something went wrong" in said(person, "Mutare")


def test_a_flow_that_goes_round_in_circles_is_stopped(person: Person) -> None:
    async def circles(chat: Chat) -> None:
        chat.reconsider("nothing", "Again.")

    change(circles)
    assert "something went wrong" in said(person, "Mutare")


def test_a_flow_that_awaits_anything_but_its_chat_is_stopped(person: Person) -> None:
    class Forever:
        def __await__(self) -> Generator[None, None, None]:
            yield None

    async def awaits(chat: Chat) -> None:
        await Forever()

    change(awaits)
    assert "something went wrong" in said(person, "Mutare")


def test_a_journal_that_grows_without_end_is_stopped(person: Person) -> None:
    for number in range(MOST_STEPS + 1):
        person.session.journal.add(Step(key=f"say#{number}", kind="said"))
    person.session.facts = {}
    assert "changed since" in said(person, "Mutare")


def test_a_broken_flow_with_a_request_is_not_begun_again(person: Person) -> None:
    async def broken(chat: Chat) -> None:
        raise KeyError

    person.session.journal.add(Step(key="request#1", kind="request"))
    change(broken)
    assert "something went wrong" in said(person, "Mutare")
    assert person.requests == []


def test_an_event_for_a_flow_that_is_broken_is_told_all_the_same(person: Person) -> None:
    for text in ("Mutare", "youth", "20 usd", "EcoCash", "0771111111", "confirm"):
        person.hear(Text(body=text))

    async def broken(chat: Chat) -> None:
        raise KeyError

    change(broken)
    [request] = person.requests
    turn = person.told(events_about(request)["payments.payment_initiated"], "Enter your PIN.")
    assert getattr(turn.outgoing[0], "body", "") == "Enter your PIN."
    assert person.session.flow is None


def test_a_flow_that_no_longer_knows_its_answer_is_stopped(person: Person) -> None:
    for text in ("Mutare", "youth", "20 usd", "EcoCash", "0771111111", "confirm"):
        person.hear(Text(body=text))

    async def changed(chat: Chat) -> None:
        await chat.request(person.requests[0], PaymentCancelled, about={})

    change(changed)
    turn = person.told(events_about(person.requests[0])["payments.payment_initiated"])
    assert len(turn.outgoing) == 2
    assert person.session.flow is None


def test_the_choices_of_a_summary_that_was_confirmed_change_nothing_any_more(person: Person) -> None:
    async def longer(chat: Chat) -> None:
        await chat.ask("name", "Your name?", str)
        await chat.confirm("Please check: a name", {"name": "Name"})
        await chat.ask("shoe_size", "Your shoe size?", str)

    change(longer)
    person.session.journal.forget("province#1")
    person.hear(Text(body="hello"))
    edit = next(id for id in person.taps if id.endswith("|edit"))
    person.hear(Text(body="confirm"))
    [told] = person.hear(Tap(id=edit, title="Edit", of="button")).outgoing
    assert "older message" in told.body  # type: ignore[union-attr]  # questions have a body
    assert "shoe size" in told.body  # type: ignore[union-attr]  # the same
