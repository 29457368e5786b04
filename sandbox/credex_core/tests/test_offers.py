"""Offers, balances, tiers (contract 5.2: rules 11 to 31)."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.credex_core.tests.bot import FARAI, RUDO, TRUST_PHONE
from sandbox.credex_core.tests.conftest import Pair

DAY = 24 * 3600


async def seen(pair: Pair, phone: str) -> dict[str, Any]:
    [account] = (await pair.bot.login(phone)).dashboard["accounts"]
    found: dict[str, Any] = account
    return found


def secured(account: dict[str, Any]) -> list[str]:
    return sorted(account["balanceData"]["securedNetBalancesByDenom"])


async def test_11_12_an_offer_lowers_the_issuer_at_once_and_raises_the_receiver_when_accepted(pair: Pair) -> None:
    id = await pair.offer(3)
    rudo, farai = await seen(pair, RUDO), await seen(pair, FARAI)
    assert (secured(rudo), secured(farai)) == (["17.00 USD"], [])
    assert rudo["pendingOutData"] == [
        {
            "credexID": id,
            "formattedInitialAmount": "-3.00 USD",
            "counterpartyAccountName": "Farai Dube Personal",
            "secured": True,
        }
    ]
    assert farai["pendingInData"][0]["formattedInitialAmount"] == "3.00 USD"
    accepted = await pair.bot.as_(FARAI, "acceptCredex", credexID=id)
    assert accepted.action["details"]["acceptorAccountID"] == pair.farai
    rudo, farai = await seen(pair, RUDO), await seen(pair, FARAI)
    assert (secured(rudo), secured(farai)) == (["17.00 USD"], ["3.00 USD"])
    assert (rudo["pendingOutData"], farai["pendingInData"]) == ([], [])
    for phone, account, amount in ((RUDO, pair.rudo, "-3.00 USD"), (FARAI, pair.farai, "3.00 USD")):
        ledger = await pair.bot.as_(phone, "getLedger", accountID=account)
        assert ledger.dashboard["ledger"][0]["formattedAmount"] == amount


@pytest.mark.parametrize(("who", "path"), [(RUDO, "cancelCredex"), (FARAI, "declineCredex")])
async def test_13_what_is_taken_back_restores_balance_and_limit(pair: Pair, who: str, path: str) -> None:
    id = await pair.offer(3)
    assert (await pair.bot.as_(who, path, credexID=id)).status == 200
    dashboard = (await pair.bot.login(RUDO)).dashboard
    assert secured(dashboard["accounts"][0]) == ["20.00 USD"]
    assert (dashboard["accounts"][0]["pendingOutData"], dashboard["member"]["remainingAvailableUSD"]) == ([], 10)
    ledger = await pair.bot.as_(FARAI, "getLedger", accountID=pair.farai)
    assert (ledger.body["message"], ledger.dashboard["ledger"]) == ("No ledger entries found", [])


async def test_14_denominations_do_not_help_each_other(pair: Pair) -> None:
    await pair.bot.tier(RUDO, 3)
    await pair.bot.fund(RUDO, "100", "CAD")
    answer = await pair.bot.offer(RUDO, pair.rudo, pair.farai, 21)
    assert answer.code == "INSUFFICIENT_SECURED_BALANCE"
    assert (await pair.bot.offer(RUDO, pair.rudo, pair.farai, 100, Denomination="CAD")).status == 200


async def test_15_equal_is_enough_and_the_refusal_names_both_figures(pair: Pair) -> None:
    await pair.bot.tier(RUDO, 3)
    await pair.bot.fund(RUDO, "0.0125", "XAU")
    answer = await pair.bot.offer(RUDO, pair.rudo, pair.farai, "0.0126", Denomination="XAU")
    assert answer.body["message"] == (
        "Your secured credex for 0.0126 XAU cannot be issued because your maximum securable XAU balance is 0.0125 XAU"
    )
    assert answer.action["type"] == "CREDEX_CREATE_FAILED"
    assert (await pair.bot.offer(RUDO, pair.rudo, pair.farai, "0.0125", Denomination="XAU")).status == 200


async def test_16_pending_offers_count_as_spent(pair: Pair) -> None:
    await pair.bot.tier(RUDO, 3)
    await pair.offer(16)
    answer = await pair.bot.offer(RUDO, pair.rudo, pair.farai, 5)
    assert "maximum securable USD balance is 4.00 USD" in answer.body["message"]


async def test_17_two_securers_are_not_pooled(pair: Pair) -> None:
    other = await pair.bot.as_(
        TRUST_PHONE,
        "createAccount",
        accountType="TRUST",
        accountName="Second Trust",
        accountHandle="second_trust",
        defaultDenom="USD",
    )
    await pair.bot.tier(FARAI, 3)
    for trust in (other.account["accountID"], await pair.bot.account(TRUST_PHONE, "TRUST")):
        offer = await pair.bot.offer(TRUST_PHONE, trust, pair.farai, 5)
        await pair.bot.as_(FARAI, "acceptCredex", credexID=offer.action["id"])
    assert secured(await seen(pair, FARAI)) == ["10.00 USD"]
    refused = await pair.bot.offer(FARAI, pair.farai, pair.rudo, 8)
    assert "maximum securable USD balance is 5.00 USD" in refused.body["message"]
    assert (await pair.bot.offer(FARAI, pair.farai, pair.rudo, 5)).status == 200
    assert (await pair.bot.offer(FARAI, pair.farai, pair.rudo, 5)).status == 200


async def test_18_a_trust_gives_without_having(pair: Pair) -> None:
    trust = await pair.bot.account(TRUST_PHONE, "TRUST")
    offer = await pair.bot.offer(TRUST_PHONE, trust, pair.farai, 1234567.5)
    assert offer.secured == ["-1,234,587.50 USD"]


async def test_19_value_is_passed_on_after_acceptance_only(pair: Pair) -> None:
    id = await pair.offer(3)
    assert (await pair.bot.offer(FARAI, pair.farai, pair.rudo, 3)).code == "INSUFFICIENT_SECURED_BALANCE"
    await pair.bot.as_(FARAI, "acceptCredex", credexID=id)
    assert (await pair.bot.offer(FARAI, pair.farai, pair.rudo, 3)).status == 200


async def test_20_an_account_cannot_pay_itself_but_a_member_s_other_account(pair: Pair) -> None:
    await pair.bot.tier(RUDO, 3)
    shop = await pair.bot.as_(
        RUDO, "createAccount", accountType="OPERATIONS", accountName="Shop", accountHandle="shop", defaultDenom="USD"
    )
    assert (await pair.bot.offer(RUDO, pair.rudo, pair.rudo, 1)).code == "INVALID_ACCOUNTS"
    assert (await pair.bot.offer(RUDO, pair.rudo, shop.account["accountID"], 1)).status == 200


async def test_21_22_each_wrong_answer_is_told_in_the_core_s_order(pair: Pair) -> None:
    accepted, cancelled, open_ = [await pair.offer(1) for _ in range(3)]
    await pair.bot.as_(FARAI, "acceptCredex", credexID=accepted)
    await pair.bot.as_(RUDO, "cancelCredex", credexID=cancelled)
    unknown = "9e4f7d21-83c5-4f1b-8b22-7a2e2c8d1b02"
    wrong = {
        unknown: "Credex not found",
        accepted: "Credex has already been accepted",
        cancelled: "Credex is in an invalid state",
        open_: "Failed to accept Credex - authorization check failed",
    }
    for id, message in wrong.items():
        answer = await pair.bot.as_(RUDO, "acceptCredex", credexID=id)
        assert (answer.status, answer.code, answer.body["message"]) == (400, "ACCEPT_FAILED", message)
        assert (answer.action["type"], answer.action["id"]) == ("ERROR_INTERNAL", id)
    for id in wrong:
        declined = await pair.bot.as_(RUDO, "declineCredex", credexID=id)
        assert (declined.status, declined.action["type"]) == (404, "ERROR_NOT_FOUND")
        late = await pair.bot.as_(FARAI, "cancelCredex", credexID=id)
        assert (late.status, late.code) == (400, "CANCEL_FAILED")
    await pair.bot.sim("quirks", cancelNotFoundStatus=404)
    assert (await pair.bot.as_(FARAI, "cancelCredex", credexID=open_)).status == 404


async def test_23_a_bulk_acceptance_tells_of_each(pair: Pair) -> None:
    first, second = await pair.offer(1), await pair.offer(2)
    await pair.bot.as_(RUDO, "cancelCredex", credexID=second)
    mixed = await pair.bot.as_(FARAI, "acceptCredexBulk", credexIDs=[first, second])
    details = mixed.action["details"]
    assert (details["totalProcessed"], details["successCount"], details["failureCount"]) == (2, 1, 1)
    assert details["summary"]["accepted"] == [first]
    assert details["summary"]["failed"] == [{"credexID": second, "error": "Credex is in an invalid state"}]
    none = await pair.bot.as_(FARAI, "acceptCredexBulk", credexIDs=[first, second])
    assert (none.status, none.code) == (400, "BULK_ACCEPT_FAILED")
    assert (await pair.bot.as_(FARAI, "acceptCredexBulk", credexIDs=[])).status == 400


async def test_24_the_same_offer_twice_is_two_offers(pair: Pair) -> None:
    assert await pair.offer(1) != await pair.offer(1)


async def test_25_an_offer_survives_two_midnights_and_dies_at_the_third(pair: Pair) -> None:
    id = await pair.offer(5)
    for _ in range(2):
        await pair.bot.sim("midnight")
    assert len((await seen(pair, RUDO))["pendingOutData"]) == 1
    await pair.bot.sim("midnight")
    rudo = await seen(pair, RUDO)
    assert (rudo["pendingOutData"], secured(rudo)) == ([], ["20.00 USD"])
    late = await pair.bot.as_(RUDO, "acceptCredex", credexID=id)
    assert late.body["message"] == "Credex is in an invalid state"


@pytest.mark.parametrize(
    ("due", "code"),
    [
        (None, "MISSING_DUE_DATE"),
        ("2026-11-30", "INVALID_DUE_DATE"),
        ("2026-12-01", None),
        ("2026-12-28", None),
        ("2026-12-29", "INVALID_DUE_DATE"),
        ("2026-02-31", "INVALID_DUE_DATE"),
    ],
)
async def test_26_a_promise_is_due_in_seven_days_to_under_five_weeks(
    pair: Pair, due: str | None, code: str | None
) -> None:
    answer = await pair.bot.offer(FARAI, pair.farai, pair.rudo, 5, securedCredex=False, dueDate=due)
    assert answer.action["details"].get("code") == code


async def test_26_a_secured_offer_takes_no_due_date(pair: Pair) -> None:
    answer = await pair.bot.offer(RUDO, pair.rudo, pair.farai, 5, dueDate="2026-12-01")
    assert answer.code == "INVALID_DUE_DATE"


async def test_26_payables_change_on_acceptance_and_default_on_the_due_day(pair: Pair) -> None:
    made = await pair.bot.offer(FARAI, pair.farai, pair.rudo, 5, securedCredex=False, dueDate="2026-12-01")
    assert made.account["balanceData"]["unsecuredBalancesInDefaultDenom"]["totalPayables"] == "0.00 USD"
    assert made.account["pendingOutData"][0]["dueDate"] == "2026-12-01"
    await pair.bot.as_(RUDO, "acceptCredex", credexID=made.action["id"])
    farai, rudo = await seen(pair, FARAI), await seen(pair, RUDO)
    assert farai["balanceData"]["unsecuredBalancesInDefaultDenom"] == {
        "totalPayables": "5.00 USD",
        "totalReceivables": "0.00 USD",
        "netPayRec": "-5.00 USD",
    }
    assert rudo["balanceData"]["unsecuredBalancesInDefaultDenom"]["totalReceivables"] == "5.00 USD"
    for _ in range(8):
        await pair.bot.sim("midnight")
    await pair.bot.login(RUDO)
    shown = await pair.bot.as_(RUDO, "getCredex", credexID=made.action["id"], accountID=pair.rudo)
    assert shown.action["details"]["status"]["defaultedAmount"] == "5.00 USD"
    assert (await seen(pair, FARAI))["balanceData"]["unsecuredBalancesInDefaultDenom"]["totalPayables"] == "0.00 USD"


async def test_27_28_the_daily_limit_is_exact_and_new_at_midnight(pair: Pair) -> None:
    id = await pair.offer("7.50")
    refused = await pair.bot.offer(RUDO, pair.rudo, pair.farai, "2.51")
    assert (refused.status, refused.code) == (403, "TIER_LIMIT_EXCEEDED")
    assert "You are only able to issue 2.50 USD until tomorrow" in refused.body["message"]
    await pair.offer("2.50")
    await pair.bot.as_(FARAI, "acceptCredex", credexID=id)
    assert (await pair.bot.offer(RUDO, pair.rudo, pair.farai, "0.01")).code == "TIER_LIMIT_EXCEEDED"
    await pair.bot.tier(RUDO, 2)
    await pair.offer("10.00")
    await pair.bot.tier(RUDO, 1)
    await pair.bot.sim("midnight")
    assert (await pair.bot.login(RUDO)).dashboard["member"]["remainingAvailableUSD"] == 10


async def test_28_other_denominations_count_at_the_day_s_rate(pair: Pair) -> None:
    await pair.bot.fund(RUDO, "100", "CAD")
    await pair.offer(7, Denomination="CAD")
    assert (await pair.bot.login(RUDO)).dashboard["member"]["remainingAvailableUSD"] == 5


async def test_29_the_limit_is_the_owner_s_whoever_signs(pair: Pair) -> None:
    await pair.bot.tier(FARAI, 4)
    await pair.bot.fund(FARAI, "50")
    assert (
        await pair.bot.as_(FARAI, "authorizeForAccount", accountID=pair.farai, memberHandleToBeAuthorized=RUDO)
    ).status == 200
    assert (await pair.bot.offer(RUDO, pair.farai, pair.rudo, 30)).status == 200


async def test_30_31_the_upgrade_costs_a_dollar_each_time_and_opens_accounts(pair: Pair) -> None:
    shop = {"accountType": "OPERATIONS", "accountName": "Shop", "accountHandle": "shop", "defaultDenom": "USD"}
    assert (await pair.bot.as_(RUDO, "createAccount", **shop)).status == 403
    upgraded = await pair.bot.as_(RUDO, "hustler10k", personalAccountID=pair.rudo)
    assert upgraded.dashboard["member"]["memberTier"] == 3
    assert upgraded.dashboard["member"]["remainingAvailableUSD"] is None
    again = await pair.bot.as_(RUDO, "hustler10k", personalAccountID=pair.rudo)
    assert again.secured == ["18.00 USD"]
    assert (await pair.bot.as_(RUDO, "createAccount", **shop)).status == 201
    assert (await pair.bot.as_(RUDO, "createAccount", **shop)).code == "DUPLICATE_HANDLE"


@pytest.mark.parametrize(
    ("old", "status", "code"), [(False, 400, "INSUFFICIENT_SECURED_BALANCE"), (True, 500, "CREDEX_CREATE_FAILED")]
)
async def test_30_an_upgrade_without_the_dollar(pair: Pair, old: bool, status: int, code: str) -> None:
    await pair.bot.sim("quirks", hustlerErrors500=old)
    answer = await pair.bot.as_(FARAI, "hustler10k", personalAccountID=pair.farai)
    assert (answer.status, answer.code) == (status, code)
    assert "credex for 1.00 USD" in answer.action["details"]["reason"]


async def test_members_of_an_account(pair: Pair) -> None:
    may = {"accountID": pair.rudo, "memberHandleToBeAuthorized": FARAI}
    assert (await pair.bot.as_(RUDO, "authorizeForAccount", **may)).status == 403
    await pair.bot.tier(RUDO, 4)
    await pair.bot.sim("quirks", authFor=True)
    added = await pair.bot.as_(RUDO, "authorizeForAccount", **may)
    assert [person["firstname"] for person in added.account["authFor"]] == ["Rudo", "Farai"]
    farai = added.action["details"]["memberID"]
    told = await pair.bot.as_(RUDO, "updateSendOffersTo", accountID=pair.rudo, memberIDtoSendOffers=farai)
    assert told.account["sendOffersTo"]["firstname"] == "Farai"
    both = (await pair.bot.login(FARAI)).dashboard["accounts"]
    assert [account["isOwnedAccount"] for account in both] == [False, True]
    removed = await pair.bot.as_(RUDO, "unauthorizeForAccount", accountID=pair.rudo, memberIDtoBeUnauthorized=farai)
    assert removed.account["sendOffersTo"]["firstname"] == "Rudo"
    for number in range(4):
        phone = f"26377000010{number}"
        await pair.bot.join(phone, "Thandi", "Moyo")
        more = may | {"memberHandleToBeAuthorized": phone}
        assert (await pair.bot.as_(RUDO, "authorizeForAccount", **more)).status == 200
    assert (await pair.bot.as_(RUDO, "authorizeForAccount", **may)).status == 400
    unknown = may | {"memberHandleToBeAuthorized": "nobody_here"}
    assert (await pair.bot.as_(RUDO, "authorizeForAccount", **unknown)).status == 404
