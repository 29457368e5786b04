"""After a lost answer the core is looked at; what it leaves out then is not taken for what is not there."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from services.credex.tests.world import World
from shared.contracts.credex import CredexUnavailable, OfferMade


def without_pending(data: dict[str, Any]) -> None:
    del data["dashboard"]["accounts"][0]["pendingOutData"]


def without_the_account(data: dict[str, Any]) -> None:
    data["dashboard"]["accounts"][0]["accountID"] = "7c2b6a10-52f4-4e0a-9d11-6f1f1b9c0aff"


def without_accounts(data: dict[str, Any]) -> None:
    data["dashboard"]["accounts"] = []


def without_a_dashboard(data: dict[str, Any]) -> None:
    data["dashboard"] = {}


@pytest.mark.parametrize("leave_out", [without_pending, without_the_account, without_accounts, without_a_dashboard])
async def test_a_dashboard_that_leaves_something_out_does_not_tell_that_nothing_was_made(
    world: World, leave_out: Any
) -> None:
    command = await world.offer()
    data = copy.deepcopy((await world.bot.login("263771111111")).body["data"])
    leave_out(data)
    await world.fault("reset_after", path="createCredex")
    await world.harness.say(command)
    body = json.dumps({"message": "Successfully logged in", "data": data})
    await world.fault("answer", path="login", times=3, status=200, body=body)
    await world.harness.advance(400, step=5)
    assert (await world.only(OfferMade)).found_later
    await world.none(CredexUnavailable)


async def test_a_ledger_that_leaves_its_entries_out_does_not_tell_that_nothing_was_accepted(world: World) -> None:
    command, id = await world.offer_lost_and_accepted()
    action = {"id": None, "type": "LEDGER_RETRIEVED", "details": {"accountID": command.issuer_account_id}}
    body = json.dumps({"message": "m", "data": {"action": action, "dashboard": {}}})
    await world.fault("answer", path="getLedger", times=3, status=200, body=body)
    await world.harness.advance(400, step=5)
    assert (await world.only(OfferMade)).credex_id == id
    await world.none(CredexUnavailable)
