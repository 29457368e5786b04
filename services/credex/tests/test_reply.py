"""What an answer proves, and whether it counts for the circuit: the contract's shapes, other builds', and nonsense."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.credex.adapters.reply import Refused, Reply
from shared.outcalls.calls import Unclear


def body(type: str = "CREDEX_CREATED", id: Any = "c-1", **details: Any) -> bytes:
    action = {"id": id, "type": type, "timestamp": "2025-01-15T10:00:00.000Z", "actor": "m", "details": details}
    return json.dumps({"message": "m", "data": {"action": action, "dashboard": {}}}).encode()


def outcome(status: int, content: bytes, path: str = "createCredex", **headers: str) -> tuple[str, bool]:
    """`answer`, the code of a refusal, or `unclear`; and whether it shows that the core is not well."""
    reply = Reply(path, httpx.Response(status, content=content, headers=headers))
    try:
        reply.proven()
        told = "answer"
    except Refused as refused:
        told = refused.refusal.code
    except Unclear:
        told = "unclear"
    return told, reply.shows_trouble


HTML = b"<!doctype html><html><body>Bad Gateway</body></html>"
INTERNAL = body("ERROR_INTERNAL", None, code="INTERNAL_ERROR", reason="Something broke")


@pytest.mark.parametrize(
    ("path", "status", "content"),
    [
        *(("createCredex", status, HTML) for status in (500, 502, 503, 504, 520)),
        *(("login", status, b"") for status in (500, 502, 503, 504)),
        ("createCredex", 500, INTERNAL),
        ("createCredex", 503, b'{"message": "Service Unavailable"}'),
        ("createCredex", 504, b'{"message": "Endpoint request timed out"}'),
        ("createCredex", 500, b'{"message": "Internal server error"}'),
        ("createCredex", 500, b'{"status":"error","statusCode":500,"message":"x"}'),
        ("createCredex", 500, body("CREDEX_CREATE_FAILED", None, code="CREDEX_CREATE_FAILED")),
        ("hustler10k", 500, body("ERROR_INTERNAL", None, code="TIER_UPDATE_FAILED")),
        ("acceptCredex", 200, INTERNAL),
        ("acceptCredex", 200, HTML),
        ("acceptCredex", 200, b""),
        ("acceptCredex", 200, b'{"success": false, "message": "x"}'),
        ("acceptCredex", 200, b'{"error": "x"}'),
        ("acceptCredex", 302, b""),
        ("acceptCredex", 204, b""),
    ],
)
def test_what_the_core_fails_at_proves_nothing_and_counts_for_the_circuit(
    path: str, status: int, content: bytes
) -> None:
    assert outcome(status, content, path) == ("unclear", True)


@pytest.mark.parametrize(
    ("path", "status", "content", "code"),
    [
        ("createCredex", 400, body("CREDEX_CREATE_FAILED", code="INSUFFICIENT_SECURED_BALANCE"), None),
        ("createCredex", 403, body("ERROR_UNAUTHORIZED", code="TIER_LIMIT_EXCEEDED"), None),
        ("createCredex", 500, body("ERROR_INTERNAL", code="INSUFFICIENT_SECURED_BALANCE"), None),
        ("createCredex", 200, body("CREDEX_CREATE_FAILED", None, code="INSUFFICIENT_SECURED_BALANCE"), None),
        ("createCredex", 422, body("ERROR_VALIDATION", reason="no code"), "HTTP_422"),
        ("createCredex", 404, b'{"status":"error","statusCode":404,"message":"Not Found"}', "OUTSIDE_THE_RULES"),
        ("createCredex", 400, b'{"message": "Error: Your secured credex"}', "OUTSIDE_THE_RULES"),
        ("createCredex", 403, HTML, "OUTSIDE_THE_RULES"),
        ("hustler10k", 500, body("ERROR_INTERNAL", code="CREDEX_CREATE_FAILED"), None),
        ("hustler10k", 500, body("ERROR_INTERNAL", code="GREATSUN_ACCOUNT_NOT_FOUND"), None),
        ("acceptCredex", 400, body("ERROR_INTERNAL", code="ACCEPT_FAILED"), None),
        ("acceptCredex", 200, body("ERROR_INTERNAL", code="ACCEPT_FAILED"), None),
        ("acceptCredexBulk", 200, body("ERROR_VALIDATION", None, code="BULK_ACCEPT_FAILED"), None),
        ("getAccountByHandle", 200, body("ERROR_NOT_FOUND", None, code="ACCOUNT_NOT_FOUND"), None),
        ("getAccountByHandle", 200, body("ACCOUNT_NOT_FOUND", None), "HTTP_404"),
        ("onboardMember", 409, body("ERROR_VALIDATION", None, code="DUPLICATE_PHONE", field="phone"), None),
        ("login", 404, body("ERROR_NOT_FOUND", None, code="NOT_FOUND", field=["odd"]), None),
        ("login", 400, body("ERROR_VALIDATION", 7, code=7), "7"),
    ],
)
def test_a_refusal_is_known_by_its_code_and_counts_for_nothing(
    path: str, status: int, content: bytes, code: str | None
) -> None:
    told, trouble = outcome(status, content, path)
    assert told == (code or json.loads(content)["data"]["action"]["details"]["code"])
    assert not trouble


def test_one_person_s_handle_that_is_taken_proves_nothing_but_is_no_trouble_of_the_core() -> None:
    taken = body("ERROR_INTERNAL", None, code="ACCOUNT_CREATE_FAILED")
    assert outcome(500, taken, "onboardMember") == ("unclear", False)
    assert outcome(500, b'{"message": "Server configuration error"}', "login") == ("unclear", False)


@pytest.mark.parametrize("type", ["text/html", "text/plain; charset=latin-1", "application/octet-stream", ""])
def test_an_answer_is_one_whatever_its_content_type(type: str) -> None:
    assert outcome(200, body(amount="2.5"), **{"content-type": type}) == ("answer", False)
    assert outcome(200, b"\xef\xbb\xbf" + body(amount="2.5")) == ("answer", False)


@pytest.mark.parametrize(
    ("header", "token"),
    [("Bearer a.b.c", "a.b.c"), ("bearer a.b.c ", "a.b.c"), ("Basic a", None), ("Bearer ", None), ("", None)],
)
def test_the_new_token_is_read_from_the_header(header: str, token: str | None) -> None:
    assert Reply("x", httpx.Response(200, headers={"authorization": header})).new_token == token


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("20", 20.0), ("0", 0.0), ("", None), ("Wed, 25 Nov 2026 10:00:00 GMT", None), ("9" * 400, None), ("-1", None)],
)
def test_the_time_to_wait_is_taken_where_it_is_a_number_of_seconds(header: str, seconds: float | None) -> None:
    assert Reply("x", httpx.Response(429, headers={"retry-after": header})).retry_after == seconds


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["data", "action", "details", "type", "id", "code", "dashboard", "member"]), inner
        )
    ),
    max_leaves=15,
)


@given(status=st.sampled_from([200, 201, 302, 400, 401, 403, 404, 409, 429, 500, 503]), content=_JSON | st.binary())
def test_no_body_breaks_the_reading(status: int, content: Any) -> None:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    told, trouble = outcome(status, raw)
    assert trouble <= (told == "unclear")
