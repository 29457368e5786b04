"""An amount that cannot be given: what is wrong with it and what fits is said at once, and the amount asked."""

from __future__ import annotations

import pytest

from services.conversation.engine.texts import _, speaking
from services.conversation.tests.person import SETTINGS, Person
from services.conversation.tests.talk import NEW_DONOR, text_of
from shared.contracts.gateway import Text
from shared.kernel.amounts import NotAnAmount, parse_amount
from shared.kernel.languages import Language

LANGUAGES: tuple[Language, ...] = ("en", "sn", "nd")
PURPOSES = {"en": "Youth Conference", "sn": "Musangano wevechidiki", "nd": "Umhlangano wabatsha"}
WRONG = (
    *("0", "-5", "20.505", "1e3", "1,5", "1.000,00", "five usd", "nan usd", "twenty"),
    *("20 zwl", "20 bond", "20 rand", "-5 zig"),
)


def say(person: Person, *texts: str) -> str:
    """What is answered to the last of the texts: one message."""
    for text in texts:
        turn = person.hear(Text(body=text))
    assert len(turn.outgoing) == 1
    return text_of(turn.outgoing[0])


def person_in(language: Language, *, known: bool) -> Person:
    person = Person()
    person.profile.language = language
    if known:
        say(person, "donate", *NEW_DONOR[1:4], PURPOSES[language], *NEW_DONOR[5:])
        person.hear(Text(body="confirm"))
        person.session.end()
    return person


def refusal(amount: str) -> str:
    """Why, in the language that is spoken."""
    with pytest.raises(NotAnAmount) as refused:
        parse_amount(amount)
    return _(str(refused.value))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("known", [False, True], ids=["new donor", "known donor"])
@pytest.mark.parametrize("amount", WRONG)
def test_one_line_with_a_wrong_amount_says_at_once_why_and_asks_for_it(
    language: Language, known: bool, amount: str
) -> None:
    """It asked on: a new donor went through four questions before the amount came up."""
    person = person_in(language, known=known)
    with speaking(language):
        asked = _("How much would you like to give? For example 20 USD.")
        assert say(person, f"donate {amount}") == f"{refusal(amount)}\n\n{asked}"
        name = _("What is your full name?")
    answer = say(person, "20 usd")
    assert ("[" in answer) if known else (answer == name)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("known", [False, True], ids=["new donor", "known donor"])
@pytest.mark.parametrize("amount", ["5000 usd", "0.10 usd"])
def test_one_line_beyond_the_limits_says_them_at_once(language: Language, known: bool, amount: str) -> None:
    person = person_in(language, known=known)
    with speaking(language):
        asked = _("How much would you like to give? For example 20 USD.")
    said = say(person, f"donate {amount}")
    assert "USD 1.00" in said
    assert "USD 480.00" in said
    assert asked in said


@pytest.mark.parametrize("known", [False, True], ids=["new donor", "known donor"])
def test_a_currency_that_is_not_on_is_refused_at_once(known: bool) -> None:
    person = person_in("en", known=known)
    person.settings = SETTINGS.model_copy(update={"paynow_zwg_id": None})
    assert say(person, "donate 20 zig").startswith("We take USD here")
    assert "[Confirm]" in say(person, "20 usd", *([] if known else NEW_DONOR[1:5]), *([] if known else NEW_DONOR[6:]))


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("$20", "USD 20.00"),
        ("20usd", "USD 20.00"),
        ("USD20", "USD 20.00"),
        ("ZiG 300", "ZiG 300.00"),
        ("20 usd.", "USD 20.00"),
        ("20 USD!! 🙏", "USD 20.00"),
        ("ok 20 usd please", "USD 20.00"),
        ("I want to give 20 usd", "USD 20.00"),
        ("ndoda kupa $20", "USD 20.00"),
        ("ngifuna ukunika 20 zig", "ZiG 20.00"),
        ("1,000 zig", "ZiG 1,000.00"),
    ],
)
def test_an_amount_is_understood_in_the_forms_that_people_write(text: str, amount: str) -> None:
    person = Person()
    say(person, *NEW_DONOR[:5], text, "EcoCash")
    summary = say(person, NEW_DONOR[7]) if "ZiG 1,000" not in amount else say(person, "In parts", NEW_DONOR[7])
    assert f"*{amount}*" in summary


@pytest.mark.parametrize("text", ["20 minutes", "€20", "20 pounds", "it is 5 now", "20 usd or 30 usd", "0", "1,5"])
def test_what_is_no_amount_is_asked_again_with_the_reason(text: str) -> None:
    person = Person()
    said = say(person, *NEW_DONOR[:5], text)
    why, asked = said.split("\n\n")
    assert "How much" in asked
    assert "like" in why, "and what fits"
