"""A callback counts only with the hash of its currency's key, and is kept before it is answered."""

from __future__ import annotations

import json
from typing import Any

import pytest

from services.gateway.tests.conftest import CONTRACTS, USD_KEY, ZWG_KEY, Edge

VECTORS = json.loads((CONTRACTS / "paynow" / "hash-vectors.json").read_text())
CALLBACKS = [vector for vector in VECTORS if vector["kind"] == "status_update" and vector["key"] in {USD_KEY, ZWG_KEY}]


async def callback(edge: Edge, body: str | bytes, currency: str) -> int:
    async with edge.http.post(f"/payment-result/{currency}", data=body) as answer:
        await answer.read()
    await edge.quiet()
    return answer.status


def currency_of(vector: dict[str, Any]) -> str:
    return {USD_KEY: "USD", ZWG_KEY: "ZWG"}[vector["key"]]


@pytest.mark.parametrize("vector", CALLBACKS, ids=lambda vector: vector["name"])
async def test_each_vector_is_taken_once_with_its_own_key_and_refused_with_another(
    edge: Edge, vector: dict[str, Any]
) -> None:
    own = currency_of(vector)
    other = "ZWG" if own == "USD" else "USD"
    assert await callback(edge, vector["body"], other) == 400
    assert edge.said("payment_status_received") == []
    assert await callback(edge, vector["body"], own) == 200
    assert await callback(edge, vector["body"], own.lower()) == 200
    [said] = edge.said("payment_status_received")
    pairs = dict(vector["pairs"])
    assert (said["payment_id"], said["status"], said["currency"]) == (pairs["reference"], pairs["status"], own)


@pytest.mark.parametrize(
    "body", ["", "status=Paid", "reference=P-1&status=Paid&hash=" + "0" * 128, "a=1&a=2", "x" * 20000]
)
async def test_what_is_not_authentic_is_refused_and_changes_nothing(edge: Edge, body: str) -> None:
    assert await callback(edge, body, "USD") == 400
    assert edge.said("payment_status_received") == []


async def test_a_tampered_amount_is_refused(edge: Edge) -> None:
    body = CALLBACKS[0]["body"]
    assert await callback(edge, body.replace("amount=2", "amount=3"), currency_of(CALLBACKS[0])) == 400


async def test_a_currency_that_is_off_is_not_there(edge: Edge) -> None:
    assert await callback(edge, CALLBACKS[0]["body"], "EUR") == 404


async def test_the_return_page_sends_the_person_back_to_the_chat_and_repeats_nothing(edge: Edge) -> None:
    async with edge.http.get("/payment-return", params={"ref": "<script>alert(1)</script>"}) as answer:
        page = await answer.text()
    assert answer.status == 200
    assert "https://wa.me/263780000000" in page
    assert "script" not in page
