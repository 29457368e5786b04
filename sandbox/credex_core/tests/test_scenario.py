"""The worked scenario of the contract, figure by figure (contract 5.5)."""

from __future__ import annotations

from sandbox.credex_core.tests.bot import FARAI, RUDO, TRUST_PHONE, Bot

DAY = 24 * 3600


async def test_the_worked_scenario_of_the_contract(bot: Bot) -> None:  # noqa: PLR0915 the contract's table is one story
    unknown = await bot.login(RUDO)  # 1
    assert (unknown.status, unknown.action["type"]) == (404, "ERROR_NOT_FOUND")

    joined = [await bot.join(RUDO, "Rudo", "Ncube"), await bot.join(FARAI, "Farai", "Dube")]  # 2
    assert [answer.status for answer in joined] == [201, 201]
    assert [answer.dashboard["member"]["remainingAvailableUSD"] for answer in joined] == [10, 10]
    rudo, farai = (answer.account["accountID"] for answer in joined)

    trust = await bot.account(TRUST_PHONE, "TRUST")
    funding = await bot.offer(TRUST_PHONE, trust, rudo, 20)  # 3
    assert (funding.status, funding.secured) == (200, ["-20.00 USD"])
    [seen] = (await bot.login(RUDO)).dashboard["accounts"]
    assert [item["formattedInitialAmount"] for item in seen["pendingInData"]] == ["20.00 USD"]
    assert seen["balanceData"]["securedNetBalancesByDenom"] == []

    accepted = await bot.as_(RUDO, "acceptCredex", credexID=funding.action["id"])  # 4
    assert (accepted.status, accepted.secured) == (200, ["20.00 USD"])
    assert accepted.account["balanceData"]["netCredexAssetsInDefaultDenom"] == "20.00 USD"

    offer = await bot.offer(RUDO, rudo, farai, "2.5")  # 5
    assert (offer.status, offer.secured) == (200, ["17.50 USD"])
    assert offer.account["balanceData"]["netCredexAssetsInDefaultDenom"] == "20.00 USD"
    assert [item["formattedInitialAmount"] for item in offer.account["pendingOutData"]] == ["-2.50 USD"]
    assert offer.dashboard["member"]["remainingAvailableUSD"] == 7.5

    too_much = await bot.offer(RUDO, rudo, farai, 8)  # 6
    assert (too_much.status, too_much.code) == (403, "TIER_LIMIT_EXCEEDED")
    assert "issue 7.50 USD until tomorrow" in too_much.body["message"]

    empty = await bot.offer(FARAI, farai, rudo, 1)  # 7
    assert (empty.status, empty.code) == (400, "INSUFFICIENT_SECURED_BALANCE")
    assert "credex for 1.00 USD" in empty.body["message"]
    assert "balance is 0.00 USD" in empty.body["message"]

    taken = await bot.as_(FARAI, "acceptCredex", credexID=offer.action["id"])  # 8
    assert (taken.status, taken.secured) == (200, ["2.50 USD"])
    [seen] = (await bot.login(RUDO)).dashboard["accounts"]
    assert seen["balanceData"]["netCredexAssetsInDefaultDenom"] == "17.50 USD"

    again = await bot.as_(FARAI, "acceptCredex", credexID=offer.action["id"])  # 9
    assert (again.status, again.code) == (400, "ACCEPT_FAILED")
    assert again.body["message"] == "Credex has already been accepted"

    late = await bot.as_(RUDO, "cancelCredex", credexID=offer.action["id"])  # 10
    assert (late.status, late.code) == (400, "CANCEL_FAILED")

    third = await bot.offer(RUDO, rudo, farai, 1)  # 11
    cancelled = await bot.as_(RUDO, "cancelCredex", credexID=third.action["id"])
    assert (third.status, cancelled.status, cancelled.secured) == (200, 200, ["17.50 USD"])
    assert cancelled.dashboard["member"]["remainingAvailableUSD"] == 7.5

    fourth = await bot.offer(RUDO, rudo, farai, 1)  # 12
    declined = await bot.as_(FARAI, "declineCredex", credexID=fourth.action["id"])
    [seen] = (await bot.login(RUDO)).dashboard["accounts"]
    assert (fourth.status, declined.status) == (200, 200)
    assert seen["balanceData"]["securedNetBalancesByDenom"] == ["17.50 USD"]

    upgraded = await bot.as_(RUDO, "hustler10k", personalAccountID=rudo)  # 13
    assert (upgraded.status, upgraded.action["details"]["newTier"], upgraded.secured) == (200, 3, ["16.50 USD"])
    operations = (await bot.login("263770009999")).dashboard["accounts"][0]
    assert operations["balanceData"]["securedNetBalancesByDenom"] == ["1.00 USD"]

    all_of_it = await bot.offer(RUDO, rudo, farai, "16.50")  # 14
    assert (all_of_it.status, all_of_it.secured) == (200, [])
    assert all_of_it.dashboard["member"]["remainingAvailableUSD"] is None

    nothing_left = await bot.offer(RUDO, rudo, farai, "0.01")  # 15
    assert nothing_left.code == "INSUFFICIENT_SECURED_BALANCE"
    assert "balance is 0.00 USD" in nothing_left.body["message"]

    ledger = await bot.as_(RUDO, "getLedger", accountID=rudo)  # 16
    entries = ledger.dashboard["ledger"]
    assert [entry["formattedAmount"] for entry in entries] == ["-1.00 USD", "-2.50 USD", "20.00 USD"]
    names = ["Great Sun Operations", "Farai Dube Personal", "Great Sun Trust"]
    assert [entry["counterpartyAccountName"] for entry in entries] == names
    assert ledger.dashboard["pagination"]["hasMore"] is False

    await bot.pass_seconds(301)  # 17
    expired = await bot.as_(RUDO, "getLedger", accountID=rudo)
    assert (expired.status, expired.body) == (401, {"message": "Token expired"})

    for _ in range(3):  # 18
        await bot.sim("midnight")
    [seen] = (await bot.login(RUDO)).dashboard["accounts"]
    assert (seen["pendingOutData"], seen["balanceData"]["securedNetBalancesByDenom"]) == ([], ["16.50 USD"])
