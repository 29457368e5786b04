"""What people do without writing is told of them, once, and opens the window where the contract says so (4.5)."""

from __future__ import annotations

from typing import Any

import pytest

from services.gateway.domain.updates import AccountUpdate
from services.gateway.domain.webhook import updates_of
from services.gateway.store import IDENTITIES
from services.gateway.tests.conftest import Edge
from services.gateway.tests.test_fields import BSUID, PHONE, body_of, told
from services.gateway.tests.test_whatsapp_webhook import NOW, sample
from shared.contracts.conversation import ErasureRequested
from shared.contracts.gateway import MarketingPreferenceChanged
from shared.contracts.notifier import OpenWindow

CALL = {"id": "c1", "from": PHONE, "event": "connect", "direction": "USER_INITIATED", "timestamp": "1791878400"}
STOP = {"wa_id": PHONE, "category": "marketing_messages", "value": "stop", "timestamp": 1791878511}


def called(*calls: Any, **beside: Any) -> dict[str, Any]:
    return body_of({"calls": list(calls), **beside}, "calls")


def preferred(*preferences: Any, **beside: Any) -> dict[str, Any]:
    return body_of({"user_preferences": list(preferences), **beside}, "user_preferences")


async def test_a_call_opens_the_window_once_from_where_the_person_called(edge: Edge) -> None:
    for _ in range(2):
        assert await edge.post(called(CALL, contacts=[{"wa_id": PHONE, "user_id": BSUID}])) == 200
    opened = edge.harness.only(OpenWindow)
    assert (opened.address.phone_number_id, opened.address.phone, opened.address.bsuid) == ("1", f"+{PHONE}", BSUID)
    assert int(opened.at.timestamp()) == 1791878400
    assert edge.said("account_noticed") == []


@pytest.mark.parametrize(
    "other",
    [
        {"direction": "BUSINESS_INITIATED"},
        {"direction": None},
        {"event": "terminate"},
        {"from": None},
        {"id": None},
    ],
)
def test_what_is_no_call_by_a_person_is_only_noticed(other: dict[str, Any]) -> None:
    opened, noticed = told(called(CALL | other, CALL | {"id": "c2"}))
    assert (opened["address"]["phone"], noticed["field"]) == (f"+{PHONE}", "calls")


async def test_a_stop_of_marketing_is_told_of_the_person(edge: Edge) -> None:
    for _ in range(2):
        assert await edge.post(sample("field_user_preferences_stop")) == 200
    change = edge.harness.only(MarketingPreferenceChanged)
    assert (change.stopped, int(change.at.timestamp())) == (True, 1791878511)
    assert (change.address.phone, bool(change.address.bsuid)) == (f"+{PHONE}", True)
    assert edge.said("account_noticed") == [], "the operator has no part in it"


def test_every_word_on_marketing_in_a_batch_is_told() -> None:
    """Contract 0, rule 3."""
    resumed = {**STOP, "user_id": BSUID, "wa_id": None, "value": "resume"}
    said = told(preferred(STOP, resumed, contacts=[{"wa_id": PHONE, "user_id": BSUID}]))
    assert [one["stopped"] for one in said] == [True, False]
    assert {(one["address"]["phone"], one["address"]["bsuid"]) for one in said} == {(f"+{PHONE}", BSUID)}


@pytest.mark.parametrize(
    "body",
    [
        preferred(STOP | {"value": "signup"}),
        preferred(STOP | {"value": ["stop"]}),
        preferred(STOP | {"category": "utility_messages"}),
        preferred(STOP | {"wa_id": None}),
        preferred("stop"),
        preferred(),
        body_of({"user_preferences": [STOP], "metadata": {}}, "user_preferences"),
    ],
)
def test_another_word_of_a_person_is_kept_as_it_came(body: dict[str, Any]) -> None:
    [update] = updates_of(body, NOW)
    assert isinstance(update, AccountUpdate)
    assert (update.supported, update.unread) == (False, body["entry"][0]["changes"][0])


@pytest.mark.parametrize("body", [called(CALL), preferred(STOP)], ids=["call", "stop"])
async def test_a_deed_that_comes_again_after_the_erasure_brings_nobody_back(edge: Edge, body: dict[str, Any]) -> None:
    assert await edge.post(body) == 200
    [member] = {told["member"] for told in edge.said("member_met")}
    await edge.harness.say(ErasureRequested(member=member, at=edge.harness.clock.now()))
    assert await edge.post(body) == 200
    assert edge.harness.documents("gateway", IDENTITIES) == []
