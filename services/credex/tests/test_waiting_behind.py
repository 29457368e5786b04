"""An offer behind one whose outcome is not known: its maker is told at once, and after ten minutes it is not made."""

from __future__ import annotations

import pytest

from services.credex.domain.issue import QUEUE_PATIENCE
from services.credex.tests.world import World
from shared.contracts.credex import (
    CredexDelayed,
    CredexQueued,
    CredexUnavailable,
    MakeOffer,
    OfferMade,
    OutcomeUncertain,
)
from shared.kernel.credit import Credit

MINUTES = QUEUE_PATIENCE.total_seconds()


async def lose_one(world: World) -> MakeOffer:
    """An offer whose answer is lost, at a core that then shows nothing to anybody; the next one, not said yet."""
    lost, following = await world.offer("2.50"), await world.offer("1.00")
    await world.fault("reset_after", path="createCredex")
    await world.harness.say(lost)
    await world.fault("answer", path="login", times=None, status=503)
    return following


async def test_who_must_wait_behind_the_unknown_is_told_at_once_and_once(world: World) -> None:
    following = await lose_one(world)
    await world.say(following, following)
    told = await world.only(CredexQueued)
    assert (told.answers, told.amount, told.counterparty) == (
        following.intent,
        Credit.of("1.00", "USD"),
        "Themba Ndlovu Personal",
    )
    await world.harness.advance(120, step=5)
    assert world.harness.all(CredexQueued) == [told]
    await world.none(CredexDelayed)


async def test_who_waited_already_is_told_when_the_answer_ahead_is_lost(world: World) -> None:
    lost, following = await world.offer("2.50"), await world.offer("1.00")
    await world.fault("hang_after", path="createCredex")
    await world.harness.say(lost, following)
    await world.harness.advance(3, step=0.5)
    assert await world.only(OutcomeUncertain)
    assert (await world.only(CredexQueued)).answers == following.intent


async def test_what_waited_for_ten_minutes_is_told_as_not_made_and_never_made(world: World) -> None:
    following = await lose_one(world)
    await world.say(following)
    await world.harness.advance(MINUTES - 10, step=5)
    await world.none(CredexUnavailable)
    await world.harness.advance(30, step=5)
    told = await world.only(CredexUnavailable)
    assert (told.reason, told.answers, told.counterparty) == ("not_yet", following.intent, "Themba Ndlovu Personal")

    await world.bot.sim("faults", "DELETE")
    await world.harness.advance(600, step=5)
    await world.say(following)  # a late tap on the same button
    await world.harness.advance(60, step=5)

    assert (await world.only(OfferMade)).found_later
    assert [credex["amount"] for credex in await world.at_core()] == ["2.50 USD"]
    again = await world.offer("1.00")
    await world.say(again)
    assert world.harness.last(OfferMade).answers == again.intent


async def test_what_is_asked_of_a_service_that_then_stands_still_for_long_is_not_made_late(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = await world.offer()
    await world.fault("delay", path="login", seconds=0.5)
    monkeypatch.setattr("services.credex.domain.issue.QUEUE_PATIENCE", -2 * QUEUE_PATIENCE)
    await world.say(command)
    await world.harness.advance(5, step=1)
    assert (await world.only(CredexUnavailable)).answers == command.intent
    assert await world.at_core() == []
