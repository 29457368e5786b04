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
from services.reporting.store import CREDEXES, JOURNAL, LOG
from services.reporting.tests.test_ledger import balances, journal, log, settled
from shared.contracts.base import Event
from shared.contracts.credex import (
    OfferAccepted,
    OfferCancelled,
    OfferDeclined,
    OfferGone,
    OfferMade,
    OffersAccepted,
    TierUpgraded,
)
from shared.contracts.credex_parts import OfferResult
from shared.kernel.clock import VirtualClock
from shared.kernel.credit import Credit
from shared.kernel.ids import MemberId
from shared.runtime.settings import read_settings
from shared.testing.harness import Harness

GIVER, TAKER = MemberId("M-canary-giver"), MemberId("M-canary-taker")
TODAY = Period(VirtualClock().now().date(), VirtualClock().now().date())


def made(id: str, amount: str, denomination: str) -> OfferMade:
    return OfferMade(
        member=GIVER,
        answers="1",
        credex_id=id,
        issuer_account_id="canary-account-1",
        receiver_account_id="canary-account-2",
        receiver_name="Canary Traders",
        amount=Credit.of(amount, denomination),
        secured=True,
    )


def accepted(id: str, amount: Credit | None = None, *, already: bool = False) -> OfferAccepted:
    about = {"member": TAKER, "answers": "2", "account_id": "canary-account-2", "already": already}
    return OfferAccepted(credex_id=id, amount=amount, **about)


def ended(kind: type[OfferDeclined] | type[OfferCancelled], id: str) -> Event:
    return kind(member=TAKER, answers="3", credex_id=id, account_id="canary-account-2")


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
            accepted("C-1"), ended(OfferDeclined, "C-2"), ended(OfferCancelled, "C-4"), accepted("C-5", already=True)
        )
        upgraded = TierUpgraded(member=GIVER, answers="4", tier=3, amount=Credit.of("1.00", "USD"), credex_id="C-6")
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
        upgraded = TierUpgraded(member=GIVER, answers="4", tier=3, amount=Credit.of("1.00", "USD"), credex_id="C-3")
        await harness.say(accepted("C-1"), accepted("C-2"), upgraded)
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
    events = (made("C-1", "2.50", "CXX"), accepted("C-1"), accepted("C-1", already=True))
    async with Harness({"reporting": make}) as harness:
        for place in order:
            await harness.say(events[place])
        [entry] = await journal(harness, "credex:CXX")
        assert (entry.event, entry.reference) == ("credex.offer_accepted", "C-1")
        assert sorted(one.event for one in await log(harness)) == ["credex.offer_accepted", "credex.offer_made"]
        [cxx] = await volumes(harness)
        assert cxx.steps == (Slice("Offers made", 1, 2_500_000), Slice("Accepted", 1, 2_500_000))


async def test_several_offers_accepted_at_once_count_each_and_those_that_were_gone_do_not() -> None:
    async with Harness({"reporting": make}) as harness:
        await harness.say(made("C-1", "1", "CXX"), made("C-2", "2", "CXX"), made("C-3", "4", "CXX"))
        results = (("C-1", "accepted"), ("C-2", "already_accepted"), ("C-3", "gone"), ("C-elsewhere", "accepted"))
        told = tuple(OfferResult.model_validate({"credex_id": id, "result": result}) for id, result in results)
        await harness.say(OffersAccepted(member=TAKER, answers="5", account_id="A", results=told))
        gone = OfferGone(member=TAKER, answers="6", action="accept", credex_id="C-3", state="cancelled")
        await harness.say(gone, gone.model_copy(update={"credex_id": "C-unheard", "state": "unknown"}))
        cxx, unknown = await volumes(harness)
        assert [(step.name, step.count, step.minor) for step in cxx.steps] == [
            ("Offers made", 3, 7_000_000),
            ("Accepted", 2, 3_000_000),
            ("Cancelled", 1, 4_000_000),
        ]
        assert (unknown.denomination, unknown.steps) == ("Amount not known", (Slice("Accepted", 1, 0),))
        assert len(await journal(harness, "credex:CXX")) == 2


async def test_no_member_account_or_name_of_a_credex_is_kept() -> None:
    async with Harness({"reporting": make}) as harness:
        await harness.say(made("C-1", "1", "CXX"), accepted("C-1"))
        kept = [one for kind in (CREDEXES, LOG, JOURNAL) for one in harness.documents("reporting", kind)]
        assert len(kept) == 4
        assert "canary" not in str([one.state for one in kept]).lower()


def test_credit_keeps_its_digits_and_what_is_finer_than_a_journal_is_refused() -> None:
    for text in ("0.000001", "12.345", "0.0125", "1000000.10"):
        assert credit_of(units_of(Credit.of(text, "CXX"))) == Decimal(text)
    assert CredexVolume("CXX", ()).shown(Slice("Accepted", 1, 1_234_500_000)) == "1,234.50"
    with pytest.raises(ValueError, match="more than 6 decimals"):
        units_of(Credit.of("0.0000001", "CXX"))


def test_a_correction_cannot_move_credit() -> None:
    assert not is_account("credex:USD:given")
