"""Every fault, by name: what a client and a merchant then see."""

from __future__ import annotations

import asyncio
import re
from decimal import Decimal

import aiohttp
import pytest

from sandbox.paynow import hashing, wire
from sandbox.paynow.faults import EFFECTS, FaultName
from sandbox.paynow.tests.merchant import USD_KEY, ZWG_KEY, Paynow, Starter


async def paid(paynow: Paynow, **changed: str | None) -> dict[str, str]:
    """A remote transaction that was paid after five seconds."""
    answer = await paynow.remote(paynow.express(**changed))
    await paynow.advance(5)
    return answer


async def test_duplicate_callback(paynow: Paynow) -> None:
    await paynow.arm("duplicate-callback")
    await paid(paynow)
    assert paynow.merchant.statuses() == ["Paid", "Paid"]
    assert paynow.merchant.bodies[0] == paynow.merchant.bodies[1]


async def test_delayed_callback(paynow: Paynow) -> None:
    await paynow.arm("delayed-callback", seconds=300)
    answer = await paid(paynow)
    assert (await paynow.poll(answer["pollurl"]))["status"] == "Paid"
    await paynow.advance(299)
    assert paynow.merchant.bodies == []
    await paynow.advance(1)
    assert paynow.merchant.statuses() == ["Paid"]


async def test_lost_callback(paynow: Paynow) -> None:
    await paynow.arm("lost-callback")
    answer = await paid(paynow)
    await paynow.advance(24 * 3600)
    assert paynow.merchant.bodies == []
    assert (await paynow.poll(answer["pollurl"]))["status"] == "Paid"
    assert [made["result"] for made in await paynow.admin("GET", "callbacks")] == ["lost"]


async def test_out_of_order_callback(paynow: Paynow) -> None:
    await paynow.arm("out-of-order-callback")
    await paid(paynow)
    assert paynow.merchant.statuses() == ["Paid", "Sent"]
    assert all(hashing.verify(wire.parse(body), USD_KEY) for body in paynow.merchant.bodies)


async def test_callback_before_answer(paynow: Paynow) -> None:
    await paynow.arm("callback-before-answer")
    await paynow.remote(paynow.express())
    assert paynow.merchant.statuses() == ["Paid"]
    await paynow.advance(60)
    assert paynow.merchant.statuses() == ["Paid"]


async def test_wrong_hash(paynow: Paynow) -> None:
    await paynow.arm("wrong-hash", on="callback")
    await paid(paynow)
    body = wire.parse(paynow.merchant.bodies[0])
    assert re.fullmatch("[0-9A-F]{128}", dict(body)["hash"])
    assert not hashing.verify(body, USD_KEY)
    assert not hashing.verify(body, ZWG_KEY)


async def test_other_currency_key(paynow: Paynow) -> None:
    await paynow.arm("other-currency-key", on="callback")
    await paid(paynow)
    body = wire.parse(paynow.merchant.bodies[0])
    assert not hashing.verify(body, USD_KEY)
    assert hashing.verify(body, ZWG_KEY)


async def test_tampered_amount(paynow: Paynow) -> None:
    await paynow.arm("tampered-amount", on="callback")
    await paid(paynow)
    assert paynow.merchant.updates()[0]["amount"] == "250.00"
    assert not hashing.verify(wire.parse(paynow.merchant.bodies[0]), USD_KEY)


async def test_boundary_shift(paynow: Paynow) -> None:
    await paynow.arm("boundary-shift", on="callback")
    answer = await paid(paynow)
    update = paynow.merchant.updates()[0]
    assert update["paynowreference"] == answer["paynowreference"][:-1]
    assert Decimal(update["amount"]) == Decimal(answer["paynowreference"][-1] + "25.00")
    assert hashing.verify(wire.parse(paynow.merchant.bodies[0]), USD_KEY)


async def test_extra_field(paynow: Paynow) -> None:
    await paynow.arm("extra-field", times=None)
    answer = await paid(paynow)
    assert list(answer)[-2:] == ["settlementbatch", "hash"]
    assert hashing.verify([*answer.items()], USD_KEY)
    assert hashing.verify(wire.parse(paynow.merchant.bodies[0]), USD_KEY)
    assert "settlementbatch" in paynow.merchant.updates()[0]


async def test_capitalised_names(paynow: Paynow) -> None:
    await paynow.arm("capitalised-names")
    answer = await paynow.initiate(paynow.fields())
    assert list(answer) == ["Status", "BrowserUrl", "PollUrl", "Hash"]
    assert hashing.verify([*answer.items()], USD_KEY)


async def test_upper_case_escapes(paynow: Paynow) -> None:
    usual = await paynow.post_raw("/interface/initiatetransaction", paynow.fields())
    await paynow.arm("upper-case-escapes")
    raw = await paynow.post_raw("/interface/initiatetransaction", paynow.fields())
    assert "%3a%2f%2f" in usual
    assert "%3A%2F%2F" in raw
    assert hashing.verify(wire.parse(raw), USD_KEY)


async def test_comma_in_reference(paynow: Paynow) -> None:
    await paynow.arm("comma-in-reference", on="poll")
    answer = await paid(paynow)
    polled = await paynow.poll(answer["pollurl"])
    assert polled["paynowreference"] == "31,000,001"
    assert hashing.verify([*polled.items()], USD_KEY)


@pytest.mark.parametrize("place", ["initiate", "remote"])
async def test_lost_answer(paynow: Paynow, place: str) -> None:
    await paynow.arm("lost-answer", on=place, seconds=0)
    with pytest.raises(aiohttp.ClientError):
        await (
            paynow.initiate(paynow.fields(merchanttrace="t"))
            if place == "initiate"
            else paynow.remote(paynow.express(merchanttrace="t"))
        )
    assert (await paynow.trace("t"))["reference"] == "DON-1"


@pytest.mark.parametrize(("name", "status"), [("html-200", 200), ("html-403", 403), ("status-500", 500)])
@pytest.mark.parametrize("accepted", [False, True])
async def test_html_pages(paynow: Paynow, name: str, status: int, accepted: bool) -> None:
    await paynow.arm(name, on="remote", accepted=accepted)
    async with paynow.session.post(
        f"{paynow.url}/interface/remotetransaction",
        data=dict(hashing.sign(paynow.express(merchanttrace="t"), USD_KEY)),
    ) as response:
        assert response.status == status
        assert (await response.text()).startswith("<!DOCTYPE html>")
    assert (await paynow.trace("t")).get("status") == ("Sent" if accepted else "NotFound")


@pytest.mark.parametrize("accepted", [False, True])
async def test_reset(paynow: Paynow, accepted: bool) -> None:
    await paynow.arm("reset", on="remote", accepted=accepted)
    with pytest.raises(aiohttp.ClientOSError):
        await paynow.remote(paynow.express(merchanttrace="t"))
    assert (await paynow.trace("t")).get("status") == ("Sent" if accepted else "NotFound")


async def test_slow_answer(paynow: Paynow) -> None:
    await paynow.arm("slow-answer", on="initiate", seconds=20)
    call = asyncio.ensure_future(paynow.initiate(paynow.fields(merchanttrace="t")))
    while (await paynow.admin("GET", "clock"))["pending"] == 0:
        assert not call.done()
    assert (await paynow.trace("t"))["status"] == "Created"
    await paynow.advance(19)
    assert not call.done()
    await paynow.advance(1)
    assert (await call)["status"] == "Ok"


async def test_poll_flapping(paynow: Paynow) -> None:
    await paynow.arm("poll-flapping")
    answer = await paynow.remote(paynow.express())
    seen = [(await paynow.poll(answer["pollurl"]))["status"]]
    await paynow.advance(5)
    seen += [(await paynow.poll(answer["pollurl"]))["status"] for _ in range(4)]
    assert seen == ["Sent", "Paid", "Sent", "Paid", "Paid"]


async def test_cancelled_then_paid(paynow: Paynow) -> None:
    await paynow.arm("cancelled-then-paid")
    answer = await paynow.remote(paynow.express("0773333333"))
    await paynow.advance(39)
    assert paynow.merchant.statuses() == ["Cancelled"]
    await paynow.advance(1)
    assert paynow.merchant.statuses() == ["Cancelled", "Paid"]
    assert (await paynow.poll(answer["pollurl"]))["status"] == "Paid"


async def test_refund_after_paid(paynow: Paynow) -> None:
    await paynow.arm("refund-after-paid", seconds=100)
    answer = await paid(paynow)
    await paynow.advance(99)
    assert paynow.merchant.statuses() == ["Paid"]
    await paynow.advance(1)
    assert paynow.merchant.statuses() == ["Paid", "Refunded"]
    assert (await paynow.poll(answer["pollurl"]))["status"] == "Refunded"


async def test_trace_error_then_not_found(paynow: Paynow) -> None:
    await paynow.arm("trace-error-then-not-found")
    await paynow.remote(paynow.express(merchanttrace="t"))
    assert await paynow.trace("t") == {"status": "Error", "error": "Trace failed"}
    missing = await paynow.trace("t")
    assert missing["status"] == "NotFound"
    assert hashing.verify([*missing.items()], USD_KEY)
    assert (await paynow.trace("t"))["status"] == "Sent"


def test_every_fault_of_the_stand_in_has_a_test_of_its_name() -> None:
    tested = {name.removeprefix("test_").replace("_", "-") for name in globals() if name.startswith("test_")}
    pages = {FaultName.HTML_200, FaultName.HTML_403, FaultName.STATUS_500}
    assert "html-pages" in tested
    assert set(FaultName) - pages <= tested
    assert set(EFFECTS) == set(FaultName)


async def test_a_fault_strikes_only_what_it_was_armed_for_and_only_so_often(paynow: Paynow) -> None:
    await paynow.arm("wrong-hash", on="initiate", currency="ZWG", reference="DON-2", times=2)

    async def good(**changed: str | None) -> bool:
        answer = await paynow.initiate(paynow.fields(**changed))
        return hashing.verify([*answer.items()], ZWG_KEY if changed["id"] == "30102" else USD_KEY)

    assert await good(id="30101", reference="DON-2")
    assert await good(id="30102", reference="DON-1")
    assert not await good(id="30102", reference="DON-2")
    assert not await good(id="30102", reference="DON-2")
    assert await good(id="30102", reference="DON-2")
    assert (await paynow.admin("GET", "faults"))["armed"] == []


async def test_names_and_escapes_can_vary_from_the_start(start: Starter) -> None:
    paynow = await start(vary_case=True)
    for _ in range(2):
        raw = await paynow.post_raw("/interface/initiatetransaction", paynow.fields())
        assert raw.startswith("Status=Ok&BrowserUrl=http%3A%2F%2F")


async def test_disarmed_faults_are_gone(paynow: Paynow) -> None:
    await paynow.arm("lost-answer", on="remote")
    await paynow.admin("DELETE", "faults")
    assert (await paynow.remote(paynow.express()))["status"] == "Ok"


@pytest.mark.parametrize(
    ("body", "part"),
    [
        ({"name": "earthquake"}, "name"),
        ({"name": "html-200", "on": "callback"}, "html-200 strikes only on initiate, remote, poll, trace, otp"),
        ({"name": "reset", "times": 0}, "times"),
        ({"name": "reset", "often": 3}, "often"),
        ([], "The body"),
    ],
)
async def test_a_fault_that_makes_no_sense_is_refused(paynow: Paynow, body: object, part: str) -> None:
    async with paynow.session.post(f"{paynow.url}/_sim/faults", json=body) as response:
        assert response.status == 400
        assert part in (await response.json())["error"]
