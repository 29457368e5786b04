"""What can go wrong on demand, and the tester's page."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from sandbox.credex_core.settings import read_settings
from sandbox.credex_core.tests.bot import FARAI, RUDO, Bot
from sandbox.credex_core.tests.conftest import Pair
from shared.kernel.errors import Misconfigured


async def test_a_gateway_s_html_can_stand_in_for_an_answer_with_or_without_the_act(pair: Pair) -> None:
    for effect, made in (("answer", 0), ("answer_after", 1)):
        await pair.bot.sim("faults", effect=effect, path="createCredex", status=502)
        answer = await pair.bot.offer(RUDO, pair.rudo, pair.farai, 1)
        assert (answer.status, answer.text[:6]) == (502, "<html>")
        [account] = (await pair.bot.login(RUDO)).dashboard["accounts"]
        assert len(account["pendingOutData"]) == made


@pytest.mark.parametrize(("effect", "made"), [("reset_before", 0), ("reset_after", 1)])
async def test_a_connection_can_break_before_or_after_the_act(pair: Pair, effect: str, made: int) -> None:
    await pair.bot.login(RUDO)
    await pair.bot.sim("faults", effect=effect, path="createCredex")
    with pytest.raises(aiohttp.ClientError):
        await pair.bot.offer(RUDO, pair.rudo, pair.farai, 1)
    [account] = (await pair.bot.login(RUDO)).dashboard["accounts"]
    assert len(account["pendingOutData"]) == made


@pytest.mark.parametrize(("effect", "made"), [("hang_before", 0), ("hang_after", 1), ("delay", 0)])
async def test_an_answer_can_wait_for_the_stand_in_s_clock(pair: Pair, effect: str, made: int) -> None:
    await pair.bot.login(RUDO)
    await pair.bot.sim("faults", effect=effect, path="createCredex", seconds=30)
    offer = asyncio.ensure_future(pair.bot.offer(RUDO, pair.rudo, pair.farai, 1))
    while "createCredex" not in await pair.bot.sim("requests", "GET"):
        pass
    [account] = (await pair.bot.login(RUDO)).dashboard["accounts"]
    assert len(account["pendingOutData"]) == made
    assert not offer.done()
    await pair.bot.pass_seconds(30)
    if effect == "delay":
        assert (await offer).status == 200
    else:
        with pytest.raises(aiohttp.ClientError):
            await offer


async def test_a_fault_strikes_its_path_as_often_as_told_and_a_reset_forgets_it(pair: Pair) -> None:
    await pair.bot.sim("faults", effect="answer", path="getLedger", times=2, status=429, body="slow", retry_after=7)
    assert (await pair.bot.login(RUDO)).status == 200
    answers = [await pair.bot.as_(RUDO, "getLedger", accountID=pair.rudo) for _ in range(3)]
    assert [answer.status for answer in answers] == [429, 429, 200]
    assert answers[0].headers["Retry-After"] == "7"
    await pair.bot.sim("faults", effect="answer", times=None)
    assert (await pair.bot.login(RUDO)).status == 500
    await pair.bot.sim("faults", "DELETE")
    assert (await pair.bot.login(RUDO)).status == 200
    await pair.bot.sim("reset")
    assert (await pair.bot.login(RUDO)).status == 404


async def test_the_page_shows_balances_tops_up_and_says_what_it_does_not_take(bot: Bot, pair: Pair) -> None:
    http = bot.http
    form = {"handle": RUDO, "denomination": "USD", "amount": "5"}
    async with http.post("/credex/_sim/fund", data=form) as page:
        shown = await page.text()
    assert (page.status, page.url.path) == (200, "/credex/_sim/")
    assert "25.00 USD" in shown
    assert "Rudo Ncube Personal" in shown
    async with http.post("/credex/_sim/fund", data=form | {"handle": "nobody"}) as refused:
        assert refused.status == 400
    async with http.post("/credex/_sim/fund", data=form | {"amount": "many"}) as refused:
        assert (await refused.json())["error"].startswith("amount")
    state = await bot.sim("state", "GET")
    assert {"now", "members", "accounts", "credexes", "quirks", "faults"} <= set(state)
    async with http.get("/credex/health") as healthy:
        assert await healthy.json() == {"status": "healthy"}


async def test_the_contract_s_own_names_of_the_hooks_work(bot: Bot, pair: Pair) -> None:
    async def hook(name: str, **body: object) -> int:
        async with bot.http.post(f"/credex/__sim/{name}", json=body) as answer:
            return answer.status

    assert await hook("fund", accountHandle=FARAI, denomination="USD", amount=5) == 200
    assert await hook("set-tier", phone=FARAI, tier=3) == 200
    shown = (await bot.login(FARAI)).dashboard
    assert shown["accounts"][0]["balanceData"]["securedNetBalancesByDenom"] == ["5.00 USD"]
    assert shown["member"]["memberTier"] == 3
    assert await hook("fail-next", status=503, body="busy") == 200
    assert [(await bot.login(FARAI)).status for _ in range(2)] == [503, 200]
    assert await hook("advance", seconds=301) == 200
    assert (await bot.as_(FARAI, "getLedger")).body == {"message": "Token expired"}
    async with bot.http.get("/credex/__sim/state") as state:
        day = (await state.json())["day"]
    assert await hook("run-dco") == 200
    async with bot.http.get("/credex/__sim/state") as state:
        assert (await state.json())["day"] > day
    assert await hook("reset") == 200
    assert (await bot.login(FARAI)).status == 404


def test_the_people_of_the_demonstration_are_members_at_first() -> None:
    settings = read_settings({})
    assert [name for _, name in settings.people] == ["Tariro Moyo", "Themba Ndlovu", "Chipo Dube"]
    assert settings.requests_per_minute == 30


def test_a_senseless_setting_is_named() -> None:
    with pytest.raises(Misconfigured, match="CREDEX_SANDBOX_LIMIT"):
        read_settings({"CREDEX_SANDBOX_LIMIT": "many"})
