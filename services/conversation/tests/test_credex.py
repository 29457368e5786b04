"""Credex in the chat beyond its transcripts: what is looked up, refused, delayed, not known; and what is sent."""

from __future__ import annotations

from datetime import date

import pytest

from services.conversation.domain.credex import CredexView
from services.conversation.engine.session import Session
from services.conversation.store import SESSIONS
from services.conversation.tests.core import CREDEX_ON, LARGE, OPEN, SMALL, CredexTalk, account, offer, view
from services.conversation.tests.talk import choices_of, only, text_of
from services.conversation.texts import credex as texts
from shared.contracts.credex import (
    AcceptOffers,
    AnswerOffer,
    CredexDelayed,
    CredexQueued,
    CredexShown,
    CredexUnavailable,
    FindAccount,
    MakeOffer,
    OfferNoticed,
    OpenDashboard,
    OutcomeUncertain,
    OutcomeUnderReview,
)
from shared.contracts.gateway import CoreNoticeReceived
from shared.contracts.notifier import SendMessage
from shared.kernel.credit import Credit


@pytest.fixture
def environment() -> dict[str, str]:
    return CREDEX_ON


async def test_home_logs_in_by_phone_and_shows_figures_with_their_decimals(person: CredexTalk) -> None:
    text = only(await person.say("home"))
    assert person.harness.only(OpenDashboard).phone == "+263771111111"
    for part in ("USD 50.00, XAU 0.0025", "still offer today: USD 100.00", "Offers to you: 2", "Your open offers: 1"):
        assert part in text
    assert "[New account]" not in text, "what the tier does not allow is not shown as possible"
    assert "more accounts, no daily limit (Hustler)" in text
    assert "[Upgrade]" in text


async def test_several_accounts_are_all_shown_and_more_can_be_done(person: CredexTalk) -> None:
    person.known = LARGE
    text = only(await person.say("home"))
    for part in ("*Tariro Moyo*", "*Moyo Bakery*", "[Switch account]", "[New account]", "[Members]", "[Notices]"):
        assert part in text
    assert "[Upgrade]" not in text


async def test_an_amount_is_sent_as_it_was_shown_and_a_double_tap_makes_one_offer(person: CredexTalk) -> None:
    assert "*USD 0.50* to *Themba Ndlovu*" in only(await person.say("0.5=>themba_n"))
    confirm = next(choice for choice in choices_of(person.last) if choice.title == "Confirm")
    person.is_silent = True
    await person.tap_id(confirm.id)
    assert "on its way already" in only(await person.tap_id(confirm.id))
    made = person.harness.only(MakeOffer)
    assert (made.amount, made.secured, made.due_date) == (Credit.of("0.5", "USD"), True, None)


async def test_cancel_at_the_summary_sends_nothing(person: CredexTalk) -> None:
    await person.say("0.5=>themba_n")
    assert "Cancelled" in only(await person.tap("Cancel"))
    assert person.harness.all(MakeOffer) == []


async def test_another_handle_is_looked_up_anew_and_back_crosses_a_look(person: CredexTalk) -> None:
    await person.say("0.5=>themba_n")
    await person.tap("Edit")
    await person.tap("To whom")
    assert "(@chipo_d)" in only(await person.say("chipo_d"))
    assert [asked.handle for asked in person.harness.all(FindAccount)] == ["themba_n", "chipo_d"]
    await person.say("cancel")
    await person.say("offer")
    await person.say("themba_n")
    assert "To whom?" in only(await person.say("back"))


async def test_an_unknown_handle_is_asked_for_again_even_when_it_is_the_same(person: CredexTalk) -> None:
    await person.say("home")
    await person.say("offer")
    for _ in range(2):
        person.says = ["credex_refused"]
        person.rule = "unknown_account"
        text = only(await person.say("nobody"))
        assert "no account with that handle" in text
        assert "To whom?" in text
    assert "How much?" in only(await person.say("themba_n"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("5->themba_n=2026-11-26", "too early"),
        ("5->themba_n=2027-11-26", "too late"),
        ("0.5=>", "comes a handle"),
        ("5=>themba_n=2026-12-20", "has no date"),
        ("0.123 usd=>themba_n", "decimals"),
    ],
)
async def test_a_shortcut_that_does_not_fit_is_told_the_right_form(person: CredexTalk, text: str, words: str) -> None:
    assert words in only(await person.say(text))
    assert person.harness.all(MakeOffer) == []


async def test_the_lowest_tier_is_not_asked_for_a_date_nor_lets_more_go_than_its_limit(person: CredexTalk) -> None:
    person.known = OPEN
    assert only(await person.say("5->themba_n")).endswith(
        "need the Verified tier; *upgrade* gives more than that. With => instead of -> your offer is settled at once."
    )
    assert "at most USD 10.00 more today" in only(await person.say("11=>themba_n"))
    assert "settled at once when it is accepted" in only(await person.say("9"))


async def test_what_is_not_known_is_said_honestly_and_the_outcome_comes_as_a_notice(person: CredexTalk) -> None:
    await person.say("0.5=>themba_n")
    person.is_silent = True
    await person.tap("Confirm")
    made = person.harness.only(MakeOffer)
    about = {"member": person.member, "answers": made.intent, "asked": made.NAME}
    assert "takes a little longer" in only(await person.told(CredexDelayed(**about)))
    assert "One moment" in only(await person.say("hello?"))
    unsure = {**about, "amount": made.amount, "counterparty": "Themba"}
    assert "not made twice" in only(await person.told(OutcomeUncertain(**unsure)))
    assert "a person looks into it" in only(await person.told(OutcomeUnderReview(**unsure)))
    assert "stands" in only(await person.told(person.reply(made)))


async def test_what_must_wait_behind_another_offer_and_what_waited_too_long_is_named(person: CredexTalk) -> None:
    about = {"member": person.member, "answers": "earlier", "asked": MakeOffer.NAME}
    which = {"amount": Credit.of("2.5", "USD"), "counterparty": "Themba"}
    assert "*USD 2.50* to Themba waits" in only(await person.told(CredexQueued(**about, **which)))
    upgrade = CredexQueued(**about, amount=Credit.of("1", "USD"))
    assert "your upgrade waits" in only(await person.told(upgrade))
    late = CredexUnavailable(**about, **which, reason="not_yet")
    assert "*USD 2.50* to Themba was not made and will not be" in only(await person.told(late))
    late = CredexUnavailable(**about, amount=Credit.of("1", "USD"), reason="not_yet")
    assert "not made and will not be" in only(await person.told(late))


async def test_while_an_offer_waits_behind_another_its_maker_may_do_something_else(person: CredexTalk) -> None:
    await person.say("0.5=>themba_n")
    person.is_silent = True
    await person.tap("Confirm")
    made = person.harness.only(MakeOffer)
    about = {"member": person.member, "answers": made.intent, "asked": made.NAME, "amount": made.amount}
    assert "waits for ten minutes at most" in only(await person.told(CredexQueued(**about, counterparty="Themba")))
    assert "To whom?" in only(await person.say("offer"))
    assert "stands" in only(await person.told(person.reply(made)))


@pytest.mark.parametrize("word", ["offers", "my offers"])
async def test_two_offers_that_look_the_same_are_both_in_reach(person: CredexTalk, word: str) -> None:
    same = (offer("c-1", "1.00", "Themba Ndlovu"), offer("c-2", "1.00", "Themba Ndlovu"))
    person.known = view(2, account("a-1", "Tariro Moyo", pending_in=same[:1], pending_out=same))
    if word == "offers":
        person.known = view(2, account("a-1", "Tariro Moyo", pending_in=same))
    await person.say(word)
    rows = [choice for choice in choices_of(person.last) if choice.title == "USD 1.00"]
    assert [row.description for row in rows] == ["Themba Ndlovu, settled at once"] * 2
    await person.tap_id(rows[1].id)
    await person.tap("Accept" if word == "offers" else "Take it back")
    assert person.harness.only(AnswerOffer).credex_id == "c-2"


async def test_accepting_all_carries_the_amounts_that_were_shown(person: CredexTalk) -> None:
    for words in ("offers", "accept all (2)", "yes"):
        await person.say(words)
    command = person.harness.only(AcceptOffers)
    assert command.amounts == {one.credex_id: one.amount for one in SMALL.accounts[0].pending_in}
    assert list(command.amounts) == list(command.credex_ids)


async def test_a_notice_has_buttons_that_act_on_the_offer_whenever_they_are_tapped(person: CredexTalk) -> None:
    noticed = OfferNoticed(
        member=person.member,
        what="made",
        credex_id="in-9",
        account_id="a-1",
        counterparty="Themba Ndlovu",
        amount=Credit.of("2.50", "USD"),
        secured=True,
    )
    await person.say("donate")
    [notice] = await person.told(noticed)
    assert "Themba Ndlovu offers you *USD 2.50* (settled at once). [Accept] [Decline] [Credex]" in text_of(notice)
    accept = choices_of(notice)[0]
    assert "Accepted: *USD 2.50*" in only(await person.tap_id(accept.id))
    person.says = ["offer_gone"]
    assert "no longer open: it was accepted" in only(await person.tap_id(accept.id))
    asked = person.harness.all(AnswerOffer)
    assert [(one.action, one.credex_id, one.account_id) for one in asked] == [("accept", "in-9", "a-1")] * 2
    assert len({one.intent for one in asked}) == 2


def test_how_an_offer_is_settled_is_told_only_while_it_waits_or_once_it_is_accepted() -> None:
    about = {"member": "M-1", "answers": "1", "credex_id": "c", "counterparty": "Themba Ndlovu", "secured": True}
    amount = Credit.of("2.50", "USD")
    notices = ("made", "accepted", "declined", "cancelled")
    told = {what: texts.noticed(OfferNoticed.model_validate({**about, "what": what})) for what in notices}
    assert {what for what, text in told.items() if "settled at once" in text} == {"made", "accepted"}
    states = ("OFFERS", "OWES", "CLEARED", "DECLINED", "CANCELLED", "EXPIRED")
    for term in ({}, {"secured": False, "due_date": date(2026, 12, 20)}):
        shown = {
            state: texts.in_full(CredexShown.model_validate({**about, **term, "amount": amount, "state": state}))
            for state in states
        }
        has_term = {state for state, text in shown.items() if "settled at once" in text or "due on" in text}
        assert has_term == {"OFFERS", "OWES", "CLEARED"}


async def test_the_chosen_account_is_the_one_that_offers_come_from(person: CredexTalk) -> None:
    person.known = LARGE
    await person.say("accounts")
    await person.say("Moyo Bakery")
    assert "from Moyo Bakery" in only(await person.say("1=>themba_n"))


async def test_partial_answers_are_put_together_by_account(person: CredexTalk) -> None:
    person.known = LARGE
    await person.say("home")
    person.known = CredexView(standing=LARGE.standing, accounts=(account("a-2", "New Bakery", "OPERATIONS"),))
    await person.say("offers")
    session = await person.harness.state("conversation", SESSIONS, person.member)
    assert isinstance(session, Session)
    assert session.credex is not None
    assert [one.name for one in session.credex.accounts] == ["New Bakery"], "a dashboard shows all"
    merged = LARGE.learned(None, (account("a-2", "New Bakery", "OPERATIONS"),), whole=False)
    assert {one.account_id: one.name for one in merged.accounts} == {"a-1": "Tariro Moyo", "a-2": "New Bakery"}


async def test_a_refusal_says_what_is_the_case_and_ends_the_flow(person: CredexTalk) -> None:
    await person.say("0.5=>themba_n")
    person.says = ["credex_refused"]
    assert "not enough secured balance" in only(await person.tap("Confirm"))
    assert SMALL.offer("in-1") is not None
    assert "understand" in only(await person.say("blah blah"))


async def test_what_the_core_itself_has_to_say_is_told_and_outside_the_window_by_template(person: CredexTalk) -> None:
    now = person.harness.clock.now()
    [said] = await person.told(CoreNoticeReceived(member=person.member, text="Rates change today.", received_at=now))
    assert text_of(said) == "Rates change today."
    template = person.harness.all(SendMessage)[-1].template
    assert template is not None
    assert (template.name, template.parameters[1]) == ("notice", "Rates change today.")
    await person.told(CoreNoticeReceived(member=person.member, text="Much to say. " * 100, received_at=now))
    template = person.harness.all(SendMessage)[-1].template
    assert template is not None
    assert template.parameters[1] == "Write to me here to read it."


async def test_a_notice_of_an_offer_goes_by_template_when_the_window_is_closed(person: CredexTalk) -> None:
    noticed = {"credex_id": "in-9", "account_id": "a-1", "counterparty": "Themba Ndlovu", "secured": True}
    await person.told(OfferNoticed(member=person.member, what="made", amount=Credit.of("2.50", "USD"), **noticed))
    template = person.harness.all(SendMessage)[-1].template
    assert template is not None
    assert (template.name, *template.parameters) == ("offer_notice", "Themba Ndlovu", "USD 2.50", "made an offer")
