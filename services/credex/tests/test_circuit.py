"""A core that fails again and again is left alone for a while; one that says no is not."""

from __future__ import annotations

import json

import pytest

from services.credex.tests.world import NYASHA, TARIRO, THEMBA, World
from shared.contracts.credex import (
    AnswerOffer,
    CredexRefused,
    CredexUnavailable,
    DashboardShown,
    FindAccount,
    OfferAccepted,
    OpenDashboard,
    UpgradeTier,
)


async def circuit(world: World) -> object:
    return (await world.harness.services["credex"].health["credex-core"]())["circuit_state"]


def failing() -> str:
    action = {"id": None, "type": "ERROR_INTERNAL", "details": {"code": "INTERNAL_ERROR", "reason": "broken"}}
    return json.dumps({"message": "broken", "data": {"action": action, "dashboard": {}}})


@pytest.mark.parametrize(
    ("status", "body"), [(500, failing()), (502, ""), (503, "<html></html>"), (504, '{"message": "timed out"}')]
)
async def test_a_core_that_only_fails_is_left_alone_until_a_trial_finds_it_well(
    world: World, status: int, body: str
) -> None:
    await world.fault("answer", path="login", times=5, status=status, body=body)
    await world.say(OpenDashboard(member=TARIRO, request="q1"))
    await world.harness.advance(20, step=1)
    assert await circuit(world) == "open"
    asked = len(await world.requests())
    await world.harness.advance(25, step=1)
    assert len(await world.requests()) == asked
    await world.harness.advance(45, step=1)
    assert await circuit(world) == "closed"
    assert (await world.only(DashboardShown)).answers == "q1"


async def test_refusals_of_whatever_kind_leave_the_circuit_closed(world: World) -> None:
    await world.bot.sim("quirks", hustlerErrors500=True)
    poor = await world.bot.join("263774444444", "Nyasha", "Banda")
    too_much, account = await world.offer("10.01"), poor.account["accountID"]
    for number in range(6):
        await world.say(too_much.model_copy(update={"intent": f"o{number}"}))
    for number in range(6):
        await world.say(UpgradeTier(member=NYASHA, intent=f"u{number}", account_id=account))
    await world.harness.advance(10, step=1)
    assert [event.rule for event in world.harness.all(CredexRefused)] == [
        *["tier_limit"] * 6,
        *["insufficient_balance"] * 6,
    ]
    assert await circuit(world) == "closed"


async def test_an_error_that_comes_as_a_success_is_no_success(world: World) -> None:
    made = await world.made()
    for code, type in (("ACCEPT_FAILED", "ERROR_INTERNAL"), ("INTERNAL_ERROR", "ERROR_INTERNAL")):
        action = {"id": made.credex_id, "type": type, "details": {"code": code, "reason": "no"}}
        body = json.dumps({"message": "no", "data": {"action": action, "dashboard": {}}})
        await world.fault("answer", path="acceptCredex", status=200, body=body)
        intent = world.intent()
        about = {"action": "accept", "credex_id": made.credex_id, "account_id": made.receiver_account_id}
        await world.say(AnswerOffer.model_validate({"member": THEMBA, "intent": intent, **about}))
        if code == "ACCEPT_FAILED":
            assert (await world.only(CredexRefused)).rule == "no_access"
            await world.none(OfferAccepted)
    await world.harness.advance(20, step=1)
    assert (await world.only(OfferAccepted)).already is False  # it was looked for, was not done, and was asked again
    assert (await world.requests()).count("acceptCredex") == 3


async def test_a_core_without_its_key_is_the_operator_s_affair(world: World, caplog: pytest.LogCaptureFixture) -> None:
    await world.fault("answer", path="login", status=500, body='{"message": "Server configuration error"}')
    await world.say(OpenDashboard(member=TARIRO, request="q1"))
    assert (await world.only(CredexUnavailable)).reason == "misconfigured"
    assert "CLIENT_API_KEY" in caplog.text


async def test_a_refusal_by_401_of_a_fresh_token_s_bearer_is_told_at_once(world: World) -> None:
    action = {"id": None, "type": "ERROR_UNAUTHORIZED", "details": {"code": "UNAUTHORIZED_ACCESS"}}
    body = json.dumps({"message": "no", "data": {"action": action}})
    await world.fault("answer", path="getAccountByHandle", times=None, status=401, body=body)
    await world.say(FindAccount(member=TARIRO, request="q1", handle="263772222222"))
    assert (await world.only(CredexRefused)).rule == "no_access"
