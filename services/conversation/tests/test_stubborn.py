"""A stubborn new user: slips of the finger, words where others were asked for, old buttons, the same one twice."""

from __future__ import annotations

import pytest

from services.conversation.domain.profile import KnownPayment
from services.conversation.domain.reading import NotAName, NotAnEmail, email, full_name
from services.conversation.engine.spelling import nearly
from services.conversation.flows.join import given_name
from services.conversation.tests.core import usual
from services.conversation.tests.person import Person, events_about
from services.conversation.tests.talk import NEW_DONOR, text_of
from shared.contracts.conversation import RememberRegistration
from shared.contracts.gateway import Tap, Text
from shared.contracts.payments import SubmitOneTimeCode
from shared.kernel.ids import PaymentId
from shared.kernel.money import Money

HELPER = ("register", "Tariro Moyo", "no", "Bulawayo", "Bulawayo West", "Welder")


def say(person: Person, *texts: str) -> str:
    """What is answered to the last of the texts: one message."""
    for text in texts:
        turn = person.hear(Text(body=text))
    [said] = turn.outgoing
    return text_of(said)


def tap(person: Person, key: str, option: str) -> str:
    """Tap the button of a question that was asked at some time."""
    id = next(id for id in person.taps if f"|{key}#1|" in id and id.endswith(f"|{option}"))
    [said] = person.hear(Tap(id=id, title="", of="button")).outgoing
    return text_of(said)


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        *(("donat", "donate"), ("dontae", "donate"), ("Regsiter!", "register"), ("cancle", "cancel")),
        *(("hlep", "help"), ("mneu", "menu"), ("bcak", "back"), ("recipt", "receipt"), ("histroy", "history")),
        *(("nyoreza", "register"), ("kanzurra", "cancel"), ("bhalsa", "register"), ("khansla", "cancel")),
        *(("heap", None), ("meny", None), ("donate", "donate"), ("Tarisai", None), ("Dzokerai", None)),
        *(("", None), ("đonate", "donate"), ("cancel my gift", None)),
    ],
)
def test_one_slip_in_a_long_word_or_two_letters_swapped_is_still_the_word(typed: str, word: str | None) -> None:
    assert nearly(typed) == word


def test_a_mistyped_word_does_what_it_would() -> None:
    assert "full name" in say(Person(), "donat")
    assert "Cancelled" in say(Person(), *NEW_DONOR[:2], "cancle")


def test_a_mistyped_word_that_could_be_a_name_is_asked_about_once() -> None:
    """It was taken for the name."""
    person = Person()
    assert "“cancle” your answer? [Cancel] [It is my answer]" in say(person, "donate", "cancle")
    assert "Cancelled" in say(person, "cancle")


@pytest.mark.parametrize("text", ["👋", "👋🏾 👋🏾", "how are you", "How are you?"])
def test_a_wave_and_how_are_you_are_greetings(text: str) -> None:
    assert "Good morning" in say(Person(), text)
    assert "Hello!\n\nWhat is your full name?" in say(Person(), "donate", text)


@pytest.mark.parametrize("text", ["A", "x" * 120])
def test_a_name_of_one_letter_or_120_is_told_how_long_it_may_be(text: str) -> None:
    with pytest.raises(NotAName, match=r"2 to 60 letters; please send it like Tariro Moyo"):
        full_name(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("my name is Tariro Moyo", "Tariro Moyo"),
        ("I'm Tariro", "Tariro"),
        ("I’m O’Brien Ng'ombe", "O’Brien Ng'ombe"),
        ("Zita rangu ndi Tariro Moyo", "Tariro Moyo"),
        ("Ibizo lami ngu Sipho Ndlovu", "Sipho Ndlovu"),
        ("毛泽东", "毛泽东"),
        ("محمد علي", "محمد علي"),
        ("Ndinini Moyo", "Ndinini Moyo"),
    ],
)
def test_a_name_is_taken_out_of_its_sentence(text: str, name: str) -> None:
    """The receipt would have been made out to "my name is Tariro Moyo"."""
    assert full_name(text) == name


@pytest.mark.parametrize("text", ["thanks", "Thank you!", "yes", "ok", "no"])
@pytest.mark.parametrize("so_far", [NEW_DONOR[:1], NEW_DONOR[:3], (*NEW_DONOR[:4], "other"), HELPER[:5]])
def test_courtesies_are_no_name_town_purpose_or_skill(so_far: tuple[str, ...], text: str) -> None:
    """ "yes" was taken for a town and for a skill."""
    person = Person()
    question = say(person, *so_far).splitlines()[-1]
    assert question in say(person, text)


@pytest.mark.parametrize("name", ["Thanks", "Sure", "Tatenda"])
def test_who_is_called_by_a_courtesy_may_join_credex(name: str) -> None:
    assert given_name(name) == name


@pytest.mark.parametrize("text", ["none", "nothing", "hapana"])
def test_who_can_help_with_nothing_is_asked_what_else(text: str) -> None:
    assert "like: carpenter" in say(Person(), *HELPER[:5], text)


def test_who_names_too_many_skills_is_told_how_many_fit() -> None:
    assert "at most 5 skills" in say(Person(), *HELPER[:5], "carpentry, welding, plumbing, IT, tiling, security")


@pytest.mark.parametrize(
    "text",
    ["my email is Tariro@Example.org", "tariro@example.org.", "Email: tariro@example.org", "it is tariro@example.org"],
)
def test_an_address_is_taken_out_of_its_sentence(text: str) -> None:
    assert email(text) == "tariro@example.org"


def test_half_an_address_is_not_taken_for_the_whole() -> None:
    with pytest.raises(NotAnEmail):
        email("tariro moyo@example.org")


@pytest.mark.parametrize("text", ["no", "none", "no email", "skip", "n/a", "handina", "angilayo", "I don't have one"])
def test_an_address_may_be_lacking_in_many_words(text: str) -> None:
    assert "province" in say(Person(), *HELPER[:2], text)


@pytest.mark.parametrize("text", ["yes", "my number", "hongu", "this one", "1"])
def test_yes_to_the_only_number_offered_takes_it(text: str) -> None:
    assert "from 0771 111 111" in say(Person(), *NEW_DONOR[:7], text)


@pytest.mark.parametrize("text", ["edit", "chinja", "Chinjai", "guqula", "change"])
def test_a_summary_is_edited_in_whichever_language(text: str) -> None:
    assert "What would you like to change?" in say(Person(), *NEW_DONOR, text)


@pytest.mark.parametrize("text", ["i agree", "yes please", "ndinobvuma", "ngiyavuma"])
def test_consent_may_be_given_in_other_words(text: str) -> None:
    person = Person()
    say(person, *HELPER)
    assert any(isinstance(message, RememberRegistration) for message in person.hear(Text(body=text)).messages)


def test_the_same_button_twice_says_nothing_of_a_change() -> None:
    person = Person()
    say(person, *NEW_DONOR[:2], "Masvingo")
    assert tap(person, "province", "masvingo").startswith("Which congregation")
    assert tap(person, "province", "harare").startswith("Changed.")


@pytest.mark.parametrize(
    ("flow", "done"), [(NEW_DONOR, "you will not be charged twice"), (HELPER, "That is done already.")]
)
def test_a_button_of_what_is_done_says_so(flow: tuple[str, ...], done: str) -> None:
    person = Person()
    say(person, *flow)
    person.hear(Text(body="confirm"))
    person.session.waiting = None
    if flow is NEW_DONOR:
        person.session.end(done=True)
    assert done in tap(person, "confirm", "confirm")


@pytest.mark.parametrize("option", ["confirm", "edit", "cancel"])
def test_a_button_of_what_was_cancelled_does_not_say_that_it_is_done(option: str) -> None:
    """It said "That is done already; you will not be charged twice", though nothing had been charged at all."""
    person = Person()
    say(person, *NEW_DONOR, "cancel")
    assert "That choice is from an older message" in tap(person, "confirm", option)
    assert person.requests == []


def test_a_button_of_what_was_put_aside_takes_it_up_again() -> None:
    person = Person()
    say(person, *NEW_DONOR, "menu")
    assert "Changed." in tap(person, "purpose", "p3")
    say(person, "menu")
    person.hear(Tap(id=next(id for id in reversed(person.taps) if id.endswith("|confirm")), title="", of="button"))
    assert [request.purpose for request in person.requests] == ["Construction"]


def test_who_cancels_being_forgotten_is_told_that_all_stays() -> None:
    """It said that nothing was charged."""
    assert "All stays as it is." in say(Person(), "forget me", "cancel")


@pytest.mark.parametrize("text", ["Is this the church?", "wassup", "🇿🇼", "...", "a" * 5000, "\u202e", "5", "ecocash"])
def test_the_first_words_of_somebody_new_are_answered_whatever_they_are(text: str) -> None:
    """An earlier system answered nothing but greetings: silence was the most common first contact."""
    assert say(Person(), text).endswith("[Give] [Register] [More]")


@pytest.mark.parametrize("text", ["0771234567", "771234567", "4800000", "999999999999"])
@pytest.mark.parametrize("answers", [(*NEW_DONOR[:5],), (*NEW_DONOR[:5], "500 usd", "EcoCash")])
def test_a_phone_number_sent_as_an_amount_brings_one_message(answers: tuple[str, ...], text: str) -> None:
    """An earlier system wrote out every part of it: 71 messages, or thousands."""
    person = Person()
    say(person, *answers)
    said = say(person, f"{text} usd" if len(answers) < 6 else text)
    assert len(said) < 400


def test_what_is_told_of_the_gift_out_of_turn_is_kept_and_the_question_asked_again() -> None:
    person = Person()
    province = say(person, *NEW_DONOR[:2])
    assert say(person, "donate 30 usd for construction") == f"Noted.\n\n{province}"
    assert "*USD 30.00* for *Construction*" in say(person, "Manicaland", "Mutare", "EcoCash", "0771111111")


def test_another_amount_sent_to_the_summary_changes_it() -> None:
    person = Person()
    assert say(person, *NEW_DONOR, "make it 30 usd").startswith("Noted.\n\nPlease check:\n*USD 30.00*")
    assert say(person, "donate -5 usd").startswith("An amount can't be below zero")
    assert "*USD 7.00*" in say(person, "7 usd")


def test_between_parts_no_amount_is_changed_by_a_sentence() -> None:
    person = Person()
    say(person, *NEW_DONOR[:5], "500 usd", "EcoCash", "In parts", "0771111111")
    person.hear(Text(body="confirm"))
    said = person.told(events_about(person.requests[-1])["payments.payment_cancelled"]).outgoing
    assert "Shall I send it now?" in text_of(said[0])
    assert "Please choose one of these" in say(person, "30 usd")


@pytest.mark.parametrize(
    ("text", "told"), [("what is this?", "*donate*"), ("did my payment go through", "no payment to check")]
)
def test_a_question_of_theirs_is_answered_and_ours_asked_again(text: str, told: str) -> None:
    person = Person()
    question = say(person, *NEW_DONOR[:2])
    said = say(person, text)
    assert told in said
    assert said.endswith(question)


def test_money_is_no_town() -> None:
    assert "Noted." in say(Person(), *NEW_DONOR[:3], "donate 5 usd")


@pytest.mark.parametrize("text", ["99", "12", "0", "400"])
def test_a_number_of_no_row_is_no_amount(text: str) -> None:
    person = Person()
    province = say(person, *NEW_DONOR[:2])
    assert say(person, text) == f"Please choose one of these.\n\n{province}"


def with_payment(method: str) -> Person:
    """Somebody whose payment waits for them."""
    person = Person()
    person.profile.name = "Tariro Moyo"
    amount, at = Money.of("20", "USD"), person.now
    payment = KnownPayment(id=PaymentId("P-1"), amount=amount, method=method, state="awaiting_payer", at=at)
    person.profile.payments = [payment]
    return person


@pytest.mark.parametrize("text", ["1234", "12345", "012 345", "012345"])
def test_digits_sent_while_a_prompt_waits_are_no_gift(text: str) -> None:
    """It may be a code, or even the PIN that belongs on the phone: it was answered with "In which currency?"."""
    assert "still open: waiting for your approval on the phone" in say(with_payment("ecocash"), text)


@pytest.mark.parametrize("text", ["012345", "012 345", "012-345", "my code is 012345", "OTP: 012345", "Code 012345."])
def test_a_one_time_code_is_taken_as_people_write_it(text: str) -> None:
    [submitted] = with_payment("omari").hear(Text(body=text)).messages
    assert isinstance(submitted, SubmitOneTimeCode)
    assert submitted.code == "012345"


def test_who_owes_a_code_is_told_so() -> None:
    assert "waiting for you to send me the code" in say(with_payment("omari"), "done")


def test_the_greeting_names_a_payment_that_is_open_and_not_as_the_last_time() -> None:
    greeting = say(with_payment("ecocash"), "hi")
    assert "Your payment of USD 20.00 is still open" in greeting
    assert "Last time" not in greeting


@pytest.mark.parametrize(
    ("text", "why"),
    [
        *(("0", "more than zero"), ("-5", "below zero"), ("1,5", "be sure"), ("1.000,00", "be sure")),
        *(("five", "figures"), ("5 zwl", "no longer in use"), ("20 rand", "I know USD"), ("2.505 usd", "2 decimals")),
    ],
)
def test_an_offer_s_amount_that_does_not_fit_is_told_why(text: str, why: str) -> None:
    """Whatever was wrong, it said "Please send an amount like 2.50 USD"."""
    person = offering()
    said = say(person, text)
    assert why in said
    assert "handle" not in said
    assert said.endswith("How much? For example 2.50 USD.")


def test_a_date_that_is_none_is_told_without_the_shortcut_s_form() -> None:
    person = offering()
    assert "Please send the date like 2026-12-31.\n" in say(person, "5 usd", "By a due date", "tomorrow")


def test_who_cancels_an_offer_reads_nothing_of_charges() -> None:
    assert "Cancelled; nothing was changed." in say(offering(), "cancel")


def offering() -> Person:
    """Somebody who is asked how much to offer."""
    person = Person()
    person.hear(Text(body="offer"))
    while person.session.waiting or person.session.asked_key != "amount#1":
        if person.session.waiting:
            person.told(usual(person.asked[-1]))
        else:
            person.hear(Text(body="themba_n"))
    return person
