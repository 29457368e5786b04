"""Ledger, single credexes, balances, and what the dashboard shows (contract 5.2: rules 32 to 34)."""

from __future__ import annotations

from sandbox.credex_core.tests.bot import FARAI, RUDO
from sandbox.credex_core.tests.conftest import Pair


async def test_32_the_ledger_is_paged_to_the_border(pair: Pair) -> None:
    for amount in ("0.10", "0.20", "0.30"):
        id = await pair.offer(amount)
        await pair.bot.as_(FARAI, "acceptCredex", credexID=id)

    async def page(start: int, count: int) -> tuple[list[str], bool]:
        told = await pair.bot.as_(RUDO, "getLedger", accountID=pair.rudo, startRow=start, numRows=count)
        return [row["amount"] for row in told.dashboard["ledger"]], told.dashboard["pagination"]["hasMore"]

    assert await page(0, 2) == (["-0.30", "-0.20"], True)
    assert await page(2, 2) == (["-0.10", "20.00"], False)
    assert await page(4, 2) == ([], False)
    await pair.bot.sim("quirks", ledgerIgnoresPaging=True)
    assert len((await page(2, 2))[0]) == 4
    foreign = await pair.bot.as_(FARAI, "getLedger", accountID=pair.rudo)
    assert (foreign.status, foreign.code) == (403, "UNAUTHORIZED_ACCESS")
    senseless = await pair.bot.as_(RUDO, "getLedger", accountID=pair.rudo, numRows=0)
    assert senseless.code == "INVALID_NUM_ROWS"


async def test_the_ledger_s_dashboard_is_bare_and_its_dates_may_be_raw(pair: Pair) -> None:
    ledger = await pair.bot.as_(RUDO, "getLedger", accountID=pair.rudo)
    assert set(ledger.dashboard) == {"ledger", "pagination"}
    assert ledger.dashboard["ledger"][0]["timestamp"] == "2026-11-24T08:00:00.000Z"
    await pair.bot.sim("quirks", rawNeo4jDates=True, getLedgerDashboardBare=False)
    ledger = await pair.bot.as_(RUDO, "getLedger", accountID=pair.rudo)
    assert ledger.dashboard["ledger"][0]["timestamp"]["day"] == {"low": 24, "high": 0}
    assert ledger.account["accountID"] == pair.rudo


async def test_33_a_credex_is_seen_from_both_sides_and_by_nobody_else(pair: Pair) -> None:
    id = await pair.offer(5)
    mine = await pair.bot.as_(RUDO, "getCredex", credexID=id, accountID=pair.rudo)
    theirs = await pair.bot.as_(FARAI, "getCredex", credexID=id, accountID=pair.farai)
    assert (mine.action["details"]["amount"], theirs.action["details"]["amount"]) == ("-5.00", "5.00")
    assert mine.action["details"]["transactionType"] == "OFFERS"
    assert theirs.action["details"]["receiverAccountName"] == "Rudo Ncube Personal"
    assert (await pair.bot.as_(FARAI, "getCredex", credexID=id, accountID=pair.rudo)).status == 404
    await pair.bot.as_(FARAI, "declineCredex", credexID=id)
    gone = await pair.bot.as_(RUDO, "getCredex", credexID=id, accountID=pair.rudo)
    assert gone.action["details"]["transactionType"] == "DECLINED"


async def test_34_a_change_shows_one_account_unless_switched(pair: Pair) -> None:
    await pair.bot.tier(RUDO, 3)
    await pair.bot.as_(
        RUDO, "createAccount", accountType="OPERATIONS", accountName="Shop", accountHandle="shop", defaultDenom="USD"
    )
    assert len((await pair.bot.offer(RUDO, pair.rudo, pair.farai, 1)).dashboard["accounts"]) == 1
    await pair.bot.sim("quirks", fullDashboard=True)
    assert len((await pair.bot.offer(RUDO, pair.rudo, pair.farai, 1)).dashboard["accounts"]) == 2


async def test_balances_alone_and_their_switches(pair: Pair) -> None:
    await pair.bot.tier(RUDO, 3)
    id = await pair.offer(20)
    await pair.bot.sim("quirks", showZeroBalances=True, emptyBalanceBug=True, subtractOffersFromNetAssets=True)
    mine = await pair.bot.as_(RUDO, "getBalances", accountID=pair.rudo)
    assert mine.action["details"]["securedNetBalancesByDenom"] == ["0.00 USD"]
    assert mine.action["details"]["netCredexAssetsInDefaultDenom"] == "0.00 USD"
    await pair.bot.as_(FARAI, "declineCredex", credexID=id)
    await pair.bot.join("263770000009", "Thandi", "Moyo")
    [fresh] = (await pair.bot.login("263770000009")).dashboard["accounts"]
    assert fresh["balanceData"]["netCredexAssetsInDefaultDenom"] == "0.00"
    assert (await pair.bot.as_(FARAI, "getBalances", accountID=pair.rudo)).status == 404


async def test_who_may_not_sign_for_the_account_is_told_so(pair: Pair) -> None:
    answer = await pair.bot.offer(FARAI, pair.rudo, pair.farai, 1)
    assert (answer.status, answer.code) == (403, "FORBIDDEN")
    await pair.bot.sim("quirks", forbiddenStatus=400)
    assert (await pair.bot.offer(FARAI, pair.rudo, pair.farai, 1)).status == 400
    stranger = "9e4f7d21-83c5-4f1b-8b22-7a2e2c8d1b02"
    assert (await pair.bot.offer(RUDO, pair.rudo, stranger, 1)).code == "FORBIDDEN"
    assert (await pair.bot.offer(RUDO, stranger, pair.rudo, 1)).body["message"] == "Account not found"


async def test_a_member_is_found_by_handle(pair: Pair) -> None:
    found = await pair.bot.as_(RUDO, "getMemberByHandle", memberHandle=FARAI)
    assert found.action["details"]["memberName"] == "Farai Dube"
    assert (await pair.bot.as_(RUDO, "getMemberByHandle", memberHandle="nobody_here")).status == 404
