"""The virtual clock moves only when told to, and wakes sleepers at their time."""

from __future__ import annotations

import asyncio

from shared.kernel.clock import VirtualClock


async def test_sleepers_wake_in_order_and_at_their_time() -> None:
    clock = VirtualClock()
    woken: list[tuple[str, float]] = []

    async def sleeper(name: str, *naps: float) -> None:
        for nap in naps:
            await clock.sleep(nap)
            woken.append((name, clock.monotonic()))

    tasks = [asyncio.create_task(sleeper("slow", 5)), asyncio.create_task(sleeper("quick", 2, 2))]
    await clock.advance(3)
    assert woken == [("quick", 2)]
    await clock.advance(2)
    assert woken == [("quick", 2), ("quick", 4), ("slow", 5)]
    await asyncio.gather(*tasks)
    assert (clock.now() - VirtualClock().now()).total_seconds() == 5
