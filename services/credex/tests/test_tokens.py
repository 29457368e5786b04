"""Members' tokens: invisible to people, encrypted at rest, in no log or trace."""

from __future__ import annotations

import logging

import pytest
import redis.asyncio

from services.credex.adapters.vault import Vault
from services.credex.tests.world import TARIRO, THEMBA, TOKEN_KEY, World
from shared.contracts.credex import AccountFound, CredexRefused, FindAccount, OfferMade
from shared.kernel.clock import VirtualClock
from shared.store.redis import connect

KEYS = {"1": bytes.fromhex(TOKEN_KEY)}
NEW_KEYS = {"2": bytes.fromhex("22" * 32), **KEYS}


def find(request: str) -> FindAccount:
    return FindAccount(member=TARIRO, request=request, handle="263772222222")


async def test_a_token_serves_until_it_is_too_old_and_lives_on_by_the_header(world: World) -> None:
    for number in range(4):
        await world.say(find(f"q{number}"))
        await world.harness.advance(250, step=10)
    assert await world.requests() == ["login", *["getAccountByHandle"] * 4]
    await world.harness.advance(60, step=10)
    await world.say(find("q5"))
    assert (await world.requests())[-2:] == ["login", "getAccountByHandle"]


async def test_an_expired_token_in_the_middle_of_an_offer_is_never_seen(world: World) -> None:
    command = await world.offer()
    asked = len(await world.requests())
    await world.fault("answer", path="createCredex", status=401, body='{"message": "Token expired"}')
    await world.say(command)
    assert (await world.only(OfferMade)).answers == command.intent
    assert (await world.requests())[asked:] == ["login", "createCredex", "login", "createCredex"]
    assert len(await world.at_core()) == 1


async def test_a_401_logs_in_and_asks_once_again(world: World) -> None:
    await world.say(find("q1"))
    await world.bot.sim("clock", advance=301)
    await world.say(find("q2"))
    assert [event.answers for event in world.harness.all(AccountFound)] == ["q1", "q2"]
    assert (await world.requests())[-3:] == ["getAccountByHandle", "login", "getAccountByHandle"]


async def test_a_core_that_refuses_its_own_tokens_is_not_asked_without_end(world: World) -> None:
    await world.fault("answer", path="getAccountByHandle", status=401, times=2, body='{"message": "Invalid token"}')
    await world.say(find("q1"))
    assert (await world.requests()).count("getAccountByHandle") == 2
    await world.harness.advance(15, step=1)
    assert (await world.only(AccountFound)).answers == "q1"


async def test_each_member_has_a_token_of_their_own(world: World) -> None:
    mine, theirs = await world.account(TARIRO), await world.account(THEMBA)
    assert mine.account_id != theirs.account_id
    await world.say(find("q1"))
    await world.none(CredexRefused)


async def test_at_rest_a_token_is_encrypted_and_in_no_log_or_trace(
    world: World, valkey: redis.asyncio.Redis, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await world.made()
    kept = [await valkey.get(key) for key in await valkey.keys("credex:token:*")]
    assert kept
    secret = await Vault(valkey, KEYS, world.harness.clock).get(TARIRO)
    assert secret is not None
    assert secret.count(".") == 2
    body = secret.split(".")[1]
    for text in [str(kept), caplog.text, *(span.to_json() for span in world.harness.spans)]:
        assert body not in text
        assert "Bearer" not in text
        assert "263771111111" not in text
        assert TOKEN_KEY not in text
    stored = [
        document.state
        for kind in world.harness.services["credex"].kinds
        for document in world.harness.documents("credex", kind)
    ]
    assert body not in str(stored)


async def test_keys_are_rotated_by_id_without_a_login(valkey: redis.asyncio.Redis) -> None:
    clock = VirtualClock()
    await Vault(valkey, KEYS, clock).put("M-1", "a.b.c")
    rotated = Vault(valkey, NEW_KEYS, clock)
    assert await rotated.get("M-1") == "a.b.c"
    await rotated.put("M-1", "d.e.f")
    assert str(await valkey.get("credex:token:M-1")).startswith("b'2:")
    assert await Vault(valkey, {"2": NEW_KEYS["2"]}, clock).get("M-1") == "d.e.f"
    assert await Vault(valkey, KEYS, clock).get("M-1") is None


async def test_a_token_cannot_be_given_to_another_member_or_changed(
    valkey: redis.asyncio.Redis, caplog: pytest.LogCaptureFixture
) -> None:
    vault = Vault(valkey, KEYS, VirtualClock())
    await vault.put("M-1", "a.b.c")
    await valkey.copy("credex:token:M-1", "credex:token:M-2")
    assert await vault.get("M-2") is None
    assert "cannot be decrypted" in caplog.text
    await vault.forget("M-1")
    assert await vault.get("M-1") is None


async def test_two_tokens_that_are_the_same_do_not_look_the_same(valkey: redis.asyncio.Redis) -> None:
    vault = Vault(valkey, KEYS, VirtualClock())
    for _ in range(2):
        await vault.put("M-1", "a.b.c")
        first = await valkey.get("credex:token:M-1")
        await vault.put("M-1", "a.b.c")
        assert first != await valkey.get("credex:token:M-1")


async def test_a_token_is_forgotten_before_the_core_forgets_it(valkey: redis.asyncio.Redis) -> None:
    clock = VirtualClock()
    vault = Vault(valkey, KEYS, clock)
    await vault.put("M-1", "a.b.c")
    await clock.advance(289)
    assert await vault.get("M-1") == "a.b.c"
    await clock.advance(1)
    assert await vault.get("M-1") is None


async def test_a_store_that_is_away_costs_a_login_only() -> None:
    away = connect("redis://127.0.0.1:1")
    vault = Vault(away, KEYS, VirtualClock())
    await vault.put("M-1", "a.b.c")
    assert await vault.get("M-1") is None
    await vault.forget("M-1")
    await away.aclose()
