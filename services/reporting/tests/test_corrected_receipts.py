"""A corrected receipt is another paper for the same money: finance counts it once, under what it says now."""

from __future__ import annotations

import pytest

from services.reporting.app import make
from services.reporting.domain.rows import harare_day
from services.reporting.proof import prove
from services.reporting.settings import ReportingSettings
from services.reporting.store import GIFTS, JOURNAL, LOG, ROWS
from services.reporting.tests.test_ledger import NOW, USD, about, balances, journal, log, settled
from shared.contracts.payments import PaymentRefunded, ReceiptIssued
from shared.contracts.reporting import MakeStatistics, PaymentShown, ShowPayment, StatisticsReady
from shared.kernel.ids import MemberId
from shared.runtime.settings import read_settings
from shared.testing.harness import Harness

ASKER = MemberId("M-asker")
FIRST, SECOND = "2026-000001", "2026-000002"


def receipt(number: str = FIRST, name: str = "Tariro Moyo", purpose: str = "Tithe", **more: str) -> ReceiptIssued:
    return ReceiptIssued(
        receipt_number=number,
        payer_name=name,
        provider_reference="1",
        settled_at=NOW,
        issued_at=NOW,
        **about("P-1", purpose=purpose),
        **more,
    )


def corrected(name: str = "Tariro Moyo", purpose: str = "Tithe", before: str = "Tithe") -> ReceiptIssued:
    return receipt(SECOND, name, purpose, replaces=FIRST, corrected_by="M-RUDO", purpose_before=before)


async def test_the_money_is_counted_once_and_moves_to_the_fund_that_it_was_meant_for() -> None:
    async with Harness({"reporting": make}) as harness:
        await harness.say(settled("P-1"), receipt(), corrected(purpose="Construction"))

        today = harare_day(NOW)
        await harness.say(MakeStatistics(asked_by=ASKER, first=today, last=today))
        [figure] = harness.only(StatisticsReady).figures
        assert (figure.total, figure.settled) == (USD, 1)
        [row] = harness.documents("reporting", ROWS)
        assert (row.state["state"], row.state["purpose"]) == ("settled", "Construction")
        posted = await journal(harness, "USD")
        assert balances(posted) == {"provider:ecocash": 2000, "fund:Construction": -2000}
        assert [entry.number for entry in posted] == [1, 2]
        proof = await prove(harness.running["reporting"].stores, "USD", read_settings(ReportingSettings).rules)
        assert (proof.broken, proof.entries) == (None, 2)
        await harness.say(PaymentRefunded(refunded_at=NOW, after="settled", **about("P-1", purpose="Construction")))
        assert balances(await journal(harness, "USD")) == {"refunds": 2000, "fund:Construction": -2000}


async def test_a_corrected_name_moves_nothing_and_is_the_donors_from_now_on() -> None:
    async with Harness({"reporting": make}) as harness:
        await harness.say(settled("P-1"), receipt(), corrected("Tariro Canary"))

        [gift] = harness.documents("reporting", GIFTS)
        assert (gift.state["name"], gift.state["counts"], gift.state["minor"]) == ("Tariro Canary", 1, 2000)
        assert [entry.place for entry in await log(harness)] == [1, None, None]
        assert balances(await journal(harness, "USD")) == {"provider:ecocash": 2000, "fund:Tithe": -2000}
        for document in (*harness.documents("reporting", ROWS), *harness.documents("reporting", LOG)):
            assert "Canary" not in str(document.state)


async def test_own_words_that_become_a_purpose_leave_the_fund_of_others_and_never_reach_the_ledger() -> None:
    async with Harness({"reporting": make}) as harness:
        own, better = "Canary's roof", "Canary's new roof"
        await harness.say(settled("P-1", purpose=own), receipt(purpose=own), corrected(purpose=better, before=own))
        assert balances(await journal(harness, "USD")) == {"provider:ecocash": 2000, "fund:Other": -2000}

        third = receipt("2026-000003", replaces=SECOND, corrected_by="M-RUDO", purpose_before=better)
        await harness.say(third)

        assert balances(await journal(harness, "USD")) == {"provider:ecocash": 2000, "fund:Tithe": -2000}
        for kind in (LOG, JOURNAL, ROWS):
            assert "Canary" not in str([document.state for document in harness.documents("reporting", kind)])


@pytest.mark.parametrize("number", [FIRST, SECOND])
async def test_the_payment_is_found_by_either_number_and_its_trail_tells_both(number: str) -> None:
    async with Harness({"reporting": make}) as harness:
        await harness.say(settled("P-1"), receipt(), corrected("Tariro Canary"))

        await harness.say(ShowPayment(asked_by=ASKER, reference=number))

        shown = harness.only(PaymentShown)
        assert shown.payment is not None
        assert shown.payment.receipt_number == SECOND
        assert [(line.event, line.cause) for line in shown.trail][1:] == [
            ("receipt_issued", FIRST),
            ("receipt_corrected", f"{FIRST} → {SECOND}"),
        ]
