"""The stand-in runs on the clock that it is given, and stops at once whatever it waits for."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import aiohttp
import pytest

from sandbox.paynow.tests.merchant import Starter
from shared.kernel.clock import SystemClock, VirtualClock


async def test_things_happen_by_themselves_as_the_clock_goes_on(start: Starter) -> None:
    clock = VirtualClock()
    paynow = await start(clock)
    await paynow.remote(paynow.express("0772222222"))
    await paynow.remote(paynow.express("0771111111"))
    await clock.advance(5)
    await asyncio.wait_for(paynow.merchant.told.wait(), 10)
    assert [update["paynowreference"] for update in paynow.merchant.updates()] == ["31000002"]
    paynow.merchant.told.clear()
    await clock.advance(25)
    await asyncio.wait_for(paynow.merchant.told.wait(), 10)
    assert [update["paynowreference"] for update in paynow.merchant.updates()] == ["31000002", "31000001"]


async def test_on_the_machines_clock_a_scale_of_nothing_means_at_once(start: Starter) -> None:
    paynow = await start(SystemClock(), time_scale=0)
    answer = await paynow.remote(paynow.express("0773333333"))
    await asyncio.wait_for(paynow.merchant.told.wait(), 10)
    assert paynow.merchant.statuses() == ["Cancelled"]
    assert (await paynow.poll(answer["pollurl"]))["status"] == "Cancelled"


async def test_an_answer_that_is_held_back_does_not_hold_up_the_end() -> None:
    async with AsyncExitStack() as stack:
        paynow = await Starter(stack)()
        await paynow.arm("lost-answer", seconds=3600, on="initiate")
        call = asyncio.ensure_future(paynow.initiate(paynow.fields()))
        while (await paynow.admin("GET", "clock"))["pending"] == 0:
            assert not call.done()
        await paynow.session.close()
        # The server would wait a minute for an open request.
        await asyncio.wait_for(stack.aclose(), 10)
    with pytest.raises(aiohttp.ClientError):
        await call
