"""What is refused, in which words and in which order; nothing that is refused is stored."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sandbox.paynow import hashing, wire
from sandbox.paynow.settings import PaynowSettings
from sandbox.paynow.tests.merchant import USD_KEY, ZWG_KEY, Paynow, Starter, integrations
from sandbox.paynow.transactions import Transactions
from sandbox.paynow.validation import Refused, check_order
from shared.kernel.ids import seeded_chance

LONG = "x" * 33


async def refusal(paynow: Paynow, path: str, fields: wire.Pairs) -> str:
    answer = await paynow.post(f"/interface/{path}", fields)
    assert list(answer) == ["status", "error"]
    assert answer["status"] == "Error"
    return answer["error"]


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"id": None}, "Invalid Id."),
        ({"id": "30199"}, "Invalid Id."),
        ({"status": "Ok"}, "Invalid status field."),
        ({"reference": None}, "Invalid reference field."),
        ({"amount": "1E+1"}, "Invalid amount field."),
        ({"amount": "0.00"}, "Invalid amount field."),
        ({"amount": "-5"}, "Invalid amount field."),
        ({"amount": "1,000.00"}, "Invalid amount field."),
        ({"amount": "٥"}, "Invalid amount field."),
        ({"amount": "79228162514264337593543950336"}, "Conversion overflows."),
        ({"returnurl": "give.example.org"}, "The ReturnUrl must start with http:// or https://"),
        ({"returnurl": "http://x\nSet-Cookie: a=b"}, "The ReturnUrl must start with http:// or https://"),
        ({"resulturl": None}, "The ResultUrl must start with http:// or https://"),
        (
            {"authemail": "someone@example.org"},
            "The integration ID is in test mode, so if authemail is specified then it must match the merchants "
            "registered email address (t***r@e****.org)",
        ),
        ({"merchanttrace": LONG}, "The merchanttrace field must not be longer than 32 characters"),
    ],
)
async def test_a_senseless_web_payment_is_refused_in_paynows_words(
    paynow: Paynow, changed: dict[str, str | None], text: str
) -> None:
    assert await refusal(paynow, "initiatetransaction", paynow.fields(**changed)) == text
    assert await paynow.admin("GET", "transactions") == []


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"authemail": None}, "The authemail field is required for remote transactions"),
        ({"method": None}, "The method '' is not recognized"),
        ({"method": "Zipit"}, "The method 'Zipit' is not recognized"),
        (
            {"method": "innbucks"},
            "The ID specified is currently in test mode. This is not permitted for remote InnBucks transactions",
        ),
        ({"phone": "0771234567"}, "The integration ID is in test mode, so you must use a test case number"),
        ({"phone": "263771111111"}, "The integration ID is in test mode, so you must use a test case number"),
        (
            {"method": "vmc", "token": "x", "merchanttrace": "t"},
            "The integration ID is in test mode, so you must use a test case token",
        ),
        ({"method": "zimswitch", "token": "1" * 32}, "The merchanttrace field is required for token transactions"),
        ({"phone": "0774444444"}, "Insufficient balance"),
        ({"method": "zimswitch", "token": "4" * 32, "merchanttrace": "t"}, "Insufficient balance"),
        (
            {"method": "vmc", "token": "{44444444-4444-4444-4444-444444444444}", "merchanttrace": "t"},
            "Insufficient balance",
        ),
    ],
)
async def test_a_senseless_remote_transaction_is_refused_in_paynows_words(
    paynow: Paynow, changed: dict[str, str | None], text: str
) -> None:
    assert await refusal(paynow, "remotetransaction", paynow.express(**changed)) == text
    assert await paynow.admin("GET", "transactions") == []


async def test_checks_run_in_the_contracts_order(start: Starter) -> None:
    paynow = await start(integrations=integrations(methods=("ecocash", "innbucks")))
    await paynow.remote(paynow.express(merchanttrace="used"))
    wrong: dict[str, str | None] = {
        "id": "1",
        "status": "Ok",
        "reference": "",
        "amount": "x",
        "returnurl": "x",
        "resulturl": "x",
        "authemail": "x@y.z",
        "method": "zipit",
        "phone": "1",
        "merchanttrace": LONG,
    }
    mendings = [
        ({"id": "30101"}, "Invalid status field."),
        ({"status": "message"}, "Invalid reference field."),
        ({"reference": "DON-2"}, "Invalid amount field."),
        ({"amount": "79228162514264337593543950336"}, "Conversion overflows."),
        ({"amount": "1"}, "The ReturnUrl must start with http:// or https://"),
        ({"returnurl": "HTTP://x"}, "The ResultUrl must start with http:// or https://"),
        ({"resulturl": "https://x"}, "The integration ID is in test mode, so if authemail is specified"),
        ({"authemail": ""}, "The authemail field is required for remote transactions"),
        ({"authemail": "TREASURER@example.org"}, "The method 'zipit' is not recognized"),
        ({"method": "OMARI"}, "Integration ID 30101 does not have any ACTIVE 'omari' payment method"),
        ({"method": "InnBucks"}, "The ID specified is currently in test mode."),
        ({"method": "EcoCash"}, "The integration ID is in test mode, so you must use a test case number"),
        ({"phone": "077 444 4444"}, "The merchanttrace field must not be longer than 32 characters"),
        ({"merchanttrace": "used"}, "The merchanttrace specified has already been used"),
        ({"merchanttrace": "new"}, "Insufficient balance"),
    ]
    assert await refusal(paynow, "remotetransaction", paynow.fields(**wrong)) == "Invalid Id."
    for mending, text in mendings:
        wrong |= mending
        assert (await refusal(paynow, "remotetransaction", paynow.fields(**wrong))).startswith(text)
    assert (await paynow.remote(paynow.fields(**wrong | {"phone": "0771111111"})))["status"] == "Ok"


async def test_a_wrong_hash_is_told_how_the_right_one_starts_before_anything_else_is_looked_at(paynow: Paynow) -> None:
    fields = paynow.fields(amount="x", status="x")
    right = hashing.digest(fields, USD_KEY)
    answer = await paynow.post("/interface/initiatetransaction", fields, key=ZWG_KEY)
    assert answer == {"status": "Error", "error": f"Invalid Hash.  Hash should start with: {right[:6]}"}


async def test_a_missing_hash_is_a_wrong_hash(paynow: Paynow) -> None:
    async with paynow.session.post(
        f"{paynow.url}/interface/initiatetransaction", data=dict(paynow.fields())
    ) as response:
        assert "Invalid+Hash.++Hash+should+start+with%3a+" in await response.text()


async def test_a_field_given_twice_is_refused(paynow: Paynow) -> None:
    fields = [*paynow.fields(), ("Amount", "1.00")]
    assert (await paynow.initiate(fields))["error"] == "The field 'amount' is specified more than once"


@pytest.mark.parametrize(
    ("changed", "part"),
    [
        ({"kind": "link"}, "the id field specified is not a site integration"),
        ({"active": False}, "currently inactive"),
    ],
)
async def test_an_integration_that_cannot_be_used_is_refused_even_with_a_wrong_hash(
    start: Starter, changed: dict[str, object], part: str
) -> None:
    paynow = await start(integrations=integrations(**changed))
    answer = await paynow.post("/interface/initiatetransaction", paynow.fields(), key="wrong")
    assert part in answer["error"]


async def test_what_is_not_a_form_post_gets_a_web_page(paynow: Paynow) -> None:
    for path in ("initiatetransaction", "remotetransaction", "trace", "remoteotp"):
        async with paynow.session.get(f"{paynow.url}/interface/{path}") as response:
            assert (response.status, response.content_type) == (404, "text/html")
            assert "status=" not in await response.text()
        async with paynow.session.post(f"{paynow.url}/interface/{path}", json={"id": 30101}) as response:
            assert (response.status, response.content_type) == (200, "text/html")
            assert (await response.text()).startswith("<!DOCTYPE html>")


@pytest.mark.parametrize("path", ["/interface/initiatetransaction", "/Interface/InitiateTransaction/"])
async def test_the_case_of_a_path_does_not_count(paynow: Paynow, path: str) -> None:
    assert (await paynow.post(path, paynow.fields()))["status"] == "Ok"


@pytest.mark.parametrize("phone", ["263771111111", "+263 77 111 1111"])
async def test_a_lenient_stand_in_takes_international_test_numbers(start: Starter, phone: str) -> None:
    paynow = await start(lenient_phone=True)
    assert (await paynow.remote(paynow.express(phone)))["status"] == "Ok"


async def test_a_live_integration_takes_any_number_and_any_address(start: Starter) -> None:
    paynow = await start(integrations=integrations(mode="live"))
    answer = await paynow.remote(paynow.express("0771234567", authemail="payer@example.org"))
    assert answer["instructions"].startswith("Dial *151*2*4#")
    await paynow.advance(3600)
    assert (await paynow.poll(answer["pollurl"]))["status"] == "Sent"


async def test_a_merchanttrace_is_unique_over_both_currencies(paynow: Paynow) -> None:
    await paynow.initiate(paynow.fields(merchanttrace="once"))
    answer = await paynow.initiate(paynow.fields(id="30102", merchanttrace="once"))
    assert answer["error"] == "The merchanttrace specified has already been used"
    assert (await paynow.trace("once", "30102"))["status"] == "NotFound"


GOOD = {
    "id": "30101",
    "reference": "DON-1",
    "amount": "1.00",
    "returnurl": "http://x",
    "resulturl": "http://x",
    "authemail": "treasurer@example.org",
    "method": "ecocash",
    "phone": "0771111111",
    "token": "",
    "merchanttrace": "t",
    "status": "Message",
}


@given(st.dictionaries(st.sampled_from(list(GOOD)), st.text() | st.sampled_from(["vmc", "1e3", "9" * 30]), max_size=3))
@example({})
def test_whatever_is_sent_is_taken_or_refused(changed: dict[str, str]) -> None:
    signed = hashing.sign([*(GOOD | changed).items()], USD_KEY)
    settings = PaynowSettings(integrations=integrations())
    try:
        order = check_order(wire.Form(signed), settings, Transactions(seeded_chance(1)), remote=True)
    except Refused as refused:
        assert changed, str(refused)
    else:
        assert order.amount > 0
        assert order.reference
