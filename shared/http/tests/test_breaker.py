"""When a vendor is left alone, by whom, and when it is tried again; on a real Valkey."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest
import redis.asyncio

from shared.http.breaker import AFTER_TRIAL_SECONDS, FAILURES, OPEN_SECONDS, TRIAL_SECONDS, Breaker, CircuitOpen
from shared.kernel.clock import VirtualClock
from shared.store.redis import connect


@pytest.fixture
async def client(valkey_url: str) -> AsyncIterator[redis.asyncio.Redis]:
    client = connect(valkey_url)
    yield client
    await client.aclose()


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def replicas(client: redis.asyncio.Redis, clock: VirtualClock, key_prefix: str) -> tuple[Breaker, Breaker]:
    """The same circuit in two processes."""
    return Breaker(f"{key_prefix}vendor", client, clock), Breaker(f"{key_prefix}vendor", client, clock)


async def fail(breaker: Breaker, times: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(OSError, match="down"):
            async with breaker:
                raise OSError("down")


async def succeed(breaker: Breaker) -> None:
    async with breaker:
        await asyncio.sleep(0)


async def test_five_failures_in_a_row_open_the_circuit_for_all_replicas(replicas: tuple[Breaker, Breaker]) -> None:
    one, other = replicas
    await fail(one, FAILURES - 2)
    await fail(other)
    assert await one.health() == {"ok": True, "circuit_state": "closed"}

    await fail(other)

    assert await one.health() == {"ok": False, "circuit_state": "open"}
    for breaker in replicas:
        with pytest.raises(CircuitOpen) as refused:
            await succeed(breaker)
        assert refused.value.retry_after == OPEN_SECONDS


async def test_a_success_in_between_begins_the_count_again(replicas: tuple[Breaker, Breaker]) -> None:
    one, other = replicas
    await fail(one, FAILURES - 1)
    await succeed(other)
    await fail(one, FAILURES - 1)

    assert await one.state() == "closed"


async def test_after_a_minute_one_trial_is_made_and_closes_the_circuit(
    replicas: tuple[Breaker, Breaker], clock: VirtualClock
) -> None:
    one, other = replicas
    await fail(one, FAILURES)
    await clock.advance(OPEN_SECONDS - 1)
    with pytest.raises(CircuitOpen):
        await succeed(one)
    await clock.advance(1)
    assert await one.state() == "half_open"

    async with one:
        with pytest.raises(CircuitOpen) as refused:
            await succeed(other)
    assert refused.value.retry_after == AFTER_TRIAL_SECONDS  # nobody waits another minute for what is known soon

    await succeed(other)
    assert await one.state() == "closed"


async def test_a_trial_that_fails_opens_the_circuit_again_at_once(
    replicas: tuple[Breaker, Breaker], clock: VirtualClock
) -> None:
    one, other = replicas
    await fail(one, FAILURES)
    await clock.advance(OPEN_SECONDS)
    await fail(other)

    with pytest.raises(CircuitOpen) as refused:
        await succeed(one)
    assert refused.value.retry_after == OPEN_SECONDS


async def test_a_trial_whose_process_died_makes_room_for_another(
    replicas: tuple[Breaker, Breaker], clock: VirtualClock
) -> None:
    one, other = replicas
    await fail(one, FAILURES)
    await clock.advance(OPEN_SECONDS)
    await one.__aenter__()  # and never leaves
    await clock.advance(TRIAL_SECONDS)

    await succeed(other)
    assert await other.state() == "closed"


async def test_a_call_that_its_deadline_cuts_off_is_a_failure(replicas: tuple[Breaker, Breaker]) -> None:
    one, _ = replicas
    await fail(one, FAILURES - 1)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(None) as deadline, one:
            deadline.reschedule(0)  # now that the call is made
            await asyncio.Event().wait()

    assert await one.state() == "open"


async def test_without_redis_calls_are_made(clock: VirtualClock, caplog: pytest.LogCaptureFixture) -> None:
    client = connect("redis://127.0.0.1:1/0")
    breaker = Breaker("test:vendor", client, clock)
    caplog.set_level(logging.WARNING)
    await fail(breaker, FAILURES + 1)
    await succeed(breaker)

    assert await breaker.state() == "closed"
    assert "a circuit cannot be shared now" in caplog.text
    await client.aclose()
