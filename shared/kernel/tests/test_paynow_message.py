"""The hash and form of Paynow's messages, held to the contract's vectors and to random messages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.paynow_message import NotAPaynowMessage, PaynowMessage, hash_of, sign

VECTORS = Path(__file__).parents[3] / "tests" / "contracts" / "paynow"
HASHES = json.loads((VECTORS / "hash-vectors.json").read_text())
WIRE = json.loads((VECTORS / "wire-vectors.json").read_text())
KEY = "7c0a5f3e-91d4-4b6a-8e27-15f3b9d2c841"
OTHER_KEY = "b84e2d90-3f17-4c5d-a06b-9e61c7d8f052"


def pairs_of(vector: dict[str, Any]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in vector["pairs"]]


@pytest.mark.parametrize("vector", HASHES, ids=lambda vector: str(vector["name"]))
def test_every_hash_vector_is_reproduced_and_accepted(vector: dict[str, Any]) -> None:
    message = PaynowMessage.parse(vector["body"].encode())

    assert hash_of(pairs_of(vector), vector["key"]) == vector["hash"]
    assert message.pairs[:-1] == tuple(pairs_of(vector))
    assert message.is_authentic(vector["key"])


@pytest.mark.parametrize("vector", HASHES, ids=lambda vector: str(vector["name"]))
def test_what_we_sign_says_what_the_vector_says(vector: dict[str, Any]) -> None:
    signed = PaynowMessage.parse(sign(pairs_of(vector), vector["key"]))

    assert signed == PaynowMessage.parse(vector["body"].encode())


@pytest.mark.parametrize("vector", WIRE["wire"], ids=lambda vector: str(vector["name"]))
def test_every_wire_vector_is_accepted_or_refused_as_it_should_be(vector: dict[str, Any]) -> None:
    message = PaynowMessage.parse(vector["body"].encode())

    assert message.is_authentic(vector["key"]) is vector["hash_ok"]


def test_a_page_of_html_has_no_status() -> None:
    html = next(vector["body"] for vector in WIRE["wire"] if vector["name"] == "html-200")

    assert PaynowMessage.parse(html.encode()).get("status") is None


@pytest.mark.parametrize("vector", WIRE["trim_edge"], ids=lambda vector: str(vector["name"]))
def test_a_hash_over_trimmed_values_is_accepted_and_sent(vector: dict[str, Any]) -> None:
    assert PaynowMessage.parse(vector["body"].encode()).is_authentic(vector["key"])
    assert sign(pairs_of(vector), vector["key"]).decode().endswith(vector["hash"])


@pytest.mark.parametrize("vector", WIRE["link_button"], ids=lambda vector: str(vector["name"]))
def test_a_link_notification_is_not_taken_for_a_status_update(vector: dict[str, Any]) -> None:
    """Links and buttons hash names as well (contract 3.5); we use none."""
    body = urlencode([*pairs_of(vector), ("Hash", vector["hash"])])

    assert not PaynowMessage.parse(body.encode()).is_authentic(vector["key"])


@pytest.mark.parametrize(
    "body", [b"status=Paid&status=Sent", b"status=Paid&Status=Sent", b"status=%ff", b"status=\xff"]
)
def test_what_can_be_read_in_two_ways_is_refused(body: bytes) -> None:
    with pytest.raises(NotAPaynowMessage):
        PaynowMessage.parse(body)


def test_names_are_found_in_any_case_and_values_are_trimmed() -> None:
    message = PaynowMessage.parse(b"Status=+Paid+&PollUrl=x")

    assert (message.get("status"), message.get("pollurl"), message.get("amount")) == ("Paid", "x", None)


texts = st.text(max_size=20)
names = st.text(st.characters(categories=("Ll", "Nd")), min_size=1, max_size=10).filter(lambda name: name != "hash")
messages = st.lists(st.tuples(names, texts), max_size=8, unique_by=lambda pair: pair[0].lower())


@given(messages)
def test_a_signed_message_is_read_back_and_accepted_by_its_own_key_only(pairs: list[tuple[str, str]]) -> None:
    message = PaynowMessage.parse(sign(pairs, KEY))

    assert message.is_authentic(KEY)
    assert not message.is_authentic(OTHER_KEY)
    assert all(message.get(name) == (value.strip() or None) for name, value in pairs)


@given(st.binary(max_size=200))
def test_no_bytes_are_authentic_by_chance_or_break_the_parser(body: bytes) -> None:
    try:
        message = PaynowMessage.parse(body)
    except NotAPaynowMessage:
        return
    assert not message.is_authentic(KEY)
