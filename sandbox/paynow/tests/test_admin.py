"""The admin API: what a tester asks for, and what is wrong in a request that does not fit."""

from __future__ import annotations

import pytest

from sandbox.paynow.tests.merchant import USD_KEY, Paynow
from sandbox.paynow.transactions import Status


async def test_transactions_are_listed_newest_first_and_without_keys(paynow: Paynow) -> None:
    await paynow.initiate(paynow.fields(reference="DON-1"))
    await paynow.remote(paynow.express(reference="DON-2", merchanttrace="t"))
    listed = await paynow.admin("GET", "transactions")
    assert [(known["reference"], known["method"], known["status"]) for known in listed] == [
        ("DON-2", "ecocash", "Sent"),
        ("DON-1", "web", "Created"),
    ]
    assert await paynow.admin("GET", f"transactions/{listed[0]['paynowreference']}") == listed[0]
    assert USD_KEY not in str(listed)


async def test_a_status_can_be_forced_quietly(paynow: Paynow) -> None:
    answer = await paynow.remote(paynow.express())
    path = f"transactions/{answer['paynowreference']}"
    await paynow.admin("POST", f"{path}/status", {"status": "Refunded", "callback": False})
    assert paynow.merchant.bodies == []
    await paynow.admin("POST", f"{path}/callback")
    assert paynow.merchant.statuses() == ["Refunded"]


async def test_reset_forgets_everything_that_was_and_was_to_be(paynow: Paynow) -> None:
    answer = await paynow.remote(paynow.express(merchanttrace="t"))
    await paynow.arm("html-200", times=None)
    await paynow.admin("POST", "reset")
    await paynow.advance(60)
    assert paynow.merchant.bodies == []
    assert await paynow.admin("GET", "transactions") == []
    assert await paynow.admin("GET", "callbacks") == []
    assert (await paynow.poll(answer["pollurl"]))["status"] == "Error"
    assert (await paynow.remote(paynow.express(merchanttrace="t")))["status"] == "Ok"


async def test_the_clock_tells_the_time_that_it_was_moved_to(paynow: Paynow) -> None:
    before = await paynow.admin("GET", "clock")
    assert before == {"now": "2026-11-24T08:00:00+00:00", "pending": 0}
    await paynow.remote(paynow.express())
    assert await paynow.admin("POST", "clock", {"advance": 3}) == {"now": "2026-11-24T08:00:03+00:00", "pending": 1}


@pytest.mark.parametrize(
    ("path", "body", "status", "error"),
    [
        ("transactions/1/callback", None, 404, "No transaction has this number."),
        ("innbucks/000000000/approve", None, 404, "No InnBucks transaction has this code."),
        ("clock", {"advance": -1}, 400, "advance: Input should be greater than or equal to 0."),
        ("transactions/31000001/delivered", None, 409, "Delivered cannot follow Sent; what can: "),
        ("transactions/31000001/status", {"status": "Gone"}, 400, "status: Input should be 'Created'"),
    ],
)
async def test_what_does_not_fit_is_told_in_a_sentence(
    paynow: Paynow, path: str, body: object, status: int, error: str
) -> None:
    await paynow.remote(paynow.express())
    async with paynow.session.post(f"{paynow.url}/_sim/{path}", json=body) as response:
        assert response.status == status
        assert (await response.json())["error"].startswith(error)


async def test_a_body_that_is_neither_json_nor_form_is_refused(paynow: Paynow) -> None:
    async with paynow.session.post(f"{paynow.url}/_sim/clock", data="{") as response:
        assert response.status == 400
        assert await response.json() == {"error": "The body is neither JSON nor a form."}


ALLOWED = {
    "delivered": {"Awaiting Delivery", "Disputed"},
    "dispute": {"Awaiting Delivery", "Delivered", "Paid"},
    "refund": {"Awaiting Delivery", "Delivered", "Paid", "Disputed"},
}


@pytest.mark.parametrize("present", list(Status))
@pytest.mark.parametrize("action", list(ALLOWED))
async def test_buysafe_allows_what_the_contract_allows(paynow: Paynow, action: str, present: Status) -> None:
    answer = await paynow.remote(paynow.express())
    path = f"transactions/{answer['paynowreference']}"
    await paynow.force(answer["paynowreference"], present)
    async with paynow.session.post(f"{paynow.url}/_sim/{path}/{action}") as response:
        assert response.status == (200 if present in ALLOWED[action] else 409)
