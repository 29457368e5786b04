"""Joining, accounts, who may act for them, who is told, the upgrade."""

from __future__ import annotations

from typing import Any

import pytest

from services.credex.tests.world import CHIPO, NYASHA, TARIRO, THEMBA, World
from shared.contracts.credex import (
    AccountOpened,
    AuthorisedListed,
    AuthoriseMember,
    CredexJoined,
    CredexRefused,
    CredexUnavailable,
    DirectNotices,
    FindMember,
    JoinCredex,
    ListAuthorised,
    MemberAuthorised,
    MemberFound,
    MemberRemoved,
    NoticesDirected,
    OpenAccount,
    RemoveMember,
    TierUpgraded,
)
from shared.contracts.credex_parts import Person


def joining(**change: str) -> JoinCredex:
    given = {"intent": "j1", "first_name": "Nyasha", "last_name": "Banda"}
    return JoinCredex(member=NYASHA, **(given | change))


async def test_who_joins_has_an_account_at_once(world: World) -> None:
    await world.say(joining(), joining())
    joined = await world.only(CredexJoined)
    assert (joined.answers, joined.already, joined.standing.handle) == ("j1", False, "263774444444")
    assert joined.accounts[0].name == "Nyasha Banda Personal"
    assert (await world.dashboard(NYASHA)).standing.tier == 1


async def test_who_was_a_member_before_is_let_in(world: World) -> None:
    await world.bot.join("263774444444", "Nyasha", "Banda")
    await world.say(joining())
    joined = await world.only(CredexJoined)
    assert (joined.already, joined.standing.last_name) == (True, "Banda")


@pytest.mark.parametrize(
    ("change", "rule"),
    [({"first_name": "Jo"}, "name"), ({"last_name": "Zoë"}, "name"), ({"default_denomination": "EUR"}, "denomination")],
)
async def test_names_that_the_core_does_not_take_are_told(world: World, change: dict[str, str], rule: str) -> None:
    await world.say(joining(**change))
    assert (await world.only(CredexRefused)).rule == rule


def shop(member: Any = CHIPO, **change: str) -> OpenAccount:
    given = {"intent": "a1", "account_name": "Chipo Shop", "handle": "Chipo_Shop"}
    return OpenAccount(member=member, **(given | change))


async def test_a_business_account_is_opened_with_the_type_of_the_settings(world: World) -> None:
    await world.say(shop(), shop())
    opened = await world.only(AccountOpened)
    assert (opened.name, opened.handle) == ("Chipo Shop", "chipo_shop")
    [account] = opened.accounts
    assert (account.account_id, account.type) == (opened.account_id, "OPERATIONS")
    assert len((await world.dashboard(CHIPO)).accounts) == 2


@pytest.mark.parametrize("effect", ["reset_after", "reset_before"])
async def test_an_account_whose_answer_is_lost_is_opened_once(world: World, effect: str) -> None:
    await world.fault(effect, path="createAccount")
    await world.say(shop())
    await world.harness.advance(15, step=1)
    assert (await world.only(AccountOpened)).handle == "chipo_shop"
    assert len((await world.dashboard(CHIPO)).accounts) == 2


@pytest.mark.parametrize(
    ("command", "rule"),
    [
        (shop(TARIRO), "tier"),
        (shop(handle="vimbisopay_trust"), "handle_taken"),
        (shop(handle="no-dash"), "handle"),
        (shop(account_name="A"), "name"),
    ],
)
async def test_an_account_that_cannot_be_opened_is_refused_with_the_rule(
    world: World, command: OpenAccount, rule: str
) -> None:
    await world.say(command)
    assert (await world.only(CredexRefused)).rule == rule


async def found(world: World, member: Any, handle: str) -> Person:
    request = world.intent()
    await world.say(FindMember(member=member, request=request, handle=handle))
    return next(event.person for event in world.harness.all(MemberFound) if event.answers == request)


@pytest.mark.parametrize("core_tells", [True, False])
async def test_members_are_added_listed_directed_and_removed(world: World, core_tells: bool) -> None:
    await world.bot.sim("quirks", authFor=core_tells)
    account = (await world.account(CHIPO)).account_id
    themba = await found(world, CHIPO, "263772222222")
    about = {"member": CHIPO, "account_id": account, "person": themba}
    await world.say(AuthoriseMember(**about, intent="m1", handle="263772222222"))
    assert (await world.only(MemberAuthorised)).person == themba
    await world.say(ListAuthorised(member=CHIPO, request="q1", account_id=account))
    listed = await world.only(AuthorisedListed)
    assert themba in listed.people
    assert listed.complete is core_tells
    await world.say(DirectNotices(**about, intent="m2"))
    assert (await world.only(NoticesDirected)).person == themba
    told = (await world.account(CHIPO)).notices_to
    assert told is not None
    assert told.core_id == themba.core_id
    await world.say(RemoveMember(**about, intent="m3"))
    assert (await world.only(MemberRemoved)).person == themba
    await world.say(ListAuthorised(member=CHIPO, request="q2", account_id=account))
    assert themba not in world.harness.last(AuthorisedListed).people


@pytest.mark.parametrize("core_tells", [True, False])
@pytest.mark.parametrize(("path", "command"), [("authorizeForAccount", AuthoriseMember), ("updateSendOffersTo", None)])
@pytest.mark.parametrize("effect", ["reset_after", "reset_before"])
async def test_a_change_of_people_with_a_lost_answer_is_seen_through(
    world: World, effect: str, path: str, command: Any, core_tells: bool
) -> None:
    await world.bot.sim("quirks", authFor=core_tells)
    account = (await world.account(CHIPO)).account_id
    themba = await found(world, CHIPO, "263772222222")
    about = {"member": CHIPO, "account_id": account, "person": themba}
    add = AuthoriseMember(**about, intent="m1", handle="263772222222")
    if command is None:
        await world.say(add)
    await world.fault(effect, path=path)
    await world.say(add if command else DirectNotices(**about, intent="m2"))
    await world.harness.advance(15, step=1)
    assert await world.only(MemberAuthorised if command else NoticesDirected)
    await world.none(CredexUnavailable)


async def test_what_the_tier_or_the_limit_forbids_is_told(world: World) -> None:
    mine, account = (await world.account(TARIRO)).account_id, (await world.account(CHIPO)).account_id
    person = await found(world, TARIRO, "263772222222")
    await world.say(
        AuthoriseMember(member=TARIRO, intent="m1", account_id=mine, person=person, handle="263772222222"),
        AuthoriseMember(member=CHIPO, intent="m2", account_id=account, person=person, handle="nobody_here"),
        RemoveMember(member=CHIPO, intent="m3", account_id=account, person=person),
    )
    for number in range(4):
        phone = f"26377000010{number}"
        await world.bot.join(phone, "Thandi", "Moyo")
        await world.bot.as_("263773333333", "authorizeForAccount", accountID=account, memberHandleToBeAuthorized=phone)
    await world.say(
        AuthoriseMember(member=CHIPO, intent="m4", account_id=account, person=person, handle="263772222222")
    )
    rules = {event.answers: event.rule for event in world.harness.all(CredexRefused)}
    assert rules == {"m1": "tier", "m2": "unknown_member", "m3": "other", "m4": "member_limit"}


async def test_the_upgrade_is_charged_once_whatever_is_asked(world: World) -> None:
    first = await world.upgrade()
    await world.swept()
    await world.say(first)
    await world.upgrade()
    await world.bot.tier("263771111111", 1)  # as a core that shows the old tier
    await world.upgrade()
    await world.swept()
    upgraded = await world.only(TierUpgraded)
    assert (upgraded.answers, upgraded.tier, str(upgraded.amount)) == (first.intent, 3, "USD 1.00")
    assert [event.rule for event in world.harness.all(CredexRefused)] == ["already_upgraded"] * 2
    assert len(await world.at_core()) == 1


async def test_two_upgrades_at_once_are_one(world: World) -> None:
    account = (await world.account(TARIRO)).account_id
    from shared.contracts.credex import UpgradeTier  # noqa: PLC0415 used here only

    await world.say(*(UpgradeTier(member=TARIRO, intent=f"u{n}", account_id=account) for n in range(2)))
    await world.harness.advance(10, step=1)
    assert (await world.only(TierUpgraded)).answers == "u0"
    assert (await world.only(CredexRefused)).rule in {"upgrade_in_hand", "already_upgraded"}
    assert len(await world.at_core()) == 1


@pytest.mark.parametrize("old", [False, True])
async def test_an_upgrade_without_the_dollar_is_refused_and_may_be_asked_for_again(world: World, old: bool) -> None:
    await world.bot.sim("quirks", hustlerErrors500=old)
    await world.bot.join("263774444444", "Nyasha", "Banda")
    await world.upgrade(NYASHA)
    await world.swept()
    refused = await world.only(CredexRefused)
    assert refused.rule == "insufficient_balance"
    assert "1.00 USD" in (refused.reason or "")
    await world.bot.fund("263774444444", "1")
    await world.upgrade(NYASHA)
    assert await world.only(TierUpgraded)


async def test_who_is_of_a_high_tier_is_charged_nothing(world: World) -> None:
    await world.upgrade(CHIPO)
    await world.swept()
    assert (await world.only(CredexRefused)).rule == "already_upgraded"
    assert await world.at_core() == []


@pytest.mark.parametrize("quirk", [{"hustlerEmptyDashboard": True}, {}])
async def test_an_upgrade_is_told_with_or_without_a_dashboard(world: World, quirk: dict[str, bool]) -> None:
    await world.bot.sim("quirks", **quirk)
    await world.upgrade(THEMBA)
    assert len((await world.only(TierUpgraded)).accounts) == (0 if quirk else 1)
