"""The phone's side of a form speaks as the vectors do, and finds what is wrong with an endpoint."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from sandbox.whatsapp.flow_client import _trouble, open_closing, open_reply, seal
from sandbox.whatsapp.tests.gateway import SAMPLES

VECTORS = json.loads((SAMPLES.parent / "flow-vectors.json").read_text())
POSITIVE = [vector for vector in VECTORS["vectors"] if vector["kind"] == "positive"]
FORM = json.loads((SAMPLES / "flows/donation_endpoint_v7_3.json").read_text())
DONATE: dict[str, Any] = {"currencies": [], "funds": []}
REVIEW = {"summary": "Tithe", "quote_id": "Q-1"}


@pytest.mark.parametrize("vector", POSITIVE, ids=lambda vector: vector["name"])
def test_a_request_and_a_reply_are_those_of_the_vector(vector: dict[str, Any]) -> None:
    secret, iv = (base64.b64decode(vector["secrets"][name]) for name in ("aes_key_b64", "iv_b64"))
    sealed = base64.b64decode(vector["request"]["json"]["encrypted_flow_data"])
    assert seal(vector["expected_decrypted_plaintext"], secret, iv) == sealed
    for style in ("compact_utf8", "python_default"):
        assert open_reply(vector["response"][f"encrypted_body_{style}"], secret, iv) == vector["response"]["payload"]


def test_the_words_of_a_closed_form_are_read_encrypted_and_in_clear() -> None:
    [vector] = [vector for vector in POSITIVE if vector["response"]["http_status"] == 427]
    secret, iv = (base64.b64decode(vector["secrets"][name]) for name in ("aes_key_b64", "iv_b64"))
    for body in ("encrypted_body_compact_utf8", "clear_json_alternative"):
        assert open_closing(vector["response"][body], secret, iv) == vector["response"]["payload"]


@pytest.mark.parametrize(
    ("here", "before", "trouble"),
    [
        ({"screen": "DONATE", "data": DONATE}, None, None),
        ({"screen": "REVIEW", "data": REVIEW}, "DONATE", None),
        ({"screen": "DONATE", "data": {"error_message": "too much"}}, "DONATE", None),
        ({"screen": "DONATE", "data": DONATE}, "REVIEW", "invalid-screen-transition"),
        ({"screen": "NOWHERE", "data": {}}, None, "invalid-screen-transition"),
        ({"screen": "REVIEW", "data": {"summary": "Tithe"}}, "DONATE", "payload-schema-error"),
        ({"screen": "REVIEW", "data": {**REVIEW, "quote_id": 7}}, "DONATE", "payload-schema-error"),
        ({"data": {}}, None, "payload-schema-error"),
        ({"screen": "DONATE"}, None, "payload-schema-error"),
    ],
)
def test_what_does_not_fit_the_form_is_named(here: dict[str, Any], before: str | None, trouble: str | None) -> None:
    assert _trouble(here, before, FORM) == trouble
