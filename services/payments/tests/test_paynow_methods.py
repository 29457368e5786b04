"""What Paynow is sent, and believed, for methods beyond a push to the phone; with the vectors of the contract."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.paynow import hashing, wire
from services.payments.ports import OneTimeCode
from services.payments.tests.script import INITIATION, POLL_URL, Connect, Script, signed
from services.payments.tests.test_paynow import EXPRESS, HASHES
from services.payments.tests.world import USD_KEY
from shared.outcalls.calls import Unclear

INITIATED = [
    vector
    for vector in HASHES
    if vector["kind"] == "initiate_response" and "staging" not in vector["body"]  # another host is not called
]
OTP = next(vector for vector in HASHES if vector["name"] == "omari-otp-submit")


async def test_a_page_is_asked_for_without_method_phone_and_address(script: Script, connect: Connect) -> None:
    script.body = signed(("status", "Ok"), ("browserurl", f"{script.origin}/pay"), ("pollurl", POLL_URL))

    answer = await (await connect(script.origin)).initiate(
        INITIATION.model_copy(update={"method": "web", "wallet": None})
    )

    assert answer.authorisation is not None
    assert answer.authorisation.link == f"{script.origin}/pay"
    [(path, body, _)] = script.asked
    pairs = wire.parse(body.decode())
    assert path == "/interface/initiatetransaction"
    assert hashing.verify(pairs, USD_KEY)
    assert [name for name, _ in pairs] == [
        "id",
        "reference",
        "amount",
        "additionalinfo",
        "returnurl",
        "resulturl",
        "merchanttrace",
        "status",
        "hash",
    ]


@pytest.mark.parametrize("vector", INITIATED, ids=lambda vector: str(vector["name"]))
async def test_accepted_pages_of_the_vectors_are_understood(
    script: Script, connect: Connect, vector: dict[str, Any]
) -> None:
    script.body = vector["body"].encode()

    paynow = await connect(script.origin, vector["key"])
    answer = await paynow.initiate(INITIATION.model_copy(update={"method": "web"}))

    told = dict(vector["pairs"])
    assert answer.authorisation is not None
    assert (answer.authorisation.link, answer.poll_url) == (told["browserurl"], told["pollurl"])


async def test_the_innbucks_code_of_the_vectors_is_understood(script: Script, connect: Connect) -> None:
    [vector] = [vector for vector in EXPRESS if vector["name"] == "express-response-innbucks"]
    script.body = vector["body"].encode()

    paynow = await connect(script.origin, vector["key"])
    answer = await paynow.initiate(INITIATION.model_copy(update={"method": "innbucks", "wallet": None}))

    assert answer.authorisation is not None
    assert (answer.authorisation.code, answer.authorisation.code_expires) == ("701234567", "23-Nov-2026 14:05")


async def test_a_one_time_code_is_sent_as_the_vector_has_it(script: Script, connect: Connect) -> None:
    script.body = b"status=Error&error=Invalid+OTP"
    paynow = await connect(script.origin, OTP["key"])

    answer = await paynow.try_code(OneTimeCode(currency="USD", url=f"{script.origin}/otp?guid=1", code="012345"))

    assert answer.report is None
    assert script.asked[0][:2] == ("/otp?guid=1", OTP["body"].encode())


@pytest.mark.parametrize("body", [b"status=Error&error=Trace+failed", b"<html>", b"status=Paid"])
async def test_what_proves_nothing_of_a_one_time_code_leaves_it_unclear(
    script: Script, connect: Connect, body: bytes
) -> None:
    script.body = body

    with pytest.raises(Unclear):
        await (await connect(script.origin)).try_code(
            OneTimeCode(currency="USD", url=f"{script.origin}/otp", code="012345")
        )


@pytest.mark.parametrize(
    ("method", "fields"),
    [
        ("omari", [("otpreference", "OM1"), ("remoteotpurl", "https://evil.example/otp")]),
        ("omari", [("otpreference", "OM1")]),
        ("web", [("browserurl", "https://evil.example/pay")]),
        ("web", []),
        ("innbucks", []),
    ],
)
async def test_a_way_to_authorise_that_leads_elsewhere_or_is_missing_is_not_told(
    script: Script, connect: Connect, method: str, fields: list[tuple[str, str]]
) -> None:
    script.body = signed(("status", "Ok"), ("pollurl", POLL_URL), *fields)
    paynow = await connect(script.origin)

    with pytest.raises(Unclear):
        await paynow.initiate(INITIATION.model_copy(update={"method": method}))
    with pytest.raises(Unclear):
        await paynow.try_code(OneTimeCode(currency="USD", url="https://evil.example/otp", code="012345"))
    assert len(script.asked) == 1
