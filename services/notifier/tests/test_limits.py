"""The limits hold in all replicas together, leave room for replies, and let one number's trouble be its own."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import redis.asyncio

from services.notifier.adapters.limits import PAIR_BURST, Limits, Verdict
from services.notifier.tests.conftest import ADDRESS, OTHER_NUMBER
from shared.contracts.gateway import Address
from shared.contracts.notifier import Purpose
from shared.kernel.clock import VirtualClock
from shared.store.redis import connect


@pytest.fixture
async def client(valkey_url: str) -> AsyncIterator[redis.asyncio.Redis]:
    client = connect(valkey_url)
    await client.flushdb()
    yield client
    await client.aclose()


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


def person(number: int) -> Address:
    return Address(phone_number_id="100", phone=f"+26377{number:07d}")


async def test_replicas_together_never_exceed_the_rate_in_any_second(
    client: redis.asyncio.Redis, clock: VirtualClock
) -> None:
    """All 400 ask as fast as a runner does and come back when told to: the queue drains at nearly the rate."""
    replicas = [Limits(client, clock, 80), Limits(client, clock, 80)]
    waiting: dict[int, float] = dict.fromkeys(range(400), 0.0)
    sent: list[float] = []
    asked = 0
    while waiting:
        due = [number for number, at in waiting.items() if at <= clock.monotonic()][:64]
        verdicts = await asyncio.gather(*(replicas[number % 2].take(person(number), "notice", None) for number in due))
        asked += len(due)
        for number, verdict in zip(due, verdicts, strict=True):
            if verdict.wait is None:
                del waiting[number]
                sent.append(clock.monotonic())
            else:
                waiting[number] = clock.monotonic() + verdict.wait
        await clock.advance(0.01)
    for second in sent:
        assert sum(second <= at < second + 1 for at in sent) <= 80
    assert sent[-1] < 400 / 64 + 1
    assert asked < 2.5 * 400, "who was told a place comes back about once"


async def test_a_person_gets_45_at_once_and_then_one_each_six_seconds(
    client: redis.asyncio.Redis, clock: VirtualClock
) -> None:
    limits = Limits(client, clock, 10_000)
    verdicts = [await limits.take(ADDRESS, "reply", None) for _ in range(46)]
    assert [verdict.wait for verdict in verdicts] == [None] * 45 + [6.0]
    assert await limits.take(OTHER_NUMBER, "reply", None) == Verdict()
    await clock.advance(5.9)
    assert (await limits.take(ADDRESS, "reply", None)).wait == pytest.approx(0.1, abs=0.01)
    await clock.advance(0.11)
    assert await limits.take(ADDRESS, "reply", None) == Verdict()
    assert (await limits.take(ADDRESS, "reply", None)).wait is not None


async def test_a_full_queue_of_reports_leaves_room_for_replies(
    client: redis.asyncio.Redis, clock: VirtualClock
) -> None:
    limits = Limits(client, clock, 80)
    went: Counter[Purpose] = Counter()
    order: tuple[Purpose, ...] = ("report", "notice", "reply")
    for place, purpose in enumerate(order):
        for number in range(20):
            went[purpose] += (await limits.take(person(100 * place + number), purpose, None)).wait is None
    assert went["report"] == 8
    assert went["notice"] == 4
    assert went["reply"] == 4
    wait = (await limits.take(person(999), "reply", None)).wait
    assert wait == pytest.approx(17 / 64, abs=0.01), "behind the 16 replies that wait, not behind the reports"


async def test_who_has_to_wait_for_the_pair_takes_nothing_of_the_number(
    client: redis.asyncio.Redis, clock: VirtualClock
) -> None:
    limits = Limits(client, clock, 500)
    for _ in range(PAIR_BURST + 30):
        await limits.take(ADDRESS, "reply", None)
    level = await client.hget("notifier:rate:100", "level")
    assert level is not None
    assert float(level) == 100 - PAIR_BURST


@pytest.mark.parametrize(
    ("scope", "stopped"),
    [
        ("message", set()),
        ("pair", {"same pair", "same pair by template"}),
        ("number", {"same pair", "same pair by template", "other person", "other person by template"}),
        ("account", {"same pair", "same pair by template", "other person", "other person by template", "other number"}),
        ("template", {"same pair by template", "other person by template"}),
        ("templates", {"same pair by template", "other person by template"}),
    ],
)
async def test_a_pause_stops_its_scope_and_nobody_else(
    client: redis.asyncio.Redis, clock: VirtualClock, scope: str, stopped: set[str]
) -> None:
    limits = Limits(client, clock, 80)
    await limits.pause(scope, ADDRESS, "notice", timedelta(seconds=30))  # type: ignore[arg-type]  # a word of Scope
    asks = {
        "same pair": (ADDRESS, None),
        "same pair by template": (ADDRESS, "notice"),
        "other person": (person(1), None),
        "other person by template": (person(1), "notice"),
        "other number": (OTHER_NUMBER, None),
    }

    async def held() -> set[str]:
        verdicts = {name: await limits.take(address, "reply", template) for name, (address, template) in asks.items()}
        return {name for name, verdict in verdicts.items() if verdict != Verdict()}

    assert await held() == stopped
    await clock.advance(30)
    assert await held() == set()


async def test_a_long_pause_is_looked_at_each_minute_and_a_short_one_does_not_shorten_it(
    client: redis.asyncio.Redis, clock: VirtualClock
) -> None:
    limits = Limits(client, clock, 80)
    await limits.pause("number", ADDRESS, None, timedelta(hours=1))
    await limits.pause("number", ADDRESS, None, timedelta(seconds=1))
    assert (await limits.take(ADDRESS, "reply", None)).wait == 60
    await clock.advance(3600)
    assert await limits.take(ADDRESS, "reply", None) == Verdict()


async def test_a_clock_that_is_behind_gives_nothing_away(client: redis.asyncio.Redis, clock: VirtualClock) -> None:
    ahead, behind = VirtualClock(clock.now() + timedelta(seconds=5)), clock
    for _ in range(PAIR_BURST):
        await Limits(client, ahead, 1000).take(ADDRESS, "reply", None)
    assert (await Limits(client, behind, 1000).take(ADDRESS, "reply", None)).wait is not None


async def test_the_keys_name_nobody(client: redis.asyncio.Redis, clock: VirtualClock) -> None:
    limits = Limits(client, clock, 80)
    await limits.take(ADDRESS, "reply", None)
    await limits.pause("pair", ADDRESS, None, timedelta(seconds=9))
    keys = await client.keys("*")
    assert len(keys) == 3
    assert not any(b"263771234567" in key for key in keys)
