"""The contract's vectors: hashes and bodies byte for byte, and each merchant's message accepted over HTTP."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.paynow import hashing, wire
from sandbox.paynow.settings import Integration
from sandbox.paynow.tests.merchant import Starter

VECTORS = Path(__file__).parents[3] / "tests" / "contracts" / "paynow"
HASHES: list[dict[str, Any]] = json.loads((VECTORS / "hash-vectors.json").read_text())
WIRE: dict[str, list[dict[str, Any]]] = json.loads((VECTORS / "wire-vectors.json").read_text())
REQUESTS = [vector for vector in HASHES if vector["direction"] == "outbound"]


def named(vector: dict[str, Any]) -> str:
    return str(vector["name"])


@pytest.mark.parametrize("vector", HASHES, ids=named)
def test_every_hash_vector_is_reproduced_and_its_body_read_and_written(vector: dict[str, Any]) -> None:
    pairs = [(name, value) for name, value in vector["pairs"]]
    assert hashing.digest(pairs, vector["key"]) == vector["hash"]
    signed = wire.parse(vector["body"])
    assert [pair for pair in signed if pair[0].lower() != "hash"] == pairs
    assert hashing.verify(signed, vector["key"])
    assert wire.parse(wire.encode(signed)) == signed


@pytest.mark.parametrize("vector", HASHES, ids=named)
def test_bodies_are_written_as_dot_net_writes_them(vector: dict[str, Any]) -> None:
    assert wire.encode(wire.parse(vector["body"])) == vector["body"]


@pytest.mark.parametrize("vector", WIRE["wire"], ids=named)
def test_a_raw_body_verifies_exactly_when_the_vector_says_so(vector: dict[str, Any]) -> None:
    assert hashing.verify(wire.parse(vector["body"]), vector["key"]) is vector["hash_ok"]


@pytest.mark.parametrize("vector", WIRE["trim_edge"], ids=named)
def test_a_hash_over_trimmed_values_is_accepted_too(vector: dict[str, Any]) -> None:
    assert hashing.verify(wire.parse(vector["body"]), vector["key"])


@pytest.mark.parametrize("vector", WIRE["link_button"], ids=named)
def test_a_notification_of_a_link_is_not_taken_for_a_status_update(vector: dict[str, Any]) -> None:
    assert not hashing.verify([*map(tuple, vector["pairs"]), ("Hash", vector["hash"])], vector["key"])


PATHS = {
    "initiate_request": "/interface/initiatetransaction",
    "express_request": "/interface/remotetransaction",
    "trace_request": "/interface/trace",
    "otp_request": "/interface/remoteotp?guid=none",
}


@pytest.mark.parametrize("vector", REQUESTS + WIRE["trim_edge"], ids=named)
async def test_a_merchants_vector_passes_the_hash_check_over_http(start: Starter, vector: dict[str, Any]) -> None:
    integration = Integration(
        id=int(dict(vector["pairs"])["id"]), key=vector["key"].upper(), currency="USD", mode="live"
    )
    paynow = await start(integrations=(integration,))
    async with paynow.session.post(
        paynow.url + PATHS[vector["kind"]],
        data=vector["body"],
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    ) as response:
        answer = dict(wire.parse(await response.text()))
    accepted = {"initiate_request": "Ok", "express_request": "Ok", "trace_request": "NotFound", "otp_request": "Error"}
    assert answer["status"] == accepted[vector["kind"]]
    assert answer.get("error") in {None, "The transaction was not found"}


@given(st.lists(st.tuples(st.text(min_size=1), st.text())))
def test_what_is_written_is_read_back(pairs: list[tuple[str, str]]) -> None:
    assert wire.parse(wire.encode(pairs)) == pairs
    assert wire.parse(wire.encode(pairs, upper_case_escapes=True)) == pairs


@given(st.lists(st.tuples(st.sampled_from(["id", "amount", "status"]), st.text())), st.text(min_size=1))
def test_a_signed_message_verifies_and_one_more_character_does_not(pairs: list[tuple[str, str]], key: str) -> None:
    signed = hashing.sign(pairs, key)
    assert hashing.verify(signed, key)
    assert not hashing.verify([("reference", "x"), *signed], key)
