"""What is sent to Paynow and what is believed of its answers, with the contract's vectors as a server's answers."""

from __future__ import annotations

import asyncio
import json
import logging
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import pytest

from sandbox.paynow import hashing, wire
from services.payments.ports import InitiationAnswer, Poll, Trace
from services.payments.tests.script import INITIATION, POLL_URL, Connect, Script, signed
from services.payments.tests.world import USD_KEY, listener
from shared.outcalls.calls import NotSent, Unclear

VECTORS = Path(__file__).parents[3] / "tests" / "contracts" / "paynow"
HASHES: list[dict[str, Any]] = json.loads((VECTORS / "hash-vectors.json").read_text())
WIRE: list[dict[str, Any]] = json.loads((VECTORS / "wire-vectors.json").read_text())["wire"]
REPORTS = [vector for vector in HASHES if vector["kind"] in {"status_update", "poll_response"}]
EXPRESS = [vector for vector in HASHES if vector["kind"] == "express_response"]
NOT_FOUND = next(vector for vector in HASHES if vector["name"] == "trace-response-notfound")


async def test_an_initiation_says_what_the_contract_asks_for_in_the_order_of_its_hash(
    script: Script, connect: Connect
) -> None:
    script.body = signed(("status", "Ok"), ("pollurl", POLL_URL))

    await (await connect(script.origin)).initiate(INITIATION)

    [(path, body, content_type)] = script.asked
    assert (path, content_type) == ("/interface/remotetransaction", "application/x-www-form-urlencoded")
    pairs = wire.parse(body.decode())
    assert hashing.verify(pairs, USD_KEY)  # the stand-in's own reading: no code is shared
    assert list(pairs)[:-1] == [
        ("id", "30101"),
        ("reference", "P-0000000000AB"),
        ("amount", "20.50"),
        ("additionalinfo", "Youth & Co: 100% Zvakanaka é"),
        ("returnurl", "https://give.example.org/payment-return?ref=P-0000000000AB"),
        ("resulturl", "https://give.example.org/payment-result/USD?ref=P-0000000000AB"),
        ("authemail", "treasurer@example.org"),
        ("phone", "0771111111"),
        ("method", "ecocash"),
        ("merchanttrace", "T0123456789"),
        ("status", "Message"),
    ]


async def test_a_trace_says_what_the_contract_asks_for(script: Script, connect: Connect) -> None:
    script.body = NOT_FOUND["body"].encode()
    paynow = await connect(script.origin, NOT_FOUND["key"])

    answer = await paynow.trace(Trace(currency="USD", merchant_trace="T1"))

    assert answer.found is None
    [(path, body, _)] = script.asked
    pairs = wire.parse(body.decode())
    assert path == "/interface/trace"
    assert list(pairs)[:-1] == [("id", "30101"), ("merchanttrace", "T1"), ("status", "Message")]
    assert hashing.verify(pairs, NOT_FOUND["key"])


async def test_a_poll_has_an_empty_body(script: Script, connect: Connect) -> None:
    script.body = REPORTS[0]["body"].encode()
    paynow = await connect(script.origin, REPORTS[0]["key"])

    await paynow.poll(script.poll)

    assert script.asked[0][:2] == ("/poll?guid=1", b"")


@pytest.mark.parametrize("vector", EXPRESS, ids=lambda vector: str(vector["name"]))
async def test_accepted_initiations_of_the_vectors_are_understood(
    script: Script, connect: Connect, vector: dict[str, Any]
) -> None:
    script.body = vector["body"].encode()

    answer = await (await connect(script.origin, vector["key"])).initiate(INITIATION)

    told = dict(vector["pairs"])
    assert answer.refusal is None
    assert (answer.poll_url, answer.paynow_reference) == (told["pollurl"], told["paynowreference"])
    assert answer.instructions == told.get("instructions")


@pytest.mark.parametrize("vector", REPORTS, ids=lambda vector: str(vector["name"]))
async def test_reports_of_the_vectors_are_understood_by_poll(
    script: Script, connect: Connect, vector: dict[str, Any]
) -> None:
    script.body = vector["body"].encode()

    report = await (await connect(script.origin, vector["key"])).poll(script.poll)

    told = {name.lower(): value for name, value in vector["pairs"]}
    assert (report.reference, report.status) == (told["reference"], told["status"])
    assert (report.paynow_reference, report.amount) == (told["paynowreference"], Decimal(told["amount"]))
    assert len(report.evidence) == 64


async def test_a_found_transaction_comes_with_its_poll_url(script: Script, connect: Connect) -> None:
    script.body = REPORTS[-1]["body"].encode()
    paynow = await connect(script.origin, REPORTS[-1]["key"].upper())

    answer = await paynow.trace(Trace(currency="USD", merchant_trace="T1"))

    assert answer.found is not None
    assert answer.poll_url == dict(REPORTS[-1]["pairs"])["pollurl"]


@pytest.mark.parametrize("vector", WIRE, ids=lambda vector: str(vector["name"]))
async def test_of_the_wire_vectors_only_those_with_a_good_hash_are_believed(
    script: Script, connect: Connect, vector: dict[str, Any]
) -> None:
    script.body = vector["body"].encode()
    paynow = await connect(script.origin, vector["key"])

    if vector["hash_ok"]:
        assert (await paynow.poll(script.poll)).status
    else:
        for ask in (paynow.poll(script.poll), paynow.trace(Trace(currency="USD", merchant_trace="T1"))):
            with pytest.raises(Unclear):
                await ask


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        ("Insufficient balance", "insufficient_balance"),
        ("Invalid Id.", "misconfigured"),
        ("Invalid Hash.  Hash should start with: 8AB116", "misconfigured"),
        ("The integration ID is in test mode, so if authemail is specified then it must match …", "misconfigured"),
        ("Phone number must use a test case number", "misconfigured"),
        ("Integration ID 1 does not have any ACTIVE 'ecocash' payment method", "misconfigured"),
        ("the id field specified is not a site integration", "misconfigured"),
        ("Integration is currently inactive", "misconfigured"),
        ("Invalid amount field.", "misconfigured"),
        ("Conversion overflows.", "misconfigured"),
        ("The ReturnUrl must start with http:// or https://", "misconfigured"),
        ("The method '' is not recognized", "misconfigured"),
        ("Something that nobody wrote down", "declined"),
        ("", "declined"),
    ],
)
async def test_a_refusal_is_read_before_any_hash_and_its_reason_is_known(
    script: Script, connect: Connect, error: str, reason: str
) -> None:
    script.body = wire.encode([("Status", "Error"), ("Error", error)]).encode()

    answer = await (await connect(script.origin)).initiate(INITIATION)

    assert answer == InitiationAnswer(refusal=reason, evidence=answer.evidence)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b"<!DOCTYPE html><html>Just a moment...</html>"),
        (200, b""),
        (200, b"status=Ok&pollurl=" + POLL_URL.encode()),
        (200, signed(("status", "Ok"), ("pollurl", POLL_URL))[:-1] + b"0"),
        (200, signed(("status", "Ok"))),
        (200, signed(("status", "Perhaps"), ("pollurl", POLL_URL))),
        (200, b"status=Ok&status=Error"),
        (200, b"\xff\xfe"),
        (500, signed(("status", "Ok"), ("pollurl", POLL_URL))),
        (502, b"status=Error&error=Insufficient+balance"),
        (302, b""),
    ],
)
async def test_what_is_no_proven_answer_to_a_charge_leaves_it_unclear(
    script: Script, connect: Connect, status: int, body: bytes
) -> None:
    script.status, script.body = status, body

    with pytest.raises(Unclear):
        await (await connect(script.origin)).initiate(INITIATION)
    assert len(script.asked) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://www.paynow.co.zw/Interface/CheckPayment/?guid=1",
        "https://www.paynow.co.zw.evil.example/?guid=1",
        "https://www.paynow.co.zw@evil.example/?guid=1",
        "https://user@www.paynow.co.zw/?guid=1",
        "https://www.paynow.co.zw:8443/?guid=1",
        "https://169.254.169.254/latest",
        "file:///etc/passwd",
        "//evil.example",
        "http://[broken",
    ],
)
async def test_a_poll_url_that_leads_elsewhere_is_neither_kept_nor_called(
    script: Script, connect: Connect, url: str
) -> None:
    paynow = await connect(script.origin)
    script.body = signed(("status", "Ok"), ("pollurl", url))

    with pytest.raises(Unclear, match=r"leads elsewhere|that is none"):
        await paynow.initiate(INITIATION)
    with pytest.raises(Unclear, match=r"leads elsewhere|that is none"):
        await paynow.poll(Poll(currency="USD", poll_url=url))
    assert len(script.asked) == 1


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "1,000.00", "x", ""])
async def test_an_amount_that_is_no_number_proves_nothing(script: Script, connect: Connect, amount: str) -> None:
    script.body = signed(("reference", "P-1"), ("amount", amount), ("status", "Paid"))

    with pytest.raises(Unclear):
        await (await connect(script.origin)).poll(script.poll)


async def test_nothing_was_sent_when_no_connection_could_be_made(connect: Connect) -> None:
    closed = listener()  # bound, never listening
    paynow = await connect("http://{}:{}".format(*closed.getsockname()))

    with pytest.raises(NotSent):
        await paynow.initiate(INITIATION)
    closed.close()


@pytest.mark.parametrize("end", ["closes", "answers half", "is silent"])
async def test_a_charge_that_was_sent_but_not_answered_is_never_taken_for_unsent(
    connect: Connect, end: Literal["closes", "answers half", "is silent"]
) -> None:
    over = asyncio.Event()

    async def serve_badly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if end == "answers half":
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\nstatus=Ok")
            await writer.drain()
        if end == "is silent":
            await over.wait()
        writer.close()

    server = await asyncio.start_server(serve_badly, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    paynow = await connect(f"http://{host}:{port}", seconds=0.2)

    with pytest.raises(Unclear):
        await paynow.initiate(INITIATION)
    over.set()
    server.close()
    await server.wait_closed()


async def test_no_key_phone_or_poll_url_gets_into_our_logs(
    script: Script, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="services")
    paynow = await connect(script.origin)
    for body in (
        b"status=Error&error=Invalid+Hash.",
        signed(("status", "Ok"), ("pollurl", "https://evil.example/?guid=secret")),
        signed(("status", "Ok"), ("pollurl", POLL_URL))[:-1] + b"0",
    ):
        script.body = body
        for ask in (
            paynow.initiate(INITIATION),
            paynow.poll(script.poll),
            paynow.trace(Trace(currency="USD", merchant_trace="T1")),
        ):
            try:
                await ask
            except Unclear:
                continue

    ours = [record for record in caplog.records if record.name.startswith("services.")]
    text = " ".join(f"{record.getMessage()} {vars(record)}" for record in ours)
    assert ours
    assert not [secret for secret in (USD_KEY, "771111111", "guid") if secret in text]
