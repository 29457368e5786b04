"""Client key, tokens, rate limit, bodies (contract 5.2: rules 1 to 10)."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.credex_core.tests.bot import FARAI, KEY, RUDO, Bot, claims_of, signed
from sandbox.credex_core.tests.conftest import Pair


@pytest.mark.parametrize("headers", [{}, {"x-client-api-key": "wrong"}])
@pytest.mark.parametrize("path", ["login", "onboardMember"])
async def test_1_a_wrong_client_key_is_refused_before_the_body_is_looked_at(
    bot: Bot, path: str, headers: dict[str, str]
) -> None:
    answer = await bot.post(path, b"no json", **headers)
    assert (answer.status, answer.body) == (401, {"message": "Unauthorized client"})


async def test_2_all_else_needs_a_token_even_what_does_not_exist(bot: Bot) -> None:
    for path in ("getLedger", "noSuchThing", "no/such/thing"):
        answer = await bot.post(path, {})
        assert (answer.status, answer.body) == (401, {"message": "Authentication required"})
        answer = await bot.post(path, {}, authorization="Bearer garbage")
        assert (answer.status, answer.body) == (401, {"message": "Invalid token"})


async def test_2_a_well_signed_token_of_nobody_is_invalid(pair: Pair) -> None:
    await pair.bot.login(RUDO)
    claims = claims_of(pair.bot.tokens[RUDO]) | {"memberID": "9e4f7d21-83c5-4f1b-8b22-7a2e2c8d1b02"}
    answer = await pair.bot.post("getLedger", {}, authorization=f"Bearer {signed(claims)}")
    assert answer.body == {"message": "Invalid token"}


async def test_a_path_that_does_not_exist_is_404_once_signed_in(pair: Pair) -> None:
    for path in ("noSuchThing", "no/such/thing"):
        answer = await pair.bot.as_(RUDO, path)
        assert (answer.status, answer.body["message"]) == (404, "Not Found")


@pytest.mark.parametrize(("idle", "status"), [(300, 200), (301, 401)])
async def test_3_a_token_lives_five_idle_minutes_exactly(pair: Pair, idle: int, status: int) -> None:
    await pair.bot.login(RUDO)
    await pair.bot.pass_seconds(idle)
    assert (await pair.bot.as_(RUDO, "getLedger", accountID=pair.rudo)).status == status


async def test_3_4_the_header_s_token_goes_on_but_not_past_six_hours(pair: Pair) -> None:
    await pair.bot.login(RUDO)
    first = claims_of(pair.bot.tokens[RUDO])
    for _ in range(6 * 3600 // 240):
        await pair.bot.pass_seconds(240)
        answer = await pair.bot.as_(RUDO, "getAccountByHandle", accountHandle=FARAI)
        assert answer.status == 200
        pair.bot.tokens[RUDO] = answer.token
    claims = claims_of(pair.bot.tokens[RUDO])
    assert claims["absoluteExpiry"] == first["absoluteExpiry"] == first["iat"] + 6 * 3600
    assert (claims["iat"], claims["lastActivity"]) == (first["iat"], first["iat"] + 6 * 3600)
    await pair.bot.pass_seconds(1)
    assert (await pair.bot.as_(RUDO, "getLedger", accountID=pair.rudo)).body == {"message": "Token expired"}


async def test_the_old_bot_can_check_the_signature(pair: Pair) -> None:
    await pair.bot.login(RUDO)
    token = pair.bot.tokens[RUDO]
    assert signed(claims_of(token)).split(".")[1:] != token.split(".")[1:]  # spaces differ, the secret does not
    answer = await pair.bot.post("getLedger", {}, authorization=f"Bearer {signed(claims_of(token), 'other')}")
    assert answer.body == {"message": "Invalid token"}
    answer = await pair.bot.post("getLedger", {}, authorization=f"Bearer {signed(claims_of(token))}")
    assert answer.code == "INVALID_ACCOUNT_ID"


async def test_5_one_request_too_many_in_a_minute_is_answered_in_plain_text(bot: Bot) -> None:
    await bot.sim("limit", requests=30)
    answers = [await bot.login("263770001111") for _ in range(31)]
    assert [answer.status for answer in answers] == [404] * 30 + [429]
    assert answers[-1].text == "Too many requests, please try again later"
    assert answers[-1].headers["Retry-After"] == "60"
    told = {name.lower(): value for name, value in answers[-1].headers.items()}
    assert (told["ratelimit-limit"], told["x-ratelimit-remaining"]) == ("30", "0")
    await bot.pass_seconds(60)
    assert (await bot.login("263770001111")).status == 404


@pytest.mark.parametrize(
    ("phone", "status", "code"),
    [
        ("+263 77 000-0001", 200, None),
        ("0770000001", 400, "INVALID_PHONE"),
        ("--", 400, "INVALID_PHONE"),
        (None, 400, "MISSING_PHONE"),
        ("263779999999", 404, "NOT_FOUND"),
    ],
)
async def test_6_phones(pair: Pair, phone: str | None, status: int, code: str | None) -> None:
    answer = await pair.bot.by_key("login", phone=phone)
    assert answer.status == status
    assert answer.action["details"].get("code") == code


async def test_7_who_joins_has_one_empty_personal_account(bot: Bot) -> None:
    joined = await bot.join(RUDO, "Rudo", "Ncube")
    assert (joined.status, joined.action["type"]) == (201, "MEMBER_ONBOARDED")
    assert joined.dashboard["member"]["memberTier"] == 1
    account = joined.account
    assert (account["accountType"], account["accountHandle"]) == ("PERSONAL", RUDO)
    assert account["accountName"] == "Rudo Ncube Personal"
    assert account["sendOffersTo"]["memberID"] == joined.action["details"]["memberID"]
    assert account["balanceData"]["securedNetBalancesByDenom"] == []
    assert (await bot.login(RUDO)).dashboard["accounts"] == [account]


async def test_8_joining_twice_is_a_duplicate(pair: Pair) -> None:
    answer = await pair.bot.join(RUDO, "Rudo", "Ncube")
    assert (answer.status, answer.code) == (409, "DUPLICATE_PHONE")
    assert answer.body["message"] == "Phone number already in use"


async def test_8_a_phone_that_is_an_account_s_handle_cannot_join(bot: Bot, pair: Pair) -> None:
    await bot.tier(RUDO, 3)
    made = await bot.as_(
        RUDO,
        "createAccount",
        accountType="OPERATIONS",
        accountName="Shop",
        accountHandle="263770000003",
        defaultDenom="USD",
    )
    assert made.status == 201
    answer = await bot.join("263770000003", "Thandi", "Moyo")
    assert (answer.status, answer.code) == (500, "ACCOUNT_CREATE_FAILED")


@pytest.mark.parametrize(
    ("first", "denomination", "field"),
    [
        ("Zoë", "USD", "firstname"),
        ("Jo", "USD", "firstname"),
        ("R" * 51, "USD", "firstname"),
        ("Rudo", "ZWL", "defaultDenom"),
    ],
)
async def test_9_names_are_cleaned_before_their_length_counts(
    bot: Bot, first: str, denomination: str, field: str
) -> None:
    answer = await bot.join(RUDO, first, "Ncube", denomination)
    assert (answer.status, answer.action["details"]["field"]) == (400, field)
    assert answer.action["type"] == "ERROR_VALIDATION"


async def test_9_an_apostrophe_is_lost(bot: Bot) -> None:
    assert (await bot.join(RUDO, "Ne'o1", "Ncube")).account["accountName"] == "Neo Ncube Personal"


@pytest.mark.parametrize(
    ("handle", "status", "code"),
    [
        (" VimbisoPay_Trust ", 200, None),
        ("ab", 400, "VALIDATION_ERROR"),
        ("a" * 31, 400, "VALIDATION_ERROR"),
        ("no-dash", 400, "VALIDATION_ERROR"),
        ("nobody_here", 404, "ACCOUNT_NOT_FOUND"),
    ],
)
async def test_10_handles(pair: Pair, handle: str, status: int, code: str | None) -> None:
    answer = await pair.bot.as_(RUDO, "getAccountByHandle", accountHandle=handle)
    assert answer.status == status
    assert answer.action["details"].get("code") == code


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"issuerAccountID": "nonsense"}, "issuerAccountID"),
        ({"Denomination": "EUR"}, "Denomination"),
        ({"InitialAmount": 0}, "InitialAmount"),
        ({"InitialAmount": "-1"}, "InitialAmount"),
        ({"InitialAmount": "nan"}, "InitialAmount"),
        ({"InitialAmount": None}, "InitialAmount"),
        ({"credexType": "LOAN"}, "credexType"),
        ({"OFFERSorREQUESTS": "GIVES"}, "OFFERSorREQUESTS"),
        ({"securedCredex": "true"}, "securedCredex"),
        ({"dueDate": "1 May"}, "dueDate"),
    ],
)
async def test_the_body_of_an_offer_is_checked_field_by_field(pair: Pair, change: dict[str, Any], field: str) -> None:
    answer = await pair.bot.offer(RUDO, pair.rudo, pair.farai, 1, **change)
    assert (answer.status, answer.code, answer.action["details"]["field"]) == (400, "VALIDATION_ERROR", field)


async def test_more_decimals_than_shown_are_taken_and_rounded_for_show(pair: Pair) -> None:
    answer = await pair.bot.offer(RUDO, pair.rudo, pair.farai, "1.23456")
    assert answer.account["pendingOutData"][0]["formattedInitialAmount"] == "-1.23 USD"


async def test_what_is_no_json_is_told_outside_the_envelope(bot: Bot) -> None:
    answer = await bot.post("login", b"{", **{"x-client-api-key": KEY})
    told = {"status": "error", "statusCode": 400, "message": "Unexpected token in JSON"}
    assert (answer.status, answer.body) == (400, told)
