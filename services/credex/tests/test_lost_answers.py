"""When the core's word is lost: nothing is done twice, nothing is guessed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.credex.handlers import issuing, requests
from services.credex.tests.world import NYASHA, TARIRO, THEMBA, World
from shared.contracts.credex import (
    AcceptOffers,
    AnswerOffer,
    CredexJoined,
    CredexQueued,
    CredexUnavailable,
    JoinCredex,
    MakeOffer,
    OfferAccepted,
    OfferCancelled,
    OfferGone,
    OfferMade,
    OffersAccepted,
    OutcomeUncertain,
    OutcomeUnderReview,
    TierUpgraded,
)
from shared.kernel.credit import Credit

INTERNAL_ERROR = '{"message": "m", "data": {"action": {"id": null, "details": {"code": "ACCEPT_FAILED"}}}}'
ACTED = [
    {"effect": "reset_after"},
    {"effect": "hang_after"},
    {"effect": "answer_after", "status": 502},
    {"effect": "answer_after", "status": 500, "body": "{}"},
    {"effect": "answer_after", "status": 500, "body": INTERNAL_ERROR},
    {"effect": "answer_after", "status": 200, "body": "<html></html>"},
    {"effect": "answer_after", "status": 302, "body": ""},
]
NOT_ACTED = [
    {"effect": "reset_before"},
    {"effect": "hang_before"},
    {"effect": "answer", "status": 503},
    {"effect": "answer", "status": 200, "body": "<html></html>"},
]


def name(fault: dict[str, Any]) -> str:
    return f"{fault['effect']} {fault.get('status', '')} {fault.get('body', '')[:9]}"


@pytest.mark.parametrize("fault", ACTED, ids=name)
async def test_an_offer_whose_answer_is_lost_is_found_and_not_repeated(world: World, fault: dict[str, Any]) -> None:
    await world.made("2.50")  # one that looks the same, and is not it
    command = await world.offer("2.50")
    await world.fault(path="createCredex", **fault)
    await world.say(command)
    uncertain = await world.only(OutcomeUncertain)
    assert (uncertain.answers, uncertain.counterparty) == (command.intent, "Themba Ndlovu Personal")
    await world.harness.advance(20, step=1)
    made = world.harness.last(OfferMade)
    assert (made.answers, made.found_later) == (command.intent, True)
    assert len(await world.at_core()) == 2
    assert (await world.at_core())[0]["id"] == made.credex_id


@pytest.mark.parametrize("fault", NOT_ACTED, ids=name)
async def test_an_offer_that_never_arrived_is_told_so_after_two_looks(world: World, fault: dict[str, Any]) -> None:
    command = await world.offer()
    await world.fault(path="createCredex", **fault)
    await world.say(command)
    await world.harness.advance(40, step=1)
    await world.none(CredexUnavailable)
    await world.harness.advance(30, step=1)
    told = await world.only(CredexUnavailable)
    assert (told.reason, told.answers) == ("unreachable", command.intent)
    assert await world.at_core() == []


async def test_an_offer_made_by_a_slow_core_after_the_first_look_is_still_found(world: World) -> None:
    command = await world.offer()
    await world.fault("delay", path="createCredex", seconds=40)
    await world.say(command)
    await world.harness.advance(100, step=1)
    assert (await world.only(OfferMade)).found_later is True
    assert len(await world.at_core()) == 1


async def test_a_lost_offer_that_was_accepted_at_once_is_found_in_the_ledger(world: World) -> None:
    _, id = await world.offer_lost_and_accepted()
    await world.harness.advance(20, step=1)
    assert (await world.only(OfferMade)).credex_id == id


async def test_with_days_only_in_the_ledger_people_must_look(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    # Some drivers leave the day alone: then nobody knows whether it was before or after.
    from sandbox.credex_core import views  # noqa: PLC0415 only this test changes it

    whole = views.raw_date
    monkeypatch.setattr(
        views, "raw_date", lambda at: {k: v for k, v in whole(at).items() if k in {"year", "month", "day"}}
    )
    await world.bot.sim("quirks", rawNeo4jDates=True)
    command = await world.offer()
    await world.fault("reset_after", path="createCredex")
    await world.harness.say(command)
    [credex] = await world.at_core()
    await world.bot.as_("263772222222", "acceptCredex", credexID=credex["id"])
    await world.harness.advance(20, step=1)
    assert (await world.only(OutcomeUnderReview)).candidates == (credex["id"],)


async def test_two_candidates_go_to_review_and_the_queue_goes_on(world: World) -> None:
    command, following = await world.offer("2.50"), await world.offer("1.00")
    await world.fault("reset_after", path="createCredex")
    await world.harness.say(command)
    # Meanwhile the same person makes the same offer in another app.
    mine, theirs = command.issuer_account_id, command.receiver_account_id
    other = await world.bot.offer("263771111111", mine, theirs, "2.50")
    await world.say(following)
    await world.harness.advance(30, step=1)
    review = await world.only(OutcomeUnderReview)
    assert review.answers == command.intent
    assert len(review.candidates) == 2
    assert other.action["id"] in review.candidates
    assert (await world.only(OfferMade)).answers == following.intent


async def test_while_one_is_being_found_out_the_next_waits_with_a_kind_word(world: World) -> None:
    lost, following = await world.offer("2.50"), await world.offer("2.50")
    await world.fault("reset_before", path="createCredex")
    await world.say(lost)
    await world.say(following)
    await world.harness.advance(20, step=1)
    assert [event.answers for event in world.harness.all(CredexQueued)] == [following.intent]
    await world.none(OfferMade)
    await world.harness.advance(80, step=1)
    assert (await world.only(CredexUnavailable)).answers == lost.intent
    assert (await world.only(OfferMade)).answers == following.intent
    assert len(await world.at_core()) == 1


async def test_a_core_that_stays_away_for_long_leaves_it_to_people(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = await world.offer()
    await world.fault("reset_after", path="createCredex")
    await world.harness.say(command)
    await world.fault("answer", path="login", times=None, status=503)
    monkeypatch.setattr(issuing, "GIVE_UP", timedelta(minutes=15))
    await world.harness.advance(25 * 60, step=5)
    assert (await world.only(OutcomeUnderReview)).candidates == ()


@pytest.mark.parametrize("fault", ACTED[:3], ids=name)
async def test_a_lost_acceptance_is_found(world: World, fault: dict[str, Any]) -> None:
    made = await world.made()
    await world.fault(path="acceptCredex", **fault)
    await world.answer(THEMBA, "accept", made.credex_id, made.receiver_account_id)
    await world.harness.advance(15, step=1)
    told = await world.only(OfferAccepted)
    assert (told.already, told.amount) == (False, made.amount)
    assert (await world.requests()).count("acceptCredex") == 1


@pytest.mark.parametrize("fault", NOT_ACTED[:3], ids=name)
async def test_what_a_look_shows_not_to_be_done_is_asked_again(world: World, fault: dict[str, Any]) -> None:
    made = await world.made()
    await world.fault(path="cancelCredex", **fault)
    await world.answer(TARIRO, "cancel", made.credex_id, made.issuer_account_id)
    await world.harness.advance(15, step=1)
    assert (await world.only(OfferCancelled)).already is False
    assert (await world.requests()).count("cancelCredex") == 2


async def test_a_core_that_never_does_it_is_told_as_away_after_three_tries(world: World) -> None:
    made = await world.made()
    await world.fault("reset_before", path="acceptCredex", times=None)
    await world.answer(THEMBA, "accept", made.credex_id, made.receiver_account_id)
    await world.harness.advance(50, step=1)
    await world.none(CredexUnavailable)
    await world.harness.advance(30, step=1)
    assert (await world.only(CredexUnavailable)).reason == "unreachable"
    assert (await world.requests()).count("acceptCredex") == 3


async def test_a_lost_decline_of_what_was_cancelled_meanwhile_is_told_as_gone(world: World) -> None:
    made = await world.made()
    await world.fault("reset_before", path="declineCredex")
    await world.harness.say()
    await world.bot.as_("263771111111", "cancelCredex", credexID=made.credex_id)
    await world.answer(THEMBA, "decline", made.credex_id, made.receiver_account_id)
    await world.harness.advance(15, step=1)
    assert (await world.only(OfferGone)).state == "cancelled"


@pytest.mark.parametrize("effect", ["reset_after", "reset_before"])
async def test_a_lost_bulk_acceptance_tells_the_truth_of_each(world: World, effect: str) -> None:
    made = [await world.made(amount) for amount in ("1.00", "2.00", "3.00")]
    await world.answer(TARIRO, "cancel", made[1].credex_id, made[1].issuer_account_id)
    await world.fault(effect, path="acceptCredexBulk")
    ids = tuple(event.credex_id for event in made)
    await world.say(AcceptOffers(member=THEMBA, intent="all", account_id=made[0].receiver_account_id, credex_ids=ids))
    await world.harness.advance(30, step=1)
    results = (await world.only(OffersAccepted)).results
    assert [result.result for result in results] == ["accepted", "gone", "accepted"]


@pytest.mark.parametrize("effect", ["reset_after", "reset_before", "hang_after"])
async def test_joining_with_a_lost_answer_joins_once(world: World, effect: str) -> None:
    await world.fault(effect, path="onboardMember")
    await world.say(JoinCredex(member=NYASHA, intent="j", first_name="Nyasha", last_name="Banda"))
    await world.harness.advance(20, step=1)
    joined = await world.only(CredexJoined)
    assert (joined.already, joined.standing.first_name, len(joined.accounts)) == (False, "Nyasha", 1)


async def test_an_upgrade_with_a_lost_answer_is_found_and_charged_once(world: World) -> None:
    await world.fault("reset_after", path="hustler10k")
    command = await world.upgrade()
    await world.harness.advance(20, step=1)
    upgraded = await world.only(TierUpgraded)
    [charge] = await world.at_core()
    assert (upgraded.answers, upgraded.tier, upgraded.credex_id) == (command.intent, 3, charge["id"])


async def test_an_upgrade_that_never_arrived_may_be_asked_for_again(world: World) -> None:
    await world.fault("reset_before", path="hustler10k")
    await world.upgrade()
    await world.harness.advance(90, step=1)
    assert (await world.only(CredexUnavailable)).reason == "unreachable"
    await world.upgrade()
    assert await world.only(TierUpgraded)
    assert len(await world.at_core()) == 1


async def test_a_charge_without_the_tier_goes_to_people_and_blocks_another(world: World) -> None:
    await world.fault("reset_after", path="hustler10k")
    command = await world.upgrade()
    await world.bot.tier("263771111111", 1)  # the core charged, and failed before it raised the tier
    await world.harness.advance(20, step=1)
    assert (await world.only(OutcomeUnderReview)).answers == command.intent
    await world.upgrade()
    assert len(await world.at_core()) == 1


async def test_a_lost_answer_of_a_core_that_stays_away_is_never_told_as_nothing_done(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await world.made()
    await world.fault("reset_after", path="acceptCredex")
    await world.fault("answer", path="getCredex", times=None, status=503)
    await world.answer(THEMBA, "accept", made.credex_id, made.receiver_account_id)
    await world.harness.advance(12 * 60, step=5)
    assert (await world.only(OutcomeUncertain)).asked == "credex.answer_offer"
    monkeypatch.setattr(requests, "GIVE_UP", timedelta(minutes=20))
    await world.harness.advance(12 * 60, step=5)
    assert (await world.only(OutcomeUnderReview)).amount is None
    await world.none(CredexUnavailable)


async def test_a_core_that_comes_back_tells_what_it_had_done(world: World) -> None:
    made = await world.made()
    await world.fault("reset_after", path="acceptCredex")
    await world.fault("answer", path="getCredex", times=None, status=503)
    await world.answer(THEMBA, "accept", made.credex_id, made.receiver_account_id)
    await world.harness.advance(4 * 60, step=5)
    await world.bot.sim("faults", "DELETE")
    await world.harness.advance(120, step=2)
    assert (await world.only(OfferAccepted)).credex_id == made.credex_id
    assert await world.only(OutcomeUncertain)


async def test_a_refusal_whose_cause_cannot_be_looked_up_changed_nothing(world: World) -> None:
    made = await world.made()
    await world.answer(TARIRO, "cancel", made.credex_id, made.issuer_account_id)
    await world.fault("answer", path="getCredex", times=None, status=503)
    await world.answer(THEMBA, "accept", made.credex_id, made.receiver_account_id)
    await world.harness.advance(12 * 60, step=5)
    assert (await world.only(CredexUnavailable)).reason == "unreachable"


async def test_a_bulk_acceptance_that_never_arrives_leaves_each_open(world: World) -> None:
    made = await world.made()
    await world.fault("reset_before", path="acceptCredexBulk", times=None)
    command = AcceptOffers(
        member=THEMBA, intent="all", account_id=made.receiver_account_id, credex_ids=(made.credex_id,)
    )
    await world.say(command)
    await world.harness.advance(90, step=1)
    assert [result.result for result in (await world.only(OffersAccepted)).results] == ["unknown"]


@pytest.mark.parametrize("path", ["login", "createCredex", "acceptCredex"])
async def test_something_else_at_the_core_s_address_is_the_operator_s_affair(world: World, path: str) -> None:
    made = await world.made()
    command = await world.offer()
    await world.fault("answer", path=path, times=None, status=404, body="<html>no such page</html>")
    await world.say(command)
    await world.answer(THEMBA, "accept", made.credex_id, made.receiver_account_id)
    await world.harness.advance(10, step=1)
    told = await world.only(CredexUnavailable)
    assert (told.reason, told.asked) == (
        "misconfigured",
        "credex.answer_offer" if path == "acceptCredex" else "credex.make_offer",
    )


@pytest.mark.parametrize("world", [{"down": True}], indirect=True)
async def test_with_the_core_away_nothing_is_offered_and_that_is_said(world: World) -> None:
    offer = MakeOffer(
        member=TARIRO,
        intent="o1",
        issuer_account_id="a",
        receiver_account_id="b",
        receiver_name="B",
        receiver_handle="b_b",
        amount=Credit.of("1", "USD"),
        secured=True,
    )
    accept = AnswerOffer(member=TARIRO, intent="o2", action="accept", credex_id="c", account_id="a")
    await world.say(offer, accept)
    await world.harness.advance(200, step=2)
    assert {event.answers: event.reason for event in world.harness.all(CredexUnavailable)} == {
        "o1": "unreachable",
        "o2": "unreachable",
    }
