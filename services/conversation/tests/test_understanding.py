"""One line that tells what is wanted: 150 and more of them in three languages, and never an exception."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.conversation.domain.understanding import understand
from services.conversation.tests.talk import NEW_DONOR, Talk, text_of
from shared.contracts.payments import RequestPayment
from shared.kernel.money import Money

PURPOSES = (
    "Monthly Contributions",
    "August Conference",
    "Youth Conference",
    "Construction",
    "Pastoral Support",
)
IDS = {"monthly": "p0", "august": "p1", "youth": "p2", "construction": "p3", "pastoral": "p4"}
SENTENCES = [
    tuple(part.strip() for part in line.split("|"))
    for line in Path(__file__).with_name("sentences.txt").read_text().splitlines()
    if line and not line.startswith("#")
]


def test_there_are_sentences_enough() -> None:
    assert len(SENTENCES) >= 150
    assert len({sentence for sentence, *_rest in SENTENCES}) == len(SENTENCES)


@pytest.mark.parametrize(("sentence", "intent", "told"), SENTENCES)
def test_a_sentence_is_understood_as_far_as_it_is_clear(sentence: str, intent: str, told: str) -> None:
    found = understand(sentence, PURPOSES, ("USD", "ZWG"))
    wanted = {}
    for pair in told.split():
        key, _equals, value = pair.partition("=")
        wanted[f"{key}#1"] = IDS[value] if key == "purpose" else value if key == "province" else value.replace("_", " ")
    assert (found.intent, found.answers) == (intent or None, wanted)


@given(st.text(max_size=1000))
def test_any_text_is_read_without_an_exception(text: str) -> None:
    understand(text, PURPOSES, ("USD", "ZWG"))


@given(st.lists(st.sampled_from([word for sentence, *_rest in SENTENCES for word in sentence.split()]), max_size=30))
def test_any_words_in_any_order_are_read_without_an_exception(words: list[str]) -> None:
    understand(" ".join(words), PURPOSES, ("USD", "ZWG"))


async def test_a_first_line_is_not_lost_behind_the_greeting(tariro: Talk) -> None:
    """The earlier system answered a first "donate 50 usd" with its greeting only."""
    [question] = await tariro.say("Hello, I want to donate 50 usd for construction")
    assert "full name" in text_of(question)
    await tariro.give(*NEW_DONOR[1:4], "EcoCash", "0771111111")
    assert "*USD 50.00* for *Construction*" in text_of(tariro.last)


async def test_what_one_line_tells_replaces_what_was_remembered(tariro: Talk) -> None:
    await tariro.give(*NEW_DONOR, "confirm")
    await tariro.told(tariro.initiated(), *tariro.settled())
    [summary] = await tariro.say("tendai ncube gweru 30 usd for pastor")
    for part in ("Tendai Ncube", "Gweru, Midlands", "USD 30.00", "Pastoral Support"):
        assert part in text_of(summary)
    assert len(tariro.harness.all(RequestPayment)) == 1, "nothing is charged without a confirmation"


async def test_one_line_above_the_limit_is_not_charged(tariro: Talk) -> None:
    """The earlier system sent "donate 5000 usd for construction" to Paynow as it was."""
    await tariro.give(*NEW_DONOR, "confirm")
    await tariro.told(tariro.initiated(), *tariro.settled())
    [refused] = await tariro.say("donate 5000 usd for construction")
    assert "USD 480.00" in text_of(refused)
    assert tariro.request.amount == Money.of("20", "USD")


async def test_purposes_are_understood_where_they_are_asked_for(tariro: Talk) -> None:
    """The earlier system took "Youth Conference" for August and "Construction Contribution" for Monthly."""
    await tariro.give(*NEW_DONOR[:4], "construction contribution", "20 usd", "EcoCash", "0771111111")
    assert "*Construction*" in text_of(tariro.last)
