"""Offers made, accepted, declined, cancelled, one by one and several at once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.credex.domain.request import IntentReused
from services.credex.tests.world import CHIPO, NYASHA, TARIRO, THEMBA, World
from shared.contracts.credex import (
    AcceptOffers,
    CredexRefused,
    MakeOffer,
    NotAMember,
    OfferAccepted,
    OfferCancelled,
    OfferDeclined,
    OfferGone,
    OfferMade,
    OffersAccepted,
)
from shared.kernel.credit import Credit


async def test_an_offer_stands_once_and_its_answer_says_all(world: World) -> None:
    command = await world.offer("2.50")
    await world.say(command)
    made = await world.only(OfferMade)
    assert (made.member, made.answers, made.amount) == (TARIRO, command.intent, Credit.of("2.50", "USD"))
    assert (made.receiver_name, made.secured, made.found_later) == ("Themba Ndlovu Personal", True, False)
    assert made.standing is not None
    assert str(made.standing.remaining_usd) == "7.5"
    [account] = made.accounts
    assert [offer.credex_id for offer in account.pending_out] == [made.credex_id]
    [credex] = await world.at_core()
    assert (credex["id"], credex["amount"], credex["state"]) == (made.credex_id, "2.50 USD", "OFFERS")


async def test_a_promise_is_sent_with_its_due_date(world: World) -> None:
    made = await world.made("5", secured=False, due_date=date(2026, 12, 20))
    assert (made.secured, made.due_date) == (False, date(2026, 12, 20))
    [credex] = await world.at_core()
    assert (credex["due"], credex["secured"]) == ("2026-12-20", False)


async def test_a_double_tap_makes_one_offer(world: World) -> None:
    command = await world.offer()
    await world.say(command, command)
    await world.say(command)
    assert len(await world.at_core()) == 1
    assert await world.only(OfferMade)


async def test_an_intent_cannot_be_used_for_another_offer(world: World, caplog: pytest.LogCaptureFixture) -> None:
    command = await world.offer()
    await world.say(command)
    await world.say(command.model_copy(update={"amount": Credit.of("3", "USD")}))
    assert len(await world.at_core()) == 1
    assert IntentReused.__name__ in caplog.text


async def test_two_offers_from_one_account_go_out_one_after_the_other(world: World) -> None:
    commands = [await world.offer(amount) for amount in ("1.00", "2.00", "3.00")]
    asked = len(await world.requests())
    await world.say(*commands)
    await world.harness.advance(20, step=2)
    assert [event.answers for event in world.harness.all(OfferMade)] == [command.intent for command in commands]
    assert (await world.requests())[asked:] == ["login", "createCredex"] * 3


async def test_nothing_is_made_without_a_command(world: World) -> None:
    await world.offer()  # looked up, shown, and cancelled at the confirmation: no command is ever said
    await world.swept()
    assert await world.at_core() == []


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"amount": Credit.of("0.123", "USD")}, "decimals"),
        ({"amount": Credit.of("0", "USD")}, "amount"),
        ({"amount": Credit.of("-1", "USD")}, "amount"),
        ({"amount": Credit.of("1", "EUR")}, "denomination"),
        ({"secured": False}, "due_date"),
        ({"due_date": date(2026, 12, 20)}, "due_date"),
    ],
)
async def test_what_does_not_fit_our_own_rules_is_never_sent(world: World, change: dict[str, Any], rule: str) -> None:
    command = await world.offer(**change)
    await world.say(command)
    refused = await world.only(CredexRefused)
    assert (refused.rule, refused.answers, refused.asked) == (rule, command.intent, "credex.make_offer")
    assert "createCredex" not in await world.requests()


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"amount": Credit.of("10.01", "USD")}, "tier_limit"),
        ({"amount": Credit.of("0.0001", "XAU")}, "insufficient_balance"),
        ({"secured": False, "due_date": date(2026, 11, 30)}, "due_date"),
        ({"secured": False, "due_date": date(2026, 12, 29)}, "due_date"),
        ({"receiver_account_id": "9e4f7d21-83c5-4f1b-8b22-7a2e2c8d1b02"}, "no_access"),
    ],
)
async def test_the_core_s_refusals_are_told_by_code_with_its_own_sentence(
    world: World, change: dict[str, Any], rule: str
) -> None:
    command = await world.offer(**change)
    await world.say(command)
    refused = await world.only(CredexRefused)
    assert (refused.rule, refused.answers) == (rule, command.intent)
    assert refused.reason
    await world.say(await world.offer("1.00"))  # the queue goes on
    assert await world.only(OfferMade)


async def test_an_account_cannot_offer_to_itself(world: World) -> None:
    mine = (await world.account(TARIRO)).account_id
    await world.say(await world.offer(receiver_account_id=mine))
    assert (await world.only(CredexRefused)).rule == "same_account"


async def test_an_account_that_is_not_one_s_own_offers_nothing(world: World) -> None:
    theirs = (await world.account(THEMBA)).account_id
    mine = (await world.account(TARIRO)).account_id
    await world.say(await world.offer(issuer_account_id=theirs, receiver_account_id=mine))
    assert (await world.only(CredexRefused)).rule == "no_access"
    assert "createCredex" not in await world.requests()


async def test_who_is_no_member_offers_nothing(world: World) -> None:
    await world.say(await world.offer(member=NYASHA))
    assert (await world.only(NotAMember)).member == NYASHA


@pytest.mark.parametrize("quirk", [{"cancelNotFoundStatus": 400}, {"cancelNotFoundStatus": 404}])
async def test_offers_are_accepted_declined_and_cancelled(world: World, quirk: dict[str, int]) -> None:
    await world.bot.sim("quirks", **quirk)
    first, second, third = [await world.made(amount) for amount in ("1.00", "2.00", "3.00")]
    theirs, mine = first.receiver_account_id, first.issuer_account_id
    await world.answer(THEMBA, "accept", first.credex_id, theirs)
    await world.answer(THEMBA, "decline", second.credex_id, theirs)
    await world.answer(TARIRO, "cancel", third.credex_id, mine)
    accepted = await world.only(OfferAccepted)
    assert (accepted.credex_id, accepted.amount) == (first.credex_id, Credit.of("1", "USD"))
    assert Credit.of("51.00", "USD") in accepted.accounts[0].balances.secured
    assert (await world.only(OfferDeclined)).credex_id == second.credex_id
    assert (await world.only(OfferCancelled)).credex_id == third.credex_id
    assert [credex["state"] for credex in await world.at_core()] == ["CANCELLED", "DECLINED", "OWES"]


@pytest.mark.parametrize(
    ("before", "by", "action", "state"),
    [
        ("accept", THEMBA, "decline", "accepted"),
        ("accept", TARIRO, "cancel", "accepted"),
        ("decline", THEMBA, "accept", "declined"),
        ("decline", TARIRO, "cancel", "declined"),
        ("cancel", THEMBA, "accept", "cancelled"),
        ("cancel", THEMBA, "decline", "cancelled"),
    ],
)
async def test_an_offer_that_is_no_longer_open_is_told_with_what_became_of_it(
    world: World, before: Any, by: Any, action: Any, state: str
) -> None:
    made = await world.made()
    side = {TARIRO: made.issuer_account_id, THEMBA: made.receiver_account_id}
    first = TARIRO if before == "cancel" else THEMBA
    await world.answer(first, before, made.credex_id, side[first])
    await world.answer(by, action, made.credex_id, side[by])
    gone = await world.only(OfferGone)
    assert (gone.action, gone.state, gone.credex_id) == (action, state, made.credex_id)


@pytest.mark.parametrize(
    ("by", "action", "event"),
    [
        (THEMBA, "accept", OfferAccepted),
        (THEMBA, "decline", OfferDeclined),
        (TARIRO, "cancel", OfferCancelled),
    ],
)
async def test_what_was_done_before_is_done_already(world: World, by: Any, action: Any, event: Any) -> None:
    made = await world.made()
    side = {TARIRO: made.issuer_account_id, THEMBA: made.receiver_account_id}
    for _ in range(2):
        await world.answer(by, action, made.credex_id, side[by])
    assert [told.already for told in world.harness.all(event)] == [False, True]


async def test_who_has_no_say_is_refused_and_the_offer_stays_open(world: World) -> None:
    made = await world.made()
    await world.answer(TARIRO, "accept", made.credex_id, made.issuer_account_id)
    await world.answer(TARIRO, "decline", made.credex_id, made.issuer_account_id)
    await world.answer(THEMBA, "cancel", made.credex_id, made.receiver_account_id)
    assert [event.rule for event in world.harness.all(CredexRefused)] == ["no_access"] * 3
    assert [credex["state"] for credex in await world.at_core()] == ["OFFERS"]


async def test_an_expired_offer_is_gone(world: World) -> None:
    made = await world.made()
    for _ in range(3):
        await world.bot.sim("midnight")
    await world.answer(THEMBA, "accept", made.credex_id, made.receiver_account_id)
    assert (await world.only(OfferGone)).state == "unknown"


async def twelve(world: World) -> tuple[list[str], str]:
    """Twelve offers of Chipo's to Tariro, of which one is cancelled and one accepted by Tariro elsewhere."""
    issuer, receiver = await world.account(CHIPO), await world.account(TARIRO)
    made = [
        await world.made(
            f"1.{number:02}",
            member=CHIPO,
            issuer_account_id=issuer.account_id,
            receiver_account_id=receiver.account_id,
            receiver_name=receiver.name,
        )
        for number in range(12)
    ]
    ids = [event.credex_id for event in made]
    await world.answer(CHIPO, "cancel", ids[3], issuer.account_id)
    await world.bot.as_("263771111111", "acceptCredex", credexID=ids[7])
    return ids, receiver.account_id


async def test_accepting_all_of_twelve_tells_of_each(world: World) -> None:
    ids, account = await twelve(world)
    await world.say(AcceptOffers(member=TARIRO, intent="all", account_id=account, credex_ids=tuple(ids)))
    told = await world.only(OffersAccepted)
    results = {result.credex_id: result.result for result in told.results}
    assert list(results) == ids
    assert (results[ids[3]], results[ids[7]]) == ("gone", "already_accepted")
    assert [id for id, result in results.items() if result == "accepted"] == [
        id for number, id in enumerate(ids) if number not in {3, 7}
    ]
    assert told.accounts


async def test_accepting_all_without_a_fault_needs_one_request(world: World) -> None:
    first, second = await world.made("1.00"), await world.made("2.00")
    ids = (first.credex_id, second.credex_id)
    asked = len(await world.requests())
    await world.say(AcceptOffers(member=THEMBA, intent="all", account_id=first.receiver_account_id, credex_ids=ids))
    assert [result.result for result in (await world.only(OffersAccepted)).results] == ["accepted", "accepted"]
    assert (await world.requests())[asked:] == ["acceptCredexBulk"]


async def test_when_none_can_be_accepted_each_is_told(world: World) -> None:
    made = await world.made()
    await world.answer(TARIRO, "cancel", made.credex_id, made.issuer_account_id)
    command = AcceptOffers(
        member=THEMBA, intent="all", account_id=made.receiver_account_id, credex_ids=(made.credex_id,)
    )
    await world.say(command)
    assert [result.result for result in (await world.only(OffersAccepted)).results] == ["gone"]


async def test_offers_in_every_denomination_are_exact(world: World) -> None:
    for text, denomination in (("0.0001", "XAU"), ("0.001", "CXX"), ("1.10", "CAD"), ("100.01", "ZWG")):
        await world.bot.fund("263773333333", "1000", denomination)
        account = await world.account(CHIPO)
        command = await world.offer(
            member=CHIPO, issuer_account_id=account.account_id, amount=Credit.of(text, denomination)
        )
        await world.say(command)
    amounts = [credex["amount"] for credex in await world.at_core()]
    assert amounts == ["100.01 ZWG", "1.10 CAD", "0.001 CXX", "0.0001 XAU"]
    pending = (await world.account(CHIPO)).pending_out
    assert [str(offer.amount) for offer in pending] == ["ZWG 100.01", "CAD 1.10", "CXX 0.001", "XAU 0.0001"]


def test_a_command_keeps_the_digits_that_were_shown() -> None:
    command = MakeOffer(
        member=TARIRO,
        intent="i",
        issuer_account_id="a",
        receiver_account_id="b",
        receiver_name="B",
        receiver_handle="b_b",
        amount=Credit.of("0.10", "USD"),
        secured=True,
    )
    assert MakeOffer.model_validate_json(command.model_dump_json()).amount.amount.as_tuple().exponent == -2
