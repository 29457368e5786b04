"""What happens to a transaction by itself, on a clock that moves only when told to."""

from __future__ import annotations

from sandbox.paynow import hashing, wire
from sandbox.paynow.tests.merchant import USD_KEY, Paynow


async def test_the_success_number_is_paid_after_five_seconds_and_the_merchant_is_told(paynow: Paynow) -> None:
    answer = await paynow.remote(paynow.express("0771111111"))
    assert list(answer) == ["status", "instructions", "paynowreference", "pollurl", "hash"]
    assert answer["instructions"] == "This is a test transaction. Test Case: Success"
    await paynow.advance(4.9)
    assert (await paynow.poll(answer["pollurl"]))["status"] == "Sent"
    assert paynow.merchant.bodies == []
    await paynow.advance(0.1)
    assert (await paynow.poll(answer["pollurl"]))["status"] == "Paid"
    (body,) = paynow.merchant.bodies
    assert list(paynow.merchant.updates()[0]) == ["reference", "paynowreference", "amount", "status", "pollurl", "hash"]
    assert hashing.verify(wire.parse(body), USD_KEY)
