"""Looking things up: dashboard, handles, history, balances, who may act."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from services.credex.tests.world import CHIPO, NYASHA, TARIRO, THEMBA, World
from shared.contracts.credex import (
    AccountFound,
    AuthorisedListed,
    BalancesShown,
    CredexDelayed,
    CredexRefused,
    CredexShown,
    CredexUnavailable,
    DashboardShown,
    FindAccount,
    FindMember,
    LedgerShown,
    ListAuthorised,
    MemberFound,
    NotAMember,
    OpenDashboard,
    ReadBalances,
    ReadCredex,
    ReadLedger,
)
from shared.kernel.credit import Credit
from shared.kernel.ids import MemberId


async def test_the_first_contact_logs_in_by_phone_and_shows_the_dashboard(world: World) -> None:
    await world.say(OpenDashboard(member=TARIRO, request="q1"))
    shown = await world.only(DashboardShown)
    assert (shown.member, shown.answers) == (TARIRO, "q1")
    assert (shown.standing.first_name, shown.standing.tier, str(shown.standing.remaining_usd)) == ("Tariro", 1, "10.0")
    [account] = shown.accounts
    assert account.balances.secured == (Credit.of("500.00", "ZWG"), Credit.of("50.00", "USD"))
    assert account.balances.net.denomination == "USD"
    assert (account.owned, account.type, account.authorised) == (True, "PERSONAL", None)
    assert account.notices_to is not None
    assert account.notices_to.name == "Tariro Moyo"


async def test_who_is_no_member_is_offered_to_join(world: World) -> None:
    await world.say(OpenDashboard(member=NYASHA, request="q1"))
    told = await world.only(NotAMember)
    assert (told.member, told.answers, told.asked) == (NYASHA, "q1", "credex.open_dashboard")


async def test_without_a_visible_phone_credex_cannot_know_the_person(world: World) -> None:
    await world.introduce(TARIRO, phone=None)  # a change that tells no phone keeps the one that is known
    await world.say(OpenDashboard(member=TARIRO))
    assert await world.only(DashboardShown)
    await world.say(OpenDashboard(member=MemberId("M-STRANGER"), request="q2"))
    assert (await world.only(CredexUnavailable)).reason == "no_phone"


async def test_who_wrote_before_credex_listened_is_known_by_the_phone_of_the_first_dashboard(world: World) -> None:
    old = MemberId("M-OLD")
    await world.say(OpenDashboard(member=old, request="q1", phone="+263771111111"))
    assert (await world.only(DashboardShown)).standing.first_name == "Tariro"
    await world.say(FindAccount(member=old, request="q2", handle="263772222222"))
    assert (await world.only(AccountFound)).answers == "q2"


async def test_an_alias_acts_as_the_member_that_it_stands_for(world: World) -> None:
    await world.introduce(NYASHA, alias_of=TARIRO)
    await world.say(OpenDashboard(member=NYASHA, request="q1"))
    assert (await world.only(DashboardShown)).standing.first_name == "Tariro"


@pytest.mark.parametrize("world", [{"ENABLE_CREDEX": "false"}], indirect=True)
async def test_credex_that_is_off_says_so(world: World) -> None:
    await world.say(OpenDashboard(member=TARIRO, request="q1"))
    told = await world.only(CredexUnavailable)
    assert (told.reason, told.answers) == ("off", "q1")
    assert await world.requests() == []


async def test_a_handle_is_somebody_s_account_and_somebody_s_own(world: World) -> None:
    await world.say(
        FindAccount(member=TARIRO, request="q1", handle="263772222222"),
        FindMember(member=TARIRO, request="q2", handle="263772222222"),
        FindAccount(member=TARIRO, request="q3", handle="nobody_here"),
        FindMember(member=TARIRO, request="q4", handle="nobody_here"),
        FindAccount(member=TARIRO, request="q5", handle="no-dash"),
    )
    account, person = await world.only(AccountFound), await world.only(MemberFound)
    assert (account.answers, account.name, account.handle) == ("q1", "Themba Ndlovu Personal", "263772222222")
    assert (person.answers, person.person.name) == ("q2", "Themba Ndlovu")
    rules = {event.answers: event.rule for event in world.harness.all(CredexRefused)}
    assert rules == {"q3": "unknown_account", "q4": "unknown_member", "q5": "handle"}


async def accepted(world: World, *amounts: str) -> str:
    """Offers of Tariro that Themba accepted; returns Tariro's account."""
    account = await world.account(TARIRO)
    for amount in amounts:
        made = await world.made(amount)
        await world.answer(THEMBA, "accept", made.credex_id, made.receiver_account_id)
    return account.account_id


async def test_history_is_paged_newest_first(world: World) -> None:
    account = await accepted(world, "0.10", "0.20")
    for start in (0, 2, 4):
        await world.say(ReadLedger(member=TARIRO, request=f"from {start}", account_id=account, start_row=start, rows=2))
    pages = {page.answers: page for page in world.harness.all(LedgerShown)}
    first, second, third = (pages[f"from {start}"] for start in (0, 2, 4))
    assert [str(entry.amount) for entry in first.entries] == ["USD -0.20", "USD -0.10"]
    assert [str(entry.amount) for entry in second.entries] == ["ZWG 500.00", "USD 50.00"]
    assert [page.has_more for page in (first, second, third)] == [True, False, False]
    assert (third.entries, third.start_row) == ((), 4)
    assert first.entries[0].counterparty == "Themba Ndlovu Personal"
    assert first.entries[0].at is not None


async def test_a_core_that_ignores_paging_shows_no_row_twice(world: World) -> None:
    account = await accepted(world, "0.10", "0.20")
    await world.bot.sim("quirks", ledgerIgnoresPaging=True)
    await world.say(ReadLedger(member=TARIRO, request="q1", account_id=account, start_row=3, rows=7))
    page = await world.only(LedgerShown)
    assert [str(entry.amount) for entry in page.entries] == ["USD 50.00"]
    assert page.has_more is False
    await world.say(ReadLedger(member=TARIRO, request="q2", account_id=account, start_row=0, rows=3))
    page = world.harness.last(LedgerShown)
    assert (len(page.entries), page.has_more) == (3, True)


async def test_raw_dates_of_the_database_are_read(world: World) -> None:
    account = await accepted(world, "0.10")
    await world.bot.sim("quirks", rawNeo4jDates=True)
    await world.say(ReadLedger(member=TARIRO, request="q1", account_id=account))
    at = (await world.only(LedgerShown)).entries[-1].at
    assert at == datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


async def test_history_of_a_stranger_s_account_is_refused(world: World) -> None:
    theirs = await world.account(THEMBA)
    await world.say(ReadLedger(member=TARIRO, request="q1", account_id=theirs.account_id))
    assert (await world.only(CredexRefused)).rule == "no_access"


async def test_one_credex_and_the_balances_of_one_account(world: World) -> None:
    made = await world.made(
        "1,234.50".replace(",", ""),
        secured=False,
        due_date=date(2026, 12, 1),
        member=CHIPO,
        issuer_account_id=(await world.account(CHIPO)).account_id,
    )
    account = made.issuer_account_id
    await world.say(
        ReadCredex(member=CHIPO, request="q1", credex_id=made.credex_id, account_id=account),
        ReadBalances(member=CHIPO, request="q2", account_id=account),
        ReadCredex(member=THEMBA, request="q3", credex_id=made.credex_id, account_id=account),
    )
    shown = await world.only(CredexShown)
    assert (shown.amount, shown.state) == (Credit.of("-1234.50", "USD"), "OFFERS")
    assert (shown.due_date, shown.secured, shown.counterparty) == (date(2026, 12, 1), False, "Themba Ndlovu Personal")
    assert Credit.of("50.00", "USD") in (await world.only(BalancesShown)).balances.secured
    assert (await world.only(CredexRefused)).answers == "q3"


@pytest.mark.parametrize("core_tells", [True, False])
async def test_the_list_of_who_may_act_says_when_it_may_be_incomplete(world: World, core_tells: bool) -> None:
    await world.bot.sim("quirks", authFor=core_tells)
    account = (await world.account(CHIPO)).account_id
    await world.say(ListAuthorised(member=CHIPO, request="q1", account_id=account))
    listed = await world.only(AuthorisedListed)
    assert listed.complete is core_tells
    assert [person.name for person in listed.people] == (["Chipo Dube"] if core_tells else [])


async def test_balances_without_denomination_are_taken(world: World) -> None:
    await world.bot.sim("quirks", emptyBalanceBug=True, showZeroBalances=True)
    await world.bot.join("263774444444", "Nyasha", "Banda")
    shown = await world.dashboard(NYASHA)
    assert shown.accounts[0].balances.net == Credit.of("0.00", "USD")
    assert shown.accounts[0].balances.secured == ()


@pytest.mark.parametrize(
    "fault",
    [
        {"effect": "answer", "status": 502},
        {"effect": "answer", "status": 200, "body": "<html></html>"},
        {"effect": "answer", "status": 200, "body": "{}"},
        {"effect": "answer", "status": 500, "body": '{"message": "Internal server error"}'},
        {"effect": "answer", "status": 302, "body": ""},
        {"effect": "reset_before"},
        {"effect": "hang_before"},
    ],
    ids=lambda fault: f"{fault['effect']} {fault.get('status', '')} {fault.get('body', '')}",
)
async def test_a_look_whose_answer_is_lost_or_senseless_is_made_again(world: World, fault: dict[str, object]) -> None:
    await world.fault(path="login", **fault)  # type: ignore[arg-type]  # the fault's effect is among them
    await world.say(OpenDashboard(member=TARIRO, request="q1"))
    assert (await world.only(DashboardShown)).answers == "q1"


@pytest.mark.parametrize("world", [{"down": True}], indirect=True)
async def test_a_core_that_is_away_is_told_after_a_kind_word(world: World) -> None:
    await world.say(OpenDashboard(member=TARIRO, request="q1"))
    await world.harness.advance(10, step=1)
    delayed = await world.only(CredexDelayed)
    assert (delayed.answers, delayed.asked) == ("q1", "credex.open_dashboard")
    await world.none(CredexUnavailable)
    await world.harness.advance(180, step=5)
    told = await world.only(CredexUnavailable)
    assert (told.reason, told.answers, told.asked) == ("unreachable", "q1", "credex.open_dashboard")
    assert len(world.harness.all(CredexDelayed)) == 1


@pytest.mark.parametrize("world", [{"down": True}], indirect=True)
async def test_a_core_that_is_known_to_be_down_is_left_alone_until_a_trial_finds_it_back(world: World) -> None:
    async def circuit() -> object:
        return (await world.harness.services["credex"].health["credex-core"]())["circuit_state"]

    await world.say(OpenDashboard(member=TARIRO, request="q1"))
    await world.harness.advance(40, step=1)
    assert await circuit() == "open"
    await world.open_core()
    await world.harness.advance(70, step=2)
    assert await circuit() == "closed"
    assert (await world.only(DashboardShown)).answers == "q1"


async def test_who_is_answered_in_time_hears_no_kind_word(world: World) -> None:
    await world.dashboard(TARIRO)
    await world.harness.advance(30, step=2)
    await world.none(CredexDelayed)


@pytest.mark.parametrize("world", [{"CLIENT_API_KEY": "not-the-core-s"}], indirect=True)
async def test_a_wrong_client_key_is_the_operator_s_affair(world: World, caplog: pytest.LogCaptureFixture) -> None:
    await world.say(OpenDashboard(member=TARIRO, request="q1"))
    assert (await world.only(CredexUnavailable)).reason == "misconfigured"
    assert "CLIENT_API_KEY" in caplog.text
