"""What happens to a transaction by itself, on a clock that moves only when told to."""

from __future__ import annotations

import pytest

from sandbox.paynow import hashing, wire
from sandbox.paynow.tests.merchant import USD_KEY, ZWG_KEY, Paynow, Starter, integrations

UPDATE = ["reference", "paynowreference", "amount", "status", "pollurl", "hash"]


async def test_the_success_number_is_paid_after_five_seconds_and_the_merchant_is_told(paynow: Paynow) -> None:
    answer = await paynow.remote(paynow.express("0771111111"))
    assert list(answer) == ["status", "instructions", "paynowreference", "pollurl", "hash"]
    assert answer["instructions"] == "This is a test transaction. Test Case: Success"
    assert answer["paynowreference"] == "31000001"
    assert answer["pollurl"].startswith(f"{paynow.url}/Interface/CheckPayment/?guid=")
    await paynow.advance(4.9)
    assert (await paynow.poll(answer["pollurl"]))["status"] == "Sent"
    assert paynow.merchant.bodies == []
    await paynow.advance(0.1)
    polled = await paynow.poll(answer["pollurl"])
    assert list(polled) == UPDATE
    assert (polled["reference"], polled["amount"], polled["status"]) == ("DON-1", "25.00", "Paid")
    assert paynow.merchant.updates() == [polled]
    assert hashing.verify(wire.parse(paynow.merchant.bodies[0]), USD_KEY)


@pytest.mark.parametrize(
    ("phone", "text", "outcome"),
    [("0772222222", "Delayed Success", "Paid"), ("0773333333", "User Cancelled", "Cancelled")],
)
async def test_the_other_numbers_end_after_thirty_seconds(paynow: Paynow, phone: str, text: str, outcome: str) -> None:
    answer = await paynow.remote(paynow.express(phone, id="30102", method="onemoney"))
    assert answer["instructions"] == f"This is a test transaction. Test Case: {text}"
    await paynow.advance(29.9)
    assert (await paynow.poll(answer["pollurl"]))["status"] == "Sent"
    await paynow.advance(0.1)
    assert (await paynow.poll(answer["pollurl"]))["status"] == outcome
    assert paynow.merchant.statuses() == [outcome]
    assert hashing.verify(wire.parse(paynow.merchant.bodies[0]), ZWG_KEY)


async def test_the_cancelled_number_may_end_as_failed(start: Starter) -> None:
    paynow = await start(cancelled_as="Failed")
    await paynow.remote(paynow.express("0773333333"))
    await paynow.advance(30)
    assert paynow.merchant.statuses() == ["Failed"]


@pytest.mark.parametrize(("digit", "outcome", "seconds"), [("1", "Paid", 5), ("2", "Paid", 30), ("3", "Cancelled", 30)])
async def test_test_tokens_behave_as_the_numbers(paynow: Paynow, digit: str, outcome: str, seconds: int) -> None:
    guid = "-".join(digit * length for length in (8, 4, 4, 4, 12))
    tokens = {"vmc": f"{{{guid}}}", "zimswitch": digit * 32}
    for method, token in tokens.items():
        answer = await paynow.remote(paynow.express(phone=None, method=method, token=token, merchanttrace=method))
        assert list(answer) == ["status", "paynowreference", "pollurl", "hash"]
    await paynow.advance(seconds - 0.1)
    assert paynow.merchant.bodies == []
    await paynow.advance(0.1)
    assert paynow.merchant.statuses() == [outcome, outcome]


async def test_time_can_be_scaled(start: Starter) -> None:
    paynow = await start(time_scale=0.1)
    await paynow.remote(paynow.express("0772222222"))
    await paynow.advance(2.9)
    assert paynow.merchant.bodies == []
    await paynow.advance(0.1)
    assert paynow.merchant.statuses() == ["Paid"]


async def test_under_buysafe_money_waits_for_delivery_and_a_day_more(start: Starter) -> None:
    paynow = await start(integrations=integrations(buysafe=True))
    answer = await paynow.remote(paynow.express())
    await paynow.advance(5)
    await paynow.admin("POST", f"transactions/{answer['paynowreference']}/delivered")
    await paynow.advance(24 * 3600 - 1)
    assert paynow.merchant.statuses() == ["Awaiting Delivery", "Delivered"]
    await paynow.advance(1)
    await paynow.admin("POST", f"transactions/{answer['paynowreference']}/dispute")
    await paynow.admin("POST", f"transactions/{answer['paynowreference']}/refund")
    assert paynow.merchant.statuses() == ["Awaiting Delivery", "Delivered", "Paid", "Disputed", "Refunded"]
    assert (await paynow.poll(answer["pollurl"]))["status"] == "Refunded"


async def test_a_dispute_stops_the_release_of_delivered_money(start: Starter) -> None:
    paynow = await start(integrations=integrations(buysafe=True))
    answer = await paynow.remote(paynow.express())
    await paynow.advance(5)
    await paynow.admin("POST", f"transactions/{answer['paynowreference']}/delivered")
    await paynow.admin("POST", f"transactions/{answer['paynowreference']}/dispute")
    await paynow.advance(48 * 3600)
    assert (await paynow.poll(answer["pollurl"]))["status"] == "Disputed"


async def test_innbucks_waits_for_the_payer_to_confirm_the_code(start: Starter) -> None:
    paynow = await start(integrations=integrations(mode="live"))
    answer = await paynow.remote(paynow.express(phone=None, method="innbucks"))
    assert list(answer) == [
        "status",
        "paynowreference",
        "pollurl",
        "authorizationcode",
        "authorizationexpires",
        "hash",
    ]
    assert len(answer["authorizationcode"]) == 9
    # The virtual clock stands at 8:00 UTC; Harare is two hours ahead, and a code lives ten minutes.
    assert answer["authorizationexpires"] == "24-Nov-2026 10:10"
    await paynow.admin("POST", f"innbucks/{answer['authorizationcode']}/approve")
    assert paynow.merchant.statuses() == ["Paid"]
    async with paynow.session.post(f"{paynow.url}/_sim/innbucks/{answer['authorizationcode']}/approve") as again:
        assert again.status == 409


async def test_an_expired_innbucks_code_cannot_be_confirmed(start: Starter) -> None:
    paynow = await start(integrations=integrations(mode="live"))
    answer = await paynow.remote(paynow.express(phone=None, method="innbucks"))
    await paynow.advance(601)
    async with paynow.session.post(f"{paynow.url}/_sim/innbucks/{answer['authorizationcode']}/approve") as late:
        assert late.status == 409
        assert await late.json() == {"error": "The code has expired; the payer needs a new transaction."}


def _otp(code: str) -> list[tuple[str, str]]:
    return [("id", "30101"), ("otp", code), ("status", "Message")]


async def test_omari_is_paid_with_the_code_from_the_sms(paynow: Paynow) -> None:
    answer = await paynow.remote(paynow.express("0719999999", method="omari"))
    assert list(answer) == ["status", "paynowreference", "pollurl", "otpreference", "remoteotpurl", "hash"]
    assert answer["remoteotpurl"].startswith(f"{paynow.url}/interface/remoteotp?guid=")
    wrong = await paynow.post(answer["remoteotpurl"], _otp("12345"))
    assert wrong == {"status": "Error", "error": "Invalid OTP"}
    paid = await paynow.post(answer["remoteotpurl"], _otp("012345"))
    assert list(paid) == UPDATE
    assert paid["status"] == "Paid"
    await paynow.quiet()
    assert paynow.merchant.statuses() == ["Paid"]
    again = await paynow.post(answer["remoteotpurl"], _otp("012345"))
    assert again["error"] == "The transaction is not waiting for an OTP"


async def test_the_fifth_wrong_code_cancels_an_omari_transaction(paynow: Paynow) -> None:
    answer = await paynow.remote(paynow.express("0719999999", method="omari"))
    for _ in range(4):
        assert (await paynow.post(answer["remoteotpurl"], _otp("0")))["error"] == "Invalid OTP"
    assert (await paynow.poll(answer["pollurl"]))["status"] == "Sent"
    assert (await paynow.post(answer["remoteotpurl"], _otp("0")))["error"] == "Invalid OTP"
    await paynow.quiet()
    assert paynow.merchant.statuses() == ["Cancelled"]


async def test_an_otp_of_another_integration_or_with_a_wrong_hash_is_refused(paynow: Paynow) -> None:
    answer = await paynow.remote(paynow.express("0719999999", method="omari"))
    other = [("id", "30102"), ("otp", "012345"), ("status", "Message")]
    assert (await paynow.post(answer["remoteotpurl"], other))["status"] == "Error"
    forged = await paynow.post(answer["remoteotpurl"], _otp("012345"), key="wrong")
    assert forged["error"].startswith("Invalid Hash.  ")
    assert (await paynow.poll(answer["pollurl"]))["status"] == "Sent"


async def test_what_a_person_did_first_is_not_undone_by_the_timeline(paynow: Paynow) -> None:
    answer = await paynow.remote(paynow.express("0771111111"))
    await paynow.force(answer["paynowreference"], "Cancelled")
    await paynow.advance(60)
    assert paynow.merchant.statuses() == ["Cancelled"]


async def test_details_of_instrument_and_token_come_only_with_paid_money(start: Starter) -> None:
    paynow = await start(integrations=integrations(instrument_details=True, can_tokenize=True))
    answer = await paynow.initiate(paynow.fields(tokenize="true"))
    number = answer["browserurl"].rsplit("/", 1)[1]
    assert list(await paynow.poll(answer["pollurl"])) == UPDATE
    await paynow.force(number, "Paid")
    update = paynow.merchant.updates()[0]
    assert list(update)[5:7] == ["token", "tokenexpiry"]
    assert update["tokenexpiry"] == "23-May-2027"
    assert update["paymentchannelcompleted"] == "24-Nov-2026 10:00:00"
    assert list(update)[-1] == "hash"
    assert hashing.verify(wire.parse(paynow.merchant.bodies[0]), USD_KEY)
    await paynow.force(number, "Refunded")
    assert list(paynow.merchant.updates()[1]) == UPDATE


async def test_the_same_seed_gives_the_same_guids(start: Starter) -> None:
    first, second = await start(seed=5), await start(seed=5)
    guids = [(await one.initiate(one.fields()))["pollurl"].partition("guid=")[2] for one in (first, second)]
    assert guids[0] == guids[1]


async def test_a_poll_works_by_get_too_and_knows_no_other_guid(paynow: Paynow) -> None:
    answer = await paynow.initiate(paynow.fields())
    async with paynow.session.get(answer["pollurl"].replace("Interface", "interface")) as response:
        assert dict(wire.parse(await response.text()))["status"] == "Created"
    unknown = await paynow.poll(f"{paynow.url}/Interface/CheckPayment/?guid=none")
    assert unknown == {"status": "Error", "error": "The transaction was not found"}


async def test_a_trace_finds_what_was_accepted_and_signs_that_it_found_nothing(paynow: Paynow) -> None:
    answer = await paynow.remote(paynow.express(merchanttrace="t-1"))
    found = await paynow.trace("t-1")
    assert list(found) == UPDATE
    assert found["pollurl"] == answer["pollurl"]
    assert hashing.verify([*found.items()], USD_KEY)
    missing = await paynow.trace("t-2")
    assert missing == {"status": "NotFound", "hash": hashing.digest([("status", "NotFound")], USD_KEY)}
