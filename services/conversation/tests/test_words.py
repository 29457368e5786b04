"""Words that work everywhere, numbers, taps of any age: what each does, in and out of a flow."""

from __future__ import annotations

import pytest

from services.conversation.tests.person import Person
from services.conversation.tests.talk import NEW_DONOR, Talk, choices_of, text_of
from shared.contracts.credex import OpenDashboard
from shared.contracts.gateway import Changed, Media, Reaction, Text
from shared.contracts.payments import (
    CheckPayment,
    MakeReceiptDocument,
    PaymentExpired,
    PaymentFailed,
    ReceiptVerified,
    RequestPayment,
    VerifyReceipt,
)
from shared.kernel.money import Money


@pytest.mark.parametrize(
    "greeting", ["hi", "Hi!", "HELLO THERE", " hie ", "good morning, pastor", "mhoro", "Sawubona!!", "buenos dias"]
)
async def test_greetings_greet_and_show_the_menu(tariro: Talk, greeting: str) -> None:
    """The earlier system knew "hi" but neither "hi!" nor "hi there"."""
    [menu] = await tariro.say(greeting)
    assert len(choices_of(menu)) == 3
    assert "Ruvimbo Church" in text_of(menu)


async def test_a_greeting_in_the_middle_repeats_the_open_question(tariro: Talk) -> None:
    await tariro.give(*NEW_DONOR[:4])
    [again] = await tariro.say("hello there")
    assert "Hello!" in text_of(again)
    assert "give to" in text_of(again)


@pytest.mark.parametrize(("language", "more"), [("english", "more"), ("shona", "zvimwe"), ("ndebele", "More")])
async def test_more_under_a_menu_is_its_button(tariro: Talk, language: str, more: str) -> None:
    """It said "That was all." though [More] was on the screen."""
    await tariro.give(language, "menu")
    [everything] = await tariro.say(more)
    assert len(choices_of(everything)) == 9


def test_more_after_a_text_that_was_broken_off_is_its_rest() -> None:
    person = Person()
    person.hear(Text(body="menu"))
    person.session.rest = ["the rest"]
    assert text_of(person.hear(Text(body="more")).outgoing[0]) == "the rest"
    assert len(choices_of(person.hear(Text(body="more")).outgoing[0])) == 10


async def test_numbers_work_for_what_was_offered(tariro: Talk) -> None:
    """The earlier system took a "1" in the menu for an amount of 1.0."""
    await tariro.say("hi")
    [question] = await tariro.say("1")
    assert "full name" in text_of(question)


async def test_everything_is_one_list_away(tariro: Talk) -> None:
    await tariro.say("hi")
    [everything] = await tariro.tap("More")
    titles = [choice.title for choice in choices_of(everything)]
    assert titles[:3] == ["Give", "Register", "Check payment"]
    [language] = await tariro.tap("Language")
    assert len(choices_of(language)) == 3


@pytest.mark.parametrize("number", ["0", "7", "11", "99", "-1", "1.5", "²"])
async def test_a_number_that_is_none_of_the_rows_is_asked_again(tariro: Talk, number: str) -> None:
    """The earlier system crashed on the numbers 7 and up."""
    await tariro.give(*NEW_DONOR[:4])
    [again] = await tariro.say(number)
    assert "give to" in text_of(again)


@pytest.mark.parametrize("answer", ["Bulawayo", "2", "bulawayo.", "Bulawayo Metropolitan", "Bulawayo West"])
async def test_rows_may_be_typed_by_title_number_or_town(tariro: Talk, answer: str) -> None:
    await tariro.give("donate", "Tariro Moyo", answer)
    assert "Bulawayo Central" in text_of(tariro.last)


async def test_more_than_ten_rows_are_paged_and_numbers_mean_what_is_shown(tariro: Talk) -> None:
    await tariro.give("register", "Tariro Moyo", "no", "Manicaland", "Mutare")
    assert [choice.title for choice in choices_of(tariro.last)][-2:] == ["Retailer", "More"]
    await tariro.tap("More")
    assert choices_of(tariro.last)[0].title == "Transport"
    await tariro.say("2")
    assert "Hardware" in text_of(tariro.last)


async def test_a_word_that_could_be_the_answer_is_asked_about_once(tariro: Talk) -> None:
    await tariro.give(*NEW_DONOR[:3])
    [which] = await tariro.say("Home")
    assert "“Home”" in text_of(which)
    [purpose] = await tariro.tap("It is my answer")
    assert "give to" in text_of(purpose)
    await tariro.give("Youth Conference", "20 usd", "EcoCash", "0771111111")
    assert "Home, Manicaland" in text_of(tariro.last)


async def test_the_same_word_again_means_the_word(tariro: Talk) -> None:
    await tariro.say("donate")
    [which] = await tariro.say("home")
    assert "[Credex] [It is my answer]" in text_of(which)
    [told] = await tariro.say("home")
    assert "switched off" in text_of(told)
    assert "full name" in text_of(told)


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("check", "no payment to check"),
        ("status", "no payment to check"),
        ("history", "not given yet"),
        ("receipt", "no receipt yet"),
        ("continue", "nothing to continue"),
        ("help", "*donate*"),
        ("thanks!", "welcome"),
        ("donate", "finish this first"),
    ],
)
async def test_a_word_that_works_everywhere_works_where_a_name_is_asked(tariro: Talk, word: str, told: str) -> None:
    await tariro.say("donate")
    assert told in " ".join(map(text_of, await tariro.say(word)))
    await tariro.give("Tariro Moyo")
    assert "province" in text_of(tariro.last)


@pytest.mark.parametrize("text", ["yes", "No", "ok", "hongu", "YEBO!"])
async def test_yes_is_nobody_s_name(tariro: Talk, text: str) -> None:
    await tariro.say("donate")
    [told] = await tariro.say(text)
    assert "full name" in text_of(told)


@pytest.mark.parametrize("text", ["👍🏽", "👍👍", "❤️", "🙏🏿 🙏🏿", "Thank you so much!", "ndatenda zvikuru"])
async def test_thanks_and_thumbs_are_answered_lightly(tariro: Talk, text: str) -> None:
    [told] = await tariro.say(text)
    assert text_of(told) == "You are welcome."


@pytest.mark.parametrize("text", ["??", "help please", "please help", "HELP, please."])
async def test_help_may_be_asked_for_politely(tariro: Talk, text: str) -> None:
    [told] = await tariro.say(text)
    assert "Anywhere: *back*" in text_of(told)


@pytest.mark.parametrize("text", ["1", "2.", "9", "10", "0"])
async def test_a_bare_number_without_a_menu_is_no_gift(tariro: Talk, text: str) -> None:
    """The earlier system took the 1 of a menu for one dollar."""
    [told] = await tariro.say(text)
    assert "[Give]" in text_of(told)


@pytest.mark.parametrize("text", ["yes", "no", "ok", "confirm"])
async def test_a_yes_to_nothing_is_told_so(tariro: Talk, text: str) -> None:
    [told] = await tariro.say(text)
    assert "nothing to confirm" in text_of(told)


@pytest.mark.parametrize("text", ["0.5=>rudo_ncube", "0.5 USD=>rudo_ncube", "0.5->rudo_ncube=2026-12-31", "5 =>"])
async def test_a_credex_shortcut_is_no_gift_where_credex_is_off(tariro: Talk, text: str) -> None:
    [told] = await tariro.say(text)
    assert "Credex is switched off" in text_of(told)


async def test_verify_alone_tells_how_it_is_asked(tariro: Talk) -> None:
    [told] = await tariro.say("verify")
    assert "verify 2026-000001" in text_of(told)
    await tariro.say("verify ab")
    assert tariro.harness.only(VerifyReceipt).code == "ab"


async def test_all_that_the_code_on_a_receipt_says_may_be_verified(tariro: Talk) -> None:
    address = f"https://give.example.org/verify/R2.{'A' * 180}.{'B' * 86}"
    await tariro.say(f"verify {address}")
    assert tariro.harness.only(VerifyReceipt).code == address
    [told] = await tariro.told(ReceiptVerified(code=address, asked_by=tariro.member))
    assert "There is no receipt https://give.example.org/verify/R2.AAAAA… of ours." in text_of(told)


@pytest.mark.parametrize("reply", ["2", "It is my answer"])
async def test_the_reading_may_be_chosen_by_number_or_title(tariro: Talk, reply: str) -> None:
    await tariro.give(*NEW_DONOR[:3], "Home", reply)
    assert "give to" in text_of(tariro.last)


async def test_numbers_mean_what_was_shown_last(tariro: Talk) -> None:
    await tariro.give(*NEW_DONOR[:4], "language")
    [question] = await tariro.say("2")
    assert "Mungade kupa kuchinangwa chipi?" in text_of(question)
    [amount] = await tariro.say("2")
    assert "mari yakawanda sei" in text_of(amount)


async def test_continue_in_the_middle_of_something_loses_nothing(tariro: Talk) -> None:
    await tariro.give(*NEW_DONOR[:6], "register", "Tendai Ncube")
    [again] = await tariro.say("continue")
    assert "e-mail" in text_of(again)


async def test_tatenda_is_a_name_where_a_name_is_asked_for(tariro: Talk) -> None:
    await tariro.say("donate")
    [province] = await tariro.say("Tatenda")
    assert "province" in text_of(province)


async def test_a_tap_on_an_older_question_changes_that_answer(tariro: Talk) -> None:
    await tariro.give(*NEW_DONOR[:4])
    construction = next(choice for choice in choices_of(tariro.last) if choice.title == "Construction")
    await tariro.give(*NEW_DONOR[4:])
    [summary] = await tariro.tap_id(construction.id)
    assert "Changed." in text_of(summary)
    assert "for *Construction*" in text_of(summary)


async def test_a_tap_on_the_confirm_of_another_summary_confirms_nothing(tariro: Talk) -> None:
    """What was shown is what is agreed to."""
    await tariro.give(*NEW_DONOR)
    confirm = choices_of(tariro.last)[0]
    await tariro.give("edit", "Amount", "300 usd")
    [told] = await tariro.tap_id(confirm.id)
    assert "older message" in text_of(told)
    assert "USD 300.00" in text_of(told)
    assert tariro.harness.all(RequestPayment) == []


async def test_a_tap_on_an_old_menu_does_what_it_says(tariro: Talk) -> None:
    await tariro.say("hi")
    give = choices_of(tariro.last)[0]
    await tariro.give(*NEW_DONOR, "confirm")
    await tariro.told(tariro.initiated(), *tariro.settled())
    [question] = await tariro.tap_id(give.id)
    assert "How much" in text_of(question)


async def test_a_tap_of_a_flow_that_is_over_says_so(tariro: Talk) -> None:
    await tariro.give(*NEW_DONOR[:5])
    old = choices_of(tariro.heard[-2])[0]
    await tariro.say("x")
    await tariro.give(*NEW_DONOR[:3])
    [told] = await tariro.tap_id(old.id)
    assert "older message" in text_of(told)


async def test_a_tap_is_never_taken_for_a_typed_answer(tariro: Talk) -> None:
    """The earlier system stored the name "action_donate"."""
    await tariro.say("donate")
    [told] = await tariro.tap_id("action_donate", "Donate")
    assert "older message" in text_of(told)
    assert "full name" in text_of(told)


async def test_back_after_edit_brings_the_old_answer_back(tariro: Talk) -> None:
    await tariro.give(*NEW_DONOR)
    await tariro.give("edit", "Amount")
    [summary] = await tariro.say("back")
    assert "USD 20.00" in text_of(summary)
    await tariro.say("edit")
    [summary] = await tariro.say("back")
    assert "[Confirm]" in text_of(summary)


async def test_back_at_the_first_question_offers_the_menu(tariro: Talk) -> None:
    await tariro.say("donate")
    [menu] = await tariro.say("back")
    assert len(choices_of(menu)) == 3


async def test_donate_in_the_middle_of_giving_loses_no_answer(tariro: Talk) -> None:
    """The earlier system took "donate" for the name."""
    for so_far in range(1, 6):
        await tariro.give("x", *NEW_DONOR[:so_far])
        question = text_of(tariro.last)
        await tariro.say("donate")
        if "[It is my answer]" in text_of(tariro.last):
            await tariro.say("donate")
        assert question in text_of(tariro.last)


async def test_who_comes_back_is_greeted_with_what_is_remembered(tariro: Talk) -> None:
    await tariro.give(*NEW_DONOR, "confirm")
    await tariro.told(tariro.initiated(), *tariro.settled())
    [greeting] = await tariro.say("hi")
    assert "Good morning, Tariro" in text_of(greeting)
    assert "USD 20.00 for Youth Conference by EcoCash" in text_of(greeting)


async def test_another_flow_in_the_middle_parks_the_first(tariro: Talk) -> None:
    await tariro.give(*NEW_DONOR[:6])
    [question] = await tariro.say("register")
    assert "full name" in text_of(question)
    await tariro.give("Tendai Ncube", "no", "Bulawayo", "Bulawayo West", "Welder", "confirm")
    [method] = await tariro.say("continue")
    assert "How would you like to pay?" in text_of(method)


async def test_try_again_while_the_payment_is_open_starts_no_second_one(tariro: Talk) -> None:
    """The earlier system charged twice when somebody retried while the first prompt was still there."""
    await tariro.give(*NEW_DONOR, "confirm")
    await tariro.told(tariro.initiated())
    [told] = await tariro.say("try again")
    assert "Your payment of USD 20.00 is still open: waiting for your approval" in text_of(told)
    assert choices_of(told) == []
    assert len(tariro.harness.all(RequestPayment)) == 1


async def test_a_second_gift_while_one_is_open_says_so_in_its_summary(tariro: Talk) -> None:
    await tariro.give(*NEW_DONOR, "confirm")
    await tariro.told(tariro.initiated())
    [summary] = await tariro.give("donate", "5 usd")
    assert "USD 20.00 is still open" in text_of(summary)


async def test_after_a_failed_initiation_try_again_shows_the_summary(tariro: Talk) -> None:
    """The earlier system's suggested retry reset the chat."""
    await tariro.give(*NEW_DONOR, "confirm")
    now = tariro.harness.clock.now()
    request = tariro.request
    failed = PaymentFailed(
        intent=request.intent, purpose=request.purpose, reason="unreachable", failed_at=now, **tariro.about()
    )
    await tariro.told(failed)
    [summary] = await tariro.tap("Try again")
    assert "*USD 20.00* for *Youth Conference*" in text_of(summary)


async def test_another_language_may_be_asked_for_in_a_sentence(tariro: Talk) -> None:
    [told] = await tariro.say("please speak shona")
    assert "Ndava kutaura chiShona" in text_of(told)


async def test_a_page_of_history_with_long_purposes_is_not_cut(tariro: Talk) -> None:
    await tariro.say("ndebele")
    purpose = "Ukulungisa uphahla lwendlu enkulu yesonto"[:40]
    await tariro.give("nika", *NEW_DONOR[1:4], "Okunye", purpose, "480 usd", "EcoCash", "0771111111", "yebo")
    for _number in range(8):
        now = tariro.harness.clock.now()
        expired = PaymentExpired(purpose=purpose, expired_at=now, **tariro.about())
        await tariro.told(tariro.initiated(), expired)
        await tariro.give("nika", "479.99 usd", "yebo")
    await tariro.told(tariro.initiated())
    [page] = await tariro.say("imbali")
    assert text_of(page).count("USD 4") == 7
    assert "[Okudala]" in text_of(page)


def test_a_long_text_with_things_to_tap_goes_first_by_itself() -> None:
    first, choices = Person().here.offer("x" * 1500, "menu").outgoing
    assert text_of(first) == "x" * 1500
    assert text_of(choices) == "Please choose: [Menu]"


@pytest.mark.parametrize("text", ["volunteer", "register me"])
async def test_what_is_wanted_is_begun(tariro: Talk, text: str) -> None:
    """The earlier system showed its menu again."""
    [question] = await tariro.say(text)
    assert "full name" in text_of(question)


async def test_what_is_this_is_answered_with_help(tariro: Talk) -> None:
    [told] = await tariro.say("what is this?")
    assert "*donate*" in text_of(told)


@pytest.mark.parametrize("text", ["home", "offer", "upgrade", "ledger"])
async def test_credex_words_say_that_it_is_off_where_it_is(tariro: Talk, text: str) -> None:
    [told] = await tariro.say(text)
    assert "switched off" in text_of(told)
    assert tariro.harness.all(OpenDashboard) == []


async def test_check_in_the_middle_of_a_flow_does_not_disturb_it(tariro: Talk) -> None:
    await tariro.give(*NEW_DONOR, "confirm")
    await tariro.told(tariro.initiated())
    await tariro.give("donate", "check")
    assert tariro.harness.only(CheckPayment).payment_id == tariro.about()["payment_id"]
    [summary] = await tariro.say("5 usd")
    assert "USD 5.00" in text_of(summary)


async def test_verify_asks_payments_and_tells_what_is_true(tariro: Talk) -> None:
    for text in ("verify 2026-000001", "Verify  2026-000001 ", "VERIFY 2026-000001"):
        await tariro.say(text)
    assert {asked.code for asked in tariro.harness.all(VerifyReceipt)} == {"2026-000001"}
    now = tariro.harness.clock.now()
    verified = ReceiptVerified(
        code="2026-000001",
        asked_by=tariro.member,
        receipt_number="2026-000001",
        issued_at=now,
        amount=Money.of("20", "USD"),
        purpose="Construction",
    )
    [told] = await tariro.told(verified)
    assert text_of(told) == "Receipt 2026-000001 is true: USD 20.00 for Construction, issued on 24 Nov 2026."
    [told] = await tariro.told(verified.model_copy(update={"replaces": "2025-000009", "replaced_by": "2026-000002"}))
    assert text_of(told).endswith(
        "It takes the place of 2025-000009. But 2026-000002 has taken its place: that one counts now."
    )
    [told] = await tariro.told(ReceiptVerified(code="2026-9", asked_by=tariro.member))
    assert "no receipt 2026-9 of ours" in text_of(told)


@pytest.mark.parametrize(
    ("words", "language"),
    [(("receipt", "as pdf"), "en"), (("shona", "risiti", "sepdf"), "sn"), (("ndebele", "irisidi", "njengepdf"), "nd")],
)
async def test_the_receipt_may_be_had_as_pdf_in_the_language_that_is_spoken(
    tariro: Talk, words: tuple[str, ...], language: str
) -> None:
    await tariro.give(*NEW_DONOR, "confirm")
    await tariro.told(tariro.initiated(), *tariro.settled())
    await tariro.give(*words)
    asked = tariro.harness.only(MakeReceiptDocument)
    assert (asked.payment_id, asked.language) == (tariro.about()["payment_id"], language)


@pytest.mark.parametrize(("environment", "made"), [({"RECEIPT_AS_PDF": "true"}, 1), ({}, 0)])
async def test_the_pdf_of_a_receipt_follows_its_text_where_the_setting_says_so(tariro: Talk, made: int) -> None:
    await tariro.give(*NEW_DONOR, "confirm")
    await tariro.give("ndebele")
    await tariro.told(tariro.initiated(), *tariro.settled())
    assert "*Irisidi 2026-000001*" in text_of(tariro.last)
    asked = tariro.harness.all(MakeReceiptDocument)
    expected = (tariro.about()["payment_id"], tariro.member, "nd")
    assert [(one.payment_id, one.payer, one.language) for one in asked] == [expected] * made


async def test_history_is_paged(tariro: Talk) -> None:
    await tariro.give(*NEW_DONOR, "confirm")
    await tariro.told(tariro.initiated(), *tariro.settled())
    for amount in range(1, 10):
        await tariro.give("donate", f"{amount} usd", "confirm")
        await tariro.told(tariro.initiated(), tariro.cancelled())
    [page] = await tariro.say("history")
    assert text_of(page).count("USD") == 7
    assert "USD 9.00" in text_of(page)
    [page] = await tariro.tap("Older ones")
    assert text_of(page).count("USD") == 3
    assert "USD 20.00" in text_of(page)


async def test_reactions_edits_and_deletions_change_nothing(tariro: Talk) -> None:
    await tariro.give(*NEW_DONOR[:4])
    assert await tariro.send(Reaction(message_id="wamid.1", emoji="👍")) == []
    assert await tariro.send(Changed(change="revoke", message_id="wamid.1")) == []
    [amount] = await tariro.say("Construction")
    assert "How much" in text_of(amount)


async def test_a_voice_note_is_answered_kindly_with_the_open_question(tariro: Talk) -> None:
    await tariro.give(*NEW_DONOR[:4])
    [told] = await tariro.send(Media(of="audio", voice=True))
    assert "voice notes" in text_of(told)
    assert "give to" in text_of(told)


class TestSwitchedOff:
    """What is off is in no menu, and its words say so."""

    @pytest.fixture
    def environment(self) -> dict[str, str]:
        return {"ENABLE_DONATIONS": "false", "ENABLE_REGISTRATION": "false"}

    async def test_it_is_in_no_menu_and_its_words_say_so(self, tariro: Talk) -> None:
        [menu] = await tariro.say("hi")
        assert [choice.title for choice in choices_of(menu)] == ["More"]
        for word in ("donate", "register", "give 20 usd", "retry"):
            [told] = await tariro.say(word)
            assert "switched off" in text_of(told)
        [told] = await tariro.say("help")
        assert "*donate*" not in text_of(told)
        assert "*register*" not in text_of(told)
