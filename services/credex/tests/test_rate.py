"""The core limits us by address: one bucket for all, people before the background, the core's own word obeyed."""

from __future__ import annotations

import contextlib

import pytest
import redis.asyncio

from services.credex.adapters.bucket import LATE_SECONDS, Bucket
from services.credex.ports import PATIENCE
from services.credex.tests.world import TARIRO, World
from shared.contracts.credex import AccountFound, CredexDelayed, CredexUnavailable, FindAccount, OfferMade
from shared.kernel.clock import VirtualClock
from shared.kernel.ids import seeded_chance
from shared.outcalls.calls import NotSent
from shared.store.redis import connect


def bucket(client: redis.asyncio.Redis, clock: VirtualClock, per_minute: int = 8, seed: int = 1) -> Bucket:
    return Bucket(client, per_minute, clock, seeded_chance(seed))


async def taken(bucket: Bucket, *, background: bool = False) -> int:
    """How many requests it lets through now."""
    for count in range(1000):
        try:
            await bucket.take("background" if background else "one", background=background)
        except NotSent:
            return count
    raise AssertionError("no limit")


async def must_wait(bucket: Bucket, who: str, *, background: bool = False) -> None:
    with pytest.raises(NotSent):
        await bucket.take(who, background=background)


async def test_replicas_share_one_limit(valkey: redis.asyncio.Redis) -> None:
    clock = VirtualClock()
    one, other = bucket(valkey, clock), bucket(valkey, clock, seed=2)
    for _ in range(4):
        await one.take("one", background=False)
    assert await taken(other) == 4
    assert await taken(one) == 0


async def test_no_minute_holds_more_than_the_limit_however_it_is_cut(valkey: redis.asyncio.Redis) -> None:
    clock = VirtualClock()
    limited = bucket(valkey, clock)
    times: list[float] = []
    for _ in range(400):
        times.extend([clock.monotonic()] * await taken(limited))
        await clock.advance(0.7)
    assert len(times) > 4 * 8 - 8
    for start in times:
        assert sum(start <= time < start + 60 for time in times) <= 8


async def test_the_wait_that_is_told_is_enough(valkey: redis.asyncio.Redis) -> None:
    clock = VirtualClock()
    limited = bucket(valkey, clock)
    await limited.take("one", background=False)
    await clock.advance(10)
    assert await taken(limited) == 7
    with pytest.raises(NotSent) as told:
        await limited.take("one", background=False)
    assert told.value.retry_after is not None
    assert 50 <= told.value.retry_after <= 51
    await clock.advance(told.value.retry_after)
    await limited.take("one", background=False)


async def test_the_background_leaves_room_for_people(valkey: redis.asyncio.Redis) -> None:
    limited = bucket(valkey, VirtualClock())
    assert await taken(limited, background=True) == 6
    assert await taken(limited) == 2


async def test_who_came_first_goes_first_even_when_others_ask_again_sooner(valkey: redis.asyncio.Redis) -> None:
    clock = VirtualClock()
    limited, other = bucket(valkey, clock, per_minute=4), bucket(valkey, clock, per_minute=4, seed=2)
    assert await taken(limited) == 4
    await clock.advance(10)
    line = [f"waiting-{number}" for number in range(6)]
    for number, who in enumerate(line):
        await must_wait((limited, other)[number % 2], who)
        await clock.advance(0.1)
    await clock.advance(45)
    got: list[str] = []
    for _ in range(140):
        await clock.advance(0.5)
        for who in reversed([who for who in line if who not in got]):  # the last are always the first to ask
            with contextlib.suppress(NotSent):
                await other.take(who, background=False)
                got.append(who)
    assert sorted(got[:4]) == line[:4]  # the places of one minute, in whatever order they were taken up
    assert got[4:] == line[:3:-1]


async def test_people_who_come_later_pass_the_background_that_waits(valkey: redis.asyncio.Redis) -> None:
    clock = VirtualClock()
    limited = bucket(valkey, clock, per_minute=4)
    assert await taken(limited) == 4
    await clock.advance(30)
    await must_wait(limited, "background", background=True)
    for number in range(3):
        await must_wait(limited, f"person-{number}")
    await clock.advance(31)
    await must_wait(limited, "background", background=True)
    for number in range(3):
        await limited.take(f"person-{number}", background=False)


async def test_a_place_is_given_on_when_nobody_comes_back_for_it(valkey: redis.asyncio.Redis) -> None:
    clock = VirtualClock()
    limited = bucket(valkey, clock, per_minute=4)
    assert await taken(limited) == 4
    await clock.advance(30)
    for number in range(4):
        await must_wait(limited, f"lost-{number}")
    await clock.advance(30 + LATE_SECONDS + 1)
    await limited.take("late", background=False)


async def test_who_gives_up_leaves_the_line(valkey: redis.asyncio.Redis) -> None:
    clock = VirtualClock()
    limited = bucket(valkey, clock, per_minute=4)
    await limited.hold(1000)
    for number in range(4):
        await must_wait(limited, f"person-{number}")
    await clock.advance(PATIENCE.total_seconds())
    for number in range(4):
        await must_wait(limited, f"person-{number}")
    await limited.hold(0)
    await limited.take("another", background=False)


async def test_what_was_given_back_may_be_taken_again(valkey: redis.asyncio.Redis) -> None:
    limited = bucket(valkey, VirtualClock(), per_minute=4)
    await limited.give_back(await limited.take("one", background=False))
    assert await taken(limited) == 4


async def test_the_core_s_own_word_holds_everybody(valkey: redis.asyncio.Redis) -> None:
    clock = VirtualClock()
    limited = bucket(valkey, clock)
    await limited.hold(30)
    assert await taken(bucket(valkey, clock)) == 0
    await clock.advance(30)
    assert await taken(limited) == 8


async def test_without_its_store_nothing_is_sent() -> None:
    away = connect("redis://127.0.0.1:1")
    limited = bucket(away, VirtualClock())
    with pytest.raises(NotSent):
        await limited.take("one", background=False)
    with pytest.raises(NotSent):
        await limited.hold(1)
    with pytest.raises(NotSent):
        await limited.give_back("B-1")
    await away.aclose()


@pytest.mark.parametrize("path", ["login", "createCredex"])
async def test_a_plain_text_429_is_waited_for_and_the_offer_made_once(world: World, path: str) -> None:
    command = await world.offer()
    await world.fault("answer", path=path, status=429, body="Too many requests, please try again later", retry_after=20)
    began = world.harness.clock.now()
    await world.harness.say(command)
    await world.harness.advance(15, step=1)
    await world.none(OfferMade)
    assert (await world.only(CredexDelayed)).answers == command.intent
    await world.harness.advance(15, step=1)
    assert (await world.only(OfferMade)).answers == command.intent
    assert (world.harness.clock.now() - began).total_seconds() >= 20
    assert len(await world.at_core()) == 1


async def test_a_429_that_does_not_say_when_is_given_a_minute(world: World) -> None:
    await world.fault("answer", path="login", status=429, body="slow down")
    await world.harness.say(FindAccount(member=TARIRO, request="q1", handle="263772222222"))
    await world.harness.advance(55, step=1)
    await world.none(AccountFound)
    await world.harness.advance(10, step=1)
    assert await world.only(AccountFound)


@pytest.mark.parametrize("world", [{"CREDEX_REQUESTS_PER_MINUTE": "30"}], indirect=True)
async def test_a_crowd_never_meets_the_core_s_limit(world: World, caplog: pytest.LogCaptureFixture) -> None:
    await world.bot.sim("limit", requests=30)
    crowd = [FindAccount(member=TARIRO, request=f"q{n}", handle="263772222222") for n in range(70)]
    await world.harness.say(*crowd)
    await world.harness.advance(30, step=1)
    assert len(world.harness.all(AccountFound)) < 70
    await world.harness.advance(170, step=1)
    answered = {event.answers for event in world.harness.all(AccountFound)}
    unanswered = {event.answers for event in world.harness.all(CredexUnavailable)}
    assert answered | unanswered == {command.request for command in crowd}
    assert len(answered) >= 55
    assert "we ask too much" not in caplog.text
