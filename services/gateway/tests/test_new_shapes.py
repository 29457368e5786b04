"""What has a new shape, or not that of the contract, is kept as it came and is never an error (contract 0, rule 7)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from services.gateway.domain.updates import AccountUpdate, InboundUpdate
from services.gateway.domain.webhook import updates_of
from services.gateway.store import INTAKE
from services.gateway.tests.conftest import Edge
from services.gateway.tests.test_fields import PHONE, body_of
from services.gateway.tests.test_whatsapp_webhook import NOW, sample


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ({"messages": [{"from": PHONE, "id": "w", "type": "hologram", "hologram": {"depth": 3}}]}, "messages"),
        ({"messages": [{"from": PHONE, "id": "w", "type": "text", "text": ["new", "shape"]}]}, "messages"),
        ({"messages": [{"from": PHONE, "id": "w", "hologram": {"depth": 3}}]}, "messages"),
        ({"messages": [{"from": PHONE, "id": "w", "type": ["text"], "text": {"body": "hi"}}]}, "messages"),
        ({"messages": [{"from": PHONE, "id": "w", "type": "image", "image": {"handle": "new"}}]}, "messages"),
        ({"messages": [{"from": PHONE, "id": "w", "type": "edit", "edit": {"of": "w0"}}]}, "messages"),
        ({"messages": [{"from": PHONE, "id": "w", "type": "revoke", "revoke": {"of": "w0"}}]}, "messages"),
        ({"messages": [{"type": "text", "text": {"body": "without an id"}}]}, "messages"),
        ({"errors": [{"reason": "without a code"}]}, "messages"),
        ({"teleports": [{"to": "Harare"}]}, "messages"),
        ({"anything": {"at": "all"}}, "field_of_next_year"),
    ],
)
async def test_what_this_build_cannot_read_is_stored_as_it_came(edge: Edge, value: dict[str, Any], field: str) -> None:
    assert await edge.post(body_of(value, field)) == 200
    [kept] = [document.state["unread"] for document in edge.harness.documents("gateway", INTAKE)]
    piece = json.dumps(next(iter(value.values())))
    assert piece.strip("[]") in kept
    assert edge.said("message_received") or edge.said("account_noticed")


async def test_what_a_known_field_tells_beyond_its_details_is_stored_with_it(edge: Edge) -> None:
    """What an account was restricted to, and until when, was acknowledged and lost."""
    restricted = {"event": "ACCOUNT_RESTRICTION", "restriction_info": [{"restriction_type": "RESTRICTED_BIZ"}]}
    assert await edge.post(body_of(restricted, "account_update")) == 200
    [told] = edge.said("account_noticed")
    assert (told["supported"], told["details"]["event"]) == (True, "ACCOUNT_RESTRICTION")
    [kept] = [document.state["unread"] for document in edge.harness.documents("gateway", INTAKE)]
    assert "RESTRICTED_BIZ" in kept


async def test_what_is_read_is_not_stored_a_second_time(edge: Edge) -> None:
    read = ("text", "unsupported", "status_delivered", "field_flows_status_change", "errors_value_level_130429")
    for name in (*read, "field_user_preferences_stop"):
        assert await edge.post(sample(name)) == 200
    assert {document.state["unread"] for document in edge.harness.documents("gateway", INTAKE)} == {None}


DEEP = "[" * 300 + "]" * 300, '{"a":' * 300 + "1" + "}" * 300
ODD = [*DEEP, '"\\ud83d"', '{"\\udc00": 1}', "9" * 40, "NaN", "-Infinity"]


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: odd[:9])
async def test_nothing_odd_inside_of_a_piece_is_an_error(edge: Edge, odd: str) -> None:
    """A person's form that was nested 260 levels deep answered the whole batch with 500, again and again."""
    said = {"from": PHONE, "type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": {}}}
    as_text, as_object, unknown, ordered = ({**said, "id": f"w{place}"} for place in range(4))
    as_text["interactive"] = {"type": "nfm_reply", "nfm_reply": {"response_json": '{"flow_token": "t", "x": ODD}'}}
    as_object["interactive"] = {"type": "nfm_reply", "nfm_reply": {"response_json": {"x": "ODD"}}}
    unknown |= {"type": "hologram", "hologram": "ODD"}
    ordered |= {"type": "order", "order": {"product_items": [{"quantity": "ODD", "item_price": "ODD"}]}}
    value = {
        "messages": [as_text, as_object, unknown, ordered],
        "statuses": [{"id": "w", "status": "failed", "timestamp": "ODD", "errors": [{"code": "ODD"}]}],
        "errors": [{"code": "ODD", "title": "ODD"}],
    }
    raw = json.dumps(body_of(value)).replace('x\\": ODD', 'x\\": ' + json.dumps(odd)[1:-1]).replace('"ODD"', odd)
    assert await edge.post(raw.encode()) == 200
    assert await edge.post(json.dumps(body_of({"news": "ODD"}, "brand_new")).replace('"ODD"', odd).encode()) == 200
    assert {event["message_id"] for event in edge.said("message_received")} == {"w0", "w1", "w2", "w3"}
    assert [event["status"] for event in edge.said("delivery_status_changed")] == ["failed"]
    for envelope in edge.harness.said:
        json.loads(envelope.model_dump_json())


WHOLE = {"messages": [{"from": PHONE, "id": "w", "type": "text", "text": {"body": "hi"}}]}


@pytest.mark.parametrize(
    "body",
    [
        body_of({"messages": WHOLE["messages"][0]}),
        body_of({"statuses": "delivered", "messages": []}),
        body_of({"messages": [], "teleports": [{"to": "Harare"}]}),
        body_of({}) | {"entry": body_of(WHOLE)["entry"][0]},
        body_of({}) | {"entry": ["news"]},
        body_of({}) | {"entry": [{"id": "2", "changes": body_of(WHOLE)["entry"][0]["changes"][0]}]},
        body_of({}) | {"entry": [{"id": "2", "changes": ["news"]}]},
        body_of({}) | {"entry": [{"id": "2", "news": []}]},
    ],
)
def test_what_stands_where_a_list_of_updates_should_is_kept_as_it_came(body: dict[str, Any]) -> None:
    """It was acknowledged and lost."""
    [update] = updates_of(body, NOW)
    assert isinstance(update, AccountUpdate)
    assert (update.supported, bool(update.unread)) == (False, True)


def test_a_time_that_is_no_time_is_the_time_of_the_webhook() -> None:
    oddities: tuple[Any, ...] = (True, False, "1_791_878_471", "１７９１８７８４７１", " 1791878471 ", 1.5, [], -1, "0")
    for odd in oddities:
        [update] = updates_of(body_of({"messages": [{**WHOLE["messages"][0], "timestamp": odd}]}), NOW)
        assert isinstance(update, InboundUpdate)
        assert update.sent_at == NOW, odd
