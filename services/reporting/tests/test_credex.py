"""Credex in the log, in a journal per denomination, and as volumes that are never added across denominations."""

from __future__ import annotations

import itertools
from decimal import Decimal

import pytest

from services.reporting.app import make
from services.reporting.domain.accounts import credit_of, is_account, units_of
from services.reporting.domain.calendar import Period
from services.reporting.domain.summary import CredexVolume, Slice
from services.reporting.gather import credex_of
from services.reporting.proof import journals, prove
from services.reporting.settings import ReportingSettings
from services.reporting.tests.test_ledger import balances, journal, log, settled
from shared.contracts.conversation import ErasureRequested
from shared.contracts.credex import CredexMoved
from shared.contracts.topology import EVENTS_HEARD
from shared.kernel.clock import VirtualClock
from shared.kernel.credit import Credit
from shared.kernel.ids import MemberId
from shared.runtime.settings import read_settings
from shared.testing.harness import Harness

TODAY = Period(VirtualClock().now().date(), VirtualClock().now().date())


def moved(id: str, outcome: str, amount: str | None = None, denomination: str = "CXX") -> CredexMoved:
    credit = Credit.of(amount, denomination) if amount else None
    return CredexMoved.model_validate({"credex_id": id, "outcome": outcome, "amount": credit})


def made(id: str, amount: str, denomination: str) -> CredexMoved:
    return moved(id, "open", amount, denomination)


async def volumes(harness: Harness) -> tuple[CredexVolume, ...]:
    return await credex_of(harness.running["reporting"].entry, TODAY)


async def test_volumes_are_told_per_denomination_with_its_own_decimals() -> None:
    async with Harness({"reporting": make}) as harness:
        await harness.say(
            made("C-1", "12.345", "CXX"),
            made("C-2", "7.655", "CXX"),
            made("C-3", "0.0125", "XAU"),
            made("C-4", "20", "USD"),
            made("C-5", "5", "USD"),
            settled("P-1"),
        )
        await harness.say(
            moved("C-1", "accepted"), moved("C-2", "declined"), moved("C-4", "cancelled"), moved("C-5", "accepted")
        )
        upgraded = moved("C-6", "upgraded", "1.00", "USD")
        await harness.say(upgraded)
        cxx, usd, xau = await volumes(harness)
        assert [(step.name, step.count, cxx.shown(step)) for step in cxx.steps] == [
            ("Offers made", 2, "20.00"),
            ("Accepted", 1, "12.345"),
            ("Declined", 1, "7.655"),
        ]
        assert [(step.name, usd.shown(step)) for step in usd.steps] == [
            ("Offers made", "25.00"),
            ("Accepted", "5.00"),
            ("Cancelled", "20.00"),
            ("Paid for a tier", "1.00"),
        ]
        assert [(step.name, xau.shown(step)) for step in xau.steps] == [
            ("Offers made", "0.0125"),
            ("Still open", "0.0125"),
        ]


async def test_each_denomination_has_a_chained_journal_of_its_own_apart_from_money() -> None:
    async with Harness({"reporting": make}) as harness:
        await harness.say(made("C-1", "12.345", "CXX"), made("C-2", "20", "USD"), settled("P-1"))
        upgraded = moved("C-3", "upgraded", "1.00", "USD")
        await harness.say(moved("C-1", "accepted"), moved("C-2", "accepted"), upgraded)
        stores, rules = harness.running["reporting"].stores, read_settings(ReportingSettings).rules
        assert await journals(stores) == ["USD", "ZWG", "credex:CXX", "credex:USD"]
        for name in await journals(stores):
            assert (await prove(stores, name, rules)).broken is None
        assert balances(await journal(harness, "credex:CXX")) == {
            "credex:CXX:received": 12_345_000,
            "credex:CXX:given": -12_345_000,
        }
        assert balances(await journal(harness, "credex:USD")) == {
            "credex:USD:received": 20_000_000,
            "credex:USD:tiers": 1_000_000,
            "credex:USD:given": -21_000_000,
        }
        assert balances(await journal(harness, "USD")) == {"provider:ecocash": 2000, "fund:Tithe": -2000}


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
async def test_an_offer_is_posted_once_whatever_comes_first_and_however_often(order: tuple[int, ...]) -> None:
    events = (made("C-1", "2.50", "CXX"), moved("C-1", "accepted"), moved("C-1", "accepted"))
    async with Harness({"reporting": make}) as harness:
        for place in order:
            await harness.say(events[place])
        [entry] = await journal(harness, "credex:CXX")
        assert (entry.event, entry.reference) == ("credex.offer_accepted", "C-1")
        assert sorted(one.event for one in await log(harness)) == ["credex.offer_accepted", "credex.offer_made"]
        [cxx] = await volumes(harness)
        assert cxx.steps == (Slice("Offers made", 1, 2_500_000), Slice("Accepted", 1, 2_500_000))


async def test_what_was_offered_elsewhere_counts_without_an_amount() -> None:
    async with Harness({"reporting": make}) as harness:
        await harness.say(made("C-1", "1", "CXX"), made("C-2", "2", "CXX"), made("C-3", "4", "CXX"))
        await harness.say(*(moved(id, "accepted") for id in ("C-1", "C-2", "C-elsewhere")), moved("C-3", "cancelled"))
        cxx, unknown = await volumes(harness)
        assert [(step.name, step.count, step.minor) for step in cxx.steps] == [
            ("Offers made", 3, 7_000_000),
            ("Accepted", 2, 3_000_000),
            ("Cancelled", 1, 4_000_000),
        ]
        assert (unknown.denomination, unknown.steps) == ("Amount not known", (Slice("Accepted", 1, 0),))
        assert len(await journal(harness, "credex:CXX")) == 2


async def test_the_books_stay_whole_when_who_gave_and_who_took_are_erased_in_between() -> None:
    async with Harness({"reporting": make}) as harness:
        await harness.say(made("C-1", "12.345", "CXX"))
        for member in ("M-giver", "M-taker"):
            await harness.say(ErasureRequested(member=MemberId(member), at=harness.clock.now()))
        await harness.say(moved("C-1", "accepted"), moved("C-2", "upgraded", "1.00", "USD"))
        assert balances(await journal(harness, "credex:CXX")) == {
            "credex:CXX:received": 12_345_000,
            "credex:CXX:given": -12_345_000,
        }
        assert len(await journal(harness, "credex:USD")) == 1


def test_what_the_books_hear_of_a_credex_names_nobody() -> None:
    assert set(CredexMoved.model_fields) == {"credex_id", "outcome", "amount"}
    assert CredexMoved.KEY == "credex_id"
    heard = {message.NAME for message in EVENTS_HEARD["reporting"] if message.NAME.startswith("credex.")}
    assert heard == {CredexMoved.NAME}


def test_credit_keeps_its_digits_and_what_is_finer_than_a_journal_is_refused() -> None:
    for text in ("0.000001", "12.345", "0.0125", "1000000.10"):
        assert credit_of(units_of(Credit.of(text, "CXX"))) == Decimal(text)
    assert CredexVolume("CXX", ()).shown(Slice("Accepted", 1, 1_234_500_000)) == "1,234.50"
    with pytest.raises(ValueError, match="more than 6 decimals"):
        units_of(Credit.of("0.0000001", "CXX"))


def test_a_correction_cannot_move_credit() -> None:
    assert not is_account("credex:USD:given")
