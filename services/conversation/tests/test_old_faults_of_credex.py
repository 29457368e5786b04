"""Faults that the earlier credex bot had (its study, 9.2 and era A), each by name; more of them in test_credex.py."""

from __future__ import annotations

import pytest

from services.conversation.domain.credex import as_kept
from services.conversation.tests.core import CREDEX_ON, LARGE, SMALL, CredexTalk, account, offer, view
from services.conversation.tests.talk import choices_of, only, text_of
from shared.contracts.credex import (
    AcceptOffers,
    AccountFound,
    AnswerOffer,
    CredexRefused,
    JoinCredex,
    MakeOffer,
    OpenAccount,
    OpenDashboard,
    RemoveMember,
    UpgradeTier,
)
from shared.contracts.credex_parts import Balances
from shared.kernel.credit import Credit


@pytest.fixture
def environment() -> dict[str, str]:
    return CREDEX_ON


@pytest.mark.parametrize("word", ["Cancel", "cancel", "x", "c", "no", "stop"])
async def test_cancel_at_the_confirmation_created_the_credit(person: CredexTalk, word: str) -> None:
    await person.say("0.5=>themba_n")
    await (person.tap(word) if word == "Cancel" else person.say(word))
    assert person.harness.all(MakeOffer) == []


async def test_amount_and_handle_of_an_earlier_offer_came_back_in_the_next(person: CredexTalk) -> None:
    await person.say("7=>themba_n")
    await person.say("cancel")
    assert "To whom?" in only(await person.say("offer"))
    assert "How much?" in only(await person.say("chipo_d"))
    await person.say("2")
    await person.say("at once")
    await person.tap("Confirm")
    made = person.harness.only(MakeOffer)
    assert (made.receiver_handle, made.amount) == ("chipo_d", Credit.of("2", "USD"))


async def test_the_receiver_was_whoever_had_been_looked_up_last(person: CredexTalk) -> None:
    await person.say("0.5=>themba_n")
    other = AccountFound(member=person.member, answers="other", account_id="a-chipo", name="Chipo", handle="chipo_d")
    await person.told(other)
    await person.say("confirm")
    assert person.harness.only(MakeOffer).receiver_account_id == "a-themba"


async def test_totals_were_added_up_across_denominations(person: CredexTalk) -> None:
    amounts = (Credit.of("1234.50", "USD"), Credit.of("500", "ZWG"), Credit.of("0.0125", "XAU"), Credit.of("7", "CXX"))
    nothing = Credit.of("0.00", "USD")
    figures = Balances(
        secured=amounts[::-1], payables=nothing, receivables=nothing, net_unsecured=nothing, net=Credit.of("9", "USD")
    )
    person.known = view(2, account("a-1", "Tariro Moyo").model_copy(update={"balances": figures}))
    text = only(await person.say("balances"))
    assert "Secured, to give now: USD 1,234.50, CXX 7.000, XAU 0.0125, ZiG 500.00" in text
    assert "1,741" not in text


async def test_a_thousands_comma_broke_the_reading(person: CredexTalk) -> None:
    person.known = view(3, account("a-1", "Tariro Moyo"))
    assert "*USD 1,234.50* to" in only(await person.say("1,234.50=>themba_n"))


async def test_the_eleventh_offer_could_not_be_reached(person: CredexTalk) -> None:
    many = tuple(offer(f"in-{number}", f"{number}.50", "Themba Ndlovu") for number in range(1, 26))
    person.known = view(2, account("a-1", "Tariro Moyo", pending_in=many, pending_out=many), left="100.00")
    for word in ("offers", "my offers"):
        await person.say(word)
        seen: set[str] = set()
        for _ in range(6):
            rows = [choice.title for choice in choices_of(person.last)]
            assert len(rows) <= 10
            seen |= {row for row in rows if row.startswith("USD")}
            if "More" not in rows:
                break
            await person.tap("More")
        assert len(seen) == 25
        await person.say("cancel")


async def test_a_long_amount_broke_its_row(person: CredexTalk) -> None:
    long = [offer(f"in-{n}", "12345678901234567890.00", "A name " * 20) for n in range(2)]
    person.known = view(2, account("a-1", "Tariro Moyo", pending_in=tuple(long)))
    await person.say("offers")
    rows = choices_of(person.last)
    assert len(rows) >= 2
    assert all(len(row.title) <= 24 for row in rows)
    assert all(len(getattr(row, "description", None) or "") <= 72 for row in rows)


async def test_what_could_not_be_shown_was_asked_for_without_end(person: CredexTalk) -> None:
    beyond = [offer(f"in-{n}", "9" * 40, "Themba Ndlovu") for n in range(2)]
    person.known = view(2, account("a-1", "Tariro Moyo", pending_in=tuple(beyond)))
    said = await person.say("offers")
    assert "something went wrong" in text_of(said[-1])
    assert len(person.harness.all(OpenDashboard)) == 2


async def test_the_last_member_of_the_list_could_not_be_removed(person: CredexTalk) -> None:
    person.known = LARGE
    for text in ("members", "Tariro Moyo", "remove somebody"):
        await person.say(text)
    await person.tap(choices_of(person.last)[-1].title)
    await person.say("yes")
    assert person.harness.only(RemoveMember).person.name == "Themba Ndlovu"


async def test_nothing_was_said_of_a_member_who_is_not_there(person: CredexTalk) -> None:
    person.known = LARGE
    for text in ("members", "Moyo Bakery", "add somebody"):
        await person.say(text)
    person.says, person.rule = ["credex_refused"], "unknown_member"
    text = only(await person.say("nobody_x"))
    assert "no member with that handle" in text
    assert "Whom?" in text


@pytest.mark.parametrize("text", ["handle_action_offer", "acceptAllIncomingOffers", "process_offer", "accept_in-1"])
async def test_a_handler_s_name_that_was_typed_was_run(person: CredexTalk, text: str) -> None:
    await person.say("home")
    before = len(person.commands)
    assert len(await person.say(text)) == 1
    changes = (MakeOffer, AnswerOffer, AcceptOffers, UpgradeTier, OpenAccount)
    assert not any(isinstance(command, changes) for command in person.commands[before:])


async def test_a_failed_offer_was_met_with_silence_and_its_figure_kept_back(person: CredexTalk) -> None:
    reason = (
        "Your secured credex for 7.00 USD cannot be issued because your maximum securable USD balance is 1,005.00 USD"
    )
    about = {"member": person.member, "answers": "earlier", "asked": MakeOffer.NAME}
    told = CredexRefused(**about, rule="insufficient_balance", reason=reason)
    assert "at most USD 1,005.00 can be given now" in only(await person.told(told))
    limit = "You are only able to issue 7.50 USD until tomorrow. Limits renew at midnight UTC."
    told = CredexRefused(**about, rule="tier_limit", reason=limit)
    assert "at most USD 7.50 more today" in only(await person.told(told))
    for odd in (None, "", "no figure", "1.2.3 USD and ,,, USD"):
        told = CredexRefused(**about, rule="insufficient_balance", reason=odd)
        assert "not enough secured balance" in only(await person.told(told))
    upgrade = CredexRefused(**(about | {"asked": UpgradeTier.NAME}), rule="insufficient_balance", reason=reason)
    assert "nothing was charged" in only(await person.told(upgrade))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Zoë", "Zoe"),
        ("O'Neill", "ONeill"),
        ("Nomalanga-Grace", "Nomalanga-Grace"),
        ("N’Dlovu", "NDlovu"),
        ("李小龙", ""),
    ],
)
def test_a_name_was_shown_otherwise_than_it_was_kept(given: str, kept: str) -> None:
    assert as_kept(given) == kept


async def test_names_are_shown_before_they_are_sent_as_the_core_keeps_them(person: CredexTalk) -> None:
    person.known = None
    for text in ("home", "join", "Zoë", "O'Neill"):
        await person.say(text)
    assert "*Zoe ONeill*" in text_of(person.last)
    await person.tap("Confirm")
    joined = person.harness.only(JoinCredex)
    assert (joined.first_name, joined.last_name) == ("Zoe", "ONeill")
    person.known = LARGE
    for text in ("home", "new account", "Moyo's Bäckerei 24", "moyo_bakery", "USD"):
        await person.say(text)
    assert "*Moyos Backerei 24*" in text_of(person.last)
    assert SMALL.account is not None
