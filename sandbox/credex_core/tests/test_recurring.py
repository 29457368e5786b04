"""Standing payments, the older upgrade, account changes (contract 3.14, 3.15; rule 30)."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.credex_core.tests.bot import FARAI, RUDO, Answer
from sandbox.credex_core.tests.conftest import Pair


async def subscribe(pair: Pair, **change: Any) -> Answer:
    given = {
        "sourceAccountID": pair.rudo,
        "templateType": "MEMBERTIER_SUBSCRIPTION",
        "memberTier": 3,
        "payFrequency": 28,
        "startDate": "2026-11-24",
        "amount": 1.00,
        "denomination": "USD",
        "securedCredex": True,
    }
    return await pair.bot.as_(RUDO, "createRecurring", **(given | change))


async def tier(pair: Pair) -> int:
    return int((await pair.bot.login(RUDO)).dashboard["member"]["memberTier"])


async def test_30_a_subscription_is_paid_and_raises_the_tier_at_the_next_midnight(pair: Pair) -> None:
    created = await subscribe(pair)
    assert (created.status, created.action["type"]) == (201, "RECURRING_CREATED")
    assert created.action["details"]["status"] == "PENDING"
    assert await tier(pair) == 1
    await pair.bot.sim("midnight")
    assert await tier(pair) == 3
    [account] = (await pair.bot.login(RUDO)).dashboard["accounts"]
    assert account["balanceData"]["securedNetBalancesByDenom"] == ["19.00 USD"]
    for _ in range(28):
        await pair.bot.sim("midnight")
    [account] = (await pair.bot.login(RUDO)).dashboard["accounts"]
    assert account["balanceData"]["securedNetBalancesByDenom"] == ["18.00 USD"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"memberTier": 2}, "INVALID_TIER"),
        ({"amount": 2}, "INVALID_AMOUNT"),
        ({"denomination": "CAD"}, "INVALID_DENOMINATION"),
        ({"payFrequency": 30}, "INVALID_FREQUENCY"),
        ({"securedCredex": False}, "INVALID_SECURITY"),
        ({"templateType": "REGULAR", "amount": None}, "INVALID_AMOUNT"),
        ({"templateType": "WEEKLY"}, "VALIDATION_ERROR"),
    ],
)
async def test_30_any_other_subscription_is_refused_by_its_part(pair: Pair, change: dict[str, Any], code: str) -> None:
    answer = await subscribe(pair, **change)
    assert (answer.status, answer.code) == (400, code)


async def test_30_one_subscription_at_a_time_and_by_the_owner_only(pair: Pair) -> None:
    first = await subscribe(pair)
    assert (await subscribe(pair)).code == "ACTIVE_EXISTS"
    assert (await subscribe(pair, sourceAccountID=pair.farai)).status == 403
    id = first.action["id"]
    assert (await pair.bot.as_(RUDO, "cancelRecurring", recurringID=id)).status == 200
    assert (await pair.bot.as_(RUDO, "cancelRecurring", recurringID=id)).status == 404
    await pair.bot.sim("midnight")
    assert await tier(pair) == 1
    assert (await subscribe(pair)).status == 201


async def test_a_standing_payment_is_offered_once_its_receiver_accepts_it(pair: Pair) -> None:
    change = {"templateType": "REGULAR", "targetAccountID": pair.farai, "payFrequency": 1, "amount": 2}
    created = await subscribe(pair, **change)
    id = created.action["id"]
    await pair.bot.sim("midnight")
    assert (await pair.bot.as_(FARAI, "acceptRecurring", recurringID=id)).status == 200
    assert (await pair.bot.as_(FARAI, "acceptRecurring", recurringID=id)).status == 404
    await pair.bot.sim("midnight")
    [account] = (await pair.bot.login(FARAI)).dashboard["accounts"]
    assert [offer["formattedInitialAmount"] for offer in account["pendingInData"]] == ["2.00 USD"]
    await pair.bot.sim("quirks", rawNeo4jDates=True)
    await pair.bot.login(RUDO)
    shown = await pair.bot.as_(RUDO, "getRecurring", recurringID=id, accountID=pair.rudo)
    assert shown.action["details"]["execution"]["totalExecutions"] == 1
    assert set(shown.action["details"]["nextDate"]) == {"year", "month", "day"}


async def test_what_cannot_be_paid_waits_for_the_next_day(pair: Pair) -> None:
    await subscribe(pair, sourceAccountID=pair.rudo)
    await pair.bot.tier(RUDO, 3)
    await pair.offer(20)
    await pair.bot.tier(RUDO, 1)
    await pair.bot.sim("midnight")
    assert await tier(pair) == 1
    await pair.bot.fund(RUDO, "1")
    await pair.bot.sim("midnight")
    assert await tier(pair) == 3


async def test_an_account_gets_another_name_handle_and_denomination(pair: Pair) -> None:
    change = {"accountName": "Rudo Savings", "accountHandle": "Rudo_N", "defaultDenom": "CAD"}
    changed = await pair.bot.as_(RUDO, "updateAccount", accountID=pair.rudo, **change)
    account = changed.account
    assert (account["accountName"], account["accountHandle"], account["defaultDenom"]) == (
        "Rudo Savings",
        "rudo_n",
        "CAD",
    )
    assert account["balanceData"]["netCredexAssetsInDefaultDenom"] == "28.00 CAD"
    assert (await pair.bot.as_(FARAI, "updateAccount", accountID=pair.rudo, accountName="Mine")).status == 404
    assert (await pair.bot.as_(RUDO, "updateAccount", accountID=pair.rudo)).status == 404
    taken = await pair.bot.as_(RUDO, "updateAccount", accountID=pair.rudo, accountHandle=FARAI)
    assert taken.code == "DUPLICATE_HANDLE"


async def test_what_may_be_spent_can_be_asked_before(pair: Pair) -> None:
    async def asked(**change: Any) -> Answer:
        given = {"issuerAccountID": pair.rudo, "Amount": 10, "Denomination": "USD", "securedCredex": True}
        return await pair.bot.as_(RUDO, "authForTierSpendLimit", **(given | change))

    assert (await asked()).action["details"] == {"isAuthorized": True}
    assert (await asked(Amount="10.01")).status == 403
    assert "open tier" in (await asked(securedCredex=False)).body["message"]
    await pair.bot.tier(RUDO, 3)
    assert "No daily limits" in (await asked(Amount=1000)).body["message"]
    assert (await asked(issuerAccountID=pair.farai)).status == 403
