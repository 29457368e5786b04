"""Status updates: retries, what they carry, and what is told when."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import pytest

from sandbox.paynow.tests.merchant import Paynow, Starter
from shared.kernel.clock import VirtualClock


async def test_a_refused_update_is_sent_again_ten_times_and_then_no_more(paynow: Paynow) -> None:
    paynow.merchant.answers = [500] * 100
    await paynow.remote(paynow.express())
    await paynow.advance(5)
    assert len(paynow.merchant.bodies) == 1
    for resend in range(10):
        # Waits double: 1, 2, 4 … 512 seconds.
        await paynow.advance(2**resend - 0.1)
        assert len(paynow.merchant.bodies) == resend + 1
        await paynow.advance(0.1)
        assert len(paynow.merchant.bodies) == resend + 2
    assert (await paynow.admin("GET", "clock"))["pending"] == 0
    await paynow.advance(7 * 24 * 3600)
    assert len(paynow.merchant.bodies) == 11
    assert len(set(paynow.merchant.bodies)) == 1
    log = await paynow.admin("GET", "callbacks")
    assert [made["attempt"] for made in log] == list(range(1, 12))
    assert {made["result"] for made in log} == {"500"}


async def test_an_update_that_is_taken_later_is_not_sent_again(paynow: Paynow) -> None:
    paynow.merchant.answers = [400, 503]
    await paynow.remote(paynow.express())
    await paynow.advance(3600)
    assert [made["result"] for made in await paynow.admin("GET", "callbacks")] == ["400", "503", "200"]


async def test_a_merchant_that_cannot_be_reached_is_tried_again(paynow: Paynow) -> None:
    # Nothing listens on port 1.
    await paynow.remote(paynow.express(resulturl="http://127.0.0.1:1/result"))
    await paynow.advance(3600)
    results = [made["result"] for made in await paynow.admin("GET", "callbacks")]
    assert results == ["ClientConnectorError"] * 11


async def test_an_address_that_cannot_be_one_is_an_error_of_the_merchant_not_of_the_stand_in(paynow: Paynow) -> None:
    await paynow.remote(paynow.express(resulturl="http://"))
    await paynow.advance(5)
    assert len(await paynow.admin("GET", "callbacks")) == 1


async def test_a_redirect_ends_the_delivery_and_is_not_followed(paynow: Paynow) -> None:
    paynow.merchant.answers = [302]
    await paynow.remote(paynow.express())
    await paynow.advance(3600)
    assert len(paynow.merchant.bodies) == 1


async def test_updates_carry_nothing_but_the_form(paynow: Paynow) -> None:
    async with paynow.session.post(paynow.url + "/_sim/clock", json={"advance": 0}):
        pass
    await paynow.remote(paynow.express())
    await paynow.advance(5)
    (headers,) = paynow.merchant.headers
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert not {"traceparent", "tracestate", "baggage", "cookie", "authorization"} & {name.lower() for name in headers}


async def test_every_change_is_told_and_in_order(paynow: Paynow) -> None:
    answer = await paynow.initiate(paynow.fields())
    number = answer["browserurl"].rsplit("/", 1)[1]
    changes = ["Sent", "Created", "Awaiting Delivery", "Delivered", "Disputed", "Refunded"]
    for status in changes:
        await paynow.force(number, status)
    assert paynow.merchant.statuses() == changes


async def test_only_final_changes_are_told_when_so_set(start: Starter) -> None:
    paynow = await start(final_callbacks_only=True)
    answer = await paynow.initiate(paynow.fields())
    number = answer["browserurl"].rsplit("/", 1)[1]
    for status in ("Sent", "Paid", "Disputed", "Refunded"):
        await paynow.force(number, status)
    assert paynow.merchant.statuses() == ["Paid", "Refunded"]


async def test_amounts_have_two_decimals(paynow: Paynow) -> None:
    await paynow.remote(paynow.express(amount="12.5"))
    await paynow.advance(5)
    assert paynow.merchant.updates()[0]["amount"] == "12.50"


@pytest.mark.parametrize("scale", [0, 0.01])
async def test_retries_are_scaled_as_well(start: Starter, scale: float) -> None:
    paynow = await start(time_scale=scale)
    paynow.merchant.answers = [500] * 100
    await paynow.remote(paynow.express())
    await paynow.advance(1030 * scale)
    assert len(paynow.merchant.bodies) == 11


async def silent_merchant(stack: AsyncExitStack) -> tuple[str, asyncio.Event]:
    """The address of a server that takes connections and never answers, and when it has taken one."""
    taken = asyncio.Event()
    gone = asyncio.Event()

    async def hold(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        taken.set()
        await gone.wait()
        writer.close()

    server = await asyncio.start_server(hold, "127.0.0.1", 0)
    stack.callback(server.close)
    stack.callback(gone.set)
    return f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/result", taken


async def test_a_merchant_that_does_not_answer_in_time_is_tried_again(start: Starter) -> None:
    async with AsyncExitStack() as stack:
        resulturl, _ = await silent_merchant(stack)
        paynow = await start(callback_timeout=0.05)
        await paynow.remote(paynow.express(resulturl=resulturl))
        await paynow.advance(6)
        results = [made["result"] for made in await paynow.admin("GET", "callbacks")]
        assert results == ["TimeoutError", "TimeoutError"]


async def test_a_merchant_that_does_not_answer_does_not_hold_up_the_end() -> None:
    async with AsyncExitStack() as stack:
        resulturl, taken = await silent_merchant(stack)
        async with AsyncExitStack() as sandbox:
            clock = VirtualClock()
            paynow = await Starter(sandbox)(clock, callback_timeout=3600)
            await paynow.remote(paynow.express(resulturl=resulturl))
            await clock.advance(5)
            await asyncio.wait_for(taken.wait(), 10)
            await asyncio.wait_for(sandbox.aclose(), 10)
