"""`POST /notify`: credex-core asks to tell a member something."""

from __future__ import annotations

import json
from typing import Any

import pytest

from services.gateway.tests.conftest import CONTRACTS, CORE_KEY, Edge

NOTICE = {"phoneNumber": "263 77 123 4567", "memberName": "Rudo", "message": "You have an offer", "channel": "whatsapp"}


async def notify(edge: Edge, body: Any = None, **headers: str) -> int:
    data = body if isinstance(body, bytes) else json.dumps(body or NOTICE).encode()
    async with edge.http.post("/notify", data=data, headers={"apiKey": CORE_KEY, **headers}) as answer:
        await answer.read()
    await edge.quiet()
    return answer.status


async def met(edge: Edge) -> str:
    """The member of the phone in NOTICE, who wrote to us before."""
    body = (CONTRACTS / "whatsapp" / "samples" / "text.json").read_text()
    phone = json.loads(body)["entry"][0]["changes"][0]["value"]["messages"][0]["from"]
    assert await edge.post(body.replace(phone, "263771234567").encode()) == 200
    return str(edge.said("message_received")[0]["member"])


async def test_a_notice_with_the_key_is_told_to_the_member(edge: Edge) -> None:
    member = await met(edge)
    assert await notify(edge) == 202
    [told] = edge.said("core_notice_received")
    assert (told["member"], told["text"]) == (member, "You have an offer")


async def test_a_repeated_request_id_is_one_notice_and_an_equal_text_without_one_is_two(edge: Edge) -> None:
    await met(edge)
    assert [await notify(edge, **{"x-request-id": "1"}) for _ in range(2)] == [202, 202]
    assert len(edge.said("core_notice_received")) == 1
    assert [await notify(edge) for _ in range(2)] == [202, 202]
    assert len(edge.said("core_notice_received")) == 3


async def test_nobody_is_written_to_who_never_wrote_to_us(edge: Edge) -> None:
    assert await notify(edge) == 404
    assert edge.said("core_notice_received") == []


@pytest.mark.parametrize("key", ["", "wrong", "thé-core-s-key"])
async def test_a_wrong_key_is_refused(edge: Edge, key: str) -> None:
    await met(edge)
    assert await notify(edge, apiKey=key) == 401
    assert edge.said("core_notice_received") == []


@pytest.mark.parametrize(
    "body", [b"", b"no json", b"[]", b"[" * 9999, b"{}", {"phoneNumber": "1", "message": ""}, {"message": "x" * 1001}]
)
async def test_what_is_no_notice_is_refused(edge: Edge, body: Any) -> None:
    assert await notify(edge, body if isinstance(body, bytes) else {**NOTICE, **body}) == 400
