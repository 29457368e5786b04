"""What staff ask in the chat is answered from the read models, with what is needed to word it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.reporting.app import make
from services.reporting.store import EXCEPTIONS
from services.reporting.tests.test_ledger import NOW, about, settled
from shared.contracts.conversation import StaffCommandUsed
from shared.contracts.payments import (
    CallbackUnmatched,
    PaymentDisputed,
    PaymentFailed,
    PaymentInitiated,
    PaymentNeedsReview,
    PaymentRefunded,
    ReceiptIssued,
)
from shared.contracts.reporting import (
    AuditShown,
    PaymentShown,
    RefundsShown,
    ReviewShown,
    ShowAudit,
    ShowPayment,
    ShowRefunds,
    ShowReview,
)
from shared.kernel.ids import MemberId
from shared.kernel.money import Money
from shared.testing.harness import Harness

ASKER = MemberId("M-asker")
TODAY = NOW.date()


@pytest.mark.parametrize("reference", ["P-1", "p-1 ", "2026-000001", "31000001"])
async def test_a_payment_is_found_by_any_of_its_numbers_with_its_trail(reference: str) -> None:
    async with Harness({"reporting": make}) as harness:
        event = settled("P-1").model_copy(update={"provider_reference": "31000001"})
        shared = set(ReceiptIssued.model_fields) & set(type(event).model_fields)
        receipt = ReceiptIssued(
            receipt_number="2026-000001", payer_name="Tariro Canary", issued_at=NOW, **event.model_dump(include=shared)
        )
        await harness.say(event, receipt, settled("P-2"))
        await harness.say(ShowPayment(asked_by=ASKER, reference=reference))
        shown = harness.only(PaymentShown)
        assert shown.payment is not None
        assert (shown.payment.reference, shown.payment.state) == ("P-1", "settled")
        assert shown.provider_reference == "31000001"
        assert [(line.event, line.cause) for line in shown.trail] == [
            ("payment_settled", None),
            ("receipt_issued", "2026-000001"),
        ]
        assert "Canary" not in shown.model_dump_json()


async def test_a_payment_that_is_not_there_is_told_so() -> None:
    async with Harness({"reporting": make}) as harness:
        await harness.say(ShowPayment(asked_by=ASKER, reference="P-9"))
        assert harness.only(PaymentShown).payment is None


async def test_what_waits_for_staff_comes_oldest_first_and_ten_at_most() -> None:
    async with Harness({"reporting": make}) as harness:
        for number in range(11):
            at = NOW - timedelta(minutes=number)
            await harness.say(PaymentNeedsReview(cause="amount_differs", noticed_at=at, **about(f"P-{number}")))
        await harness.say(PaymentDisputed(disputed_at=NOW - timedelta(days=1), after="settled", **about("P-old")))
        await harness.say(PaymentFailed(intent="1", reason="declined", failed_at=NOW, **about("P-failed")))
        await harness.say(ShowReview(asked_by=ASKER))
        shown = harness.only(ReviewShown)
        assert [line.reference for line in shown.payments] == ["P-old", *(f"P-{number}" for number in range(10, 1, -1))]
        assert (shown.payments[1].cause, shown.more, shown.exceptions) == ("amount_differs", 2, 0)


async def test_payments_by_bank_wait_for_staff_too_after_what_is_odd() -> None:
    async with Harness({"reporting": make}) as harness:
        for id, method in (("P-bank", "manual"), ("P-wallet", "ecocash")):
            known = {key: value for key, value in about(id, method=method).items() if key != "purpose"}
            await harness.say(PaymentInitiated(intent=id, **known))
        await harness.say(PaymentDisputed(disputed_at=NOW + timedelta(days=1), after="settled", **about("P-odd")))
        await harness.say(ShowReview(asked_by=ASKER))
        assert [line.reference for line in harness.only(ReviewShown).payments] == ["P-odd", "P-bank"]


async def test_what_the_provider_says_of_an_unknown_payment_is_an_exception_to_work_off() -> None:
    async with Harness({"reporting": make}) as harness:
        stray = CallbackUnmatched(
            reference="DON-1", currency="USD", status="Paid", amount=Money.of("5.00", "USD"), received_at=NOW
        )
        again = stray.model_copy(update={"received_at": NOW + timedelta(days=1)})
        await harness.say(stray, again)
        [finding] = harness.documents("reporting", EXCEPTIONS)
        assert (finding.state["type"], finding.state["reference"], finding.state["open"]) == ("stray", "DON-1", True)


async def test_refunds_come_newest_first() -> None:
    async with Harness({"reporting": make}) as harness:
        for days in (3, 1, 2):
            at = NOW - timedelta(days=days)
            await harness.say(PaymentRefunded(refunded_at=at, after="settled", **about(f"P-{days}")))
        await harness.say(ShowRefunds(asked_by=ASKER))
        assert [line.reference for line in harness.only(RefundsShown).payments] == ["P-1", "P-2", "P-3"]


async def test_the_audit_trail_is_told_by_day_and_person() -> None:
    async with Harness({"reporting": make}) as harness:
        for member, days in ((ASKER, 0), (MemberId("M-other"), 0), (ASKER, 40)):
            used = StaffCommandUsed(
                member=member, command=f"/stats {days}", allowed=True, at=NOW - timedelta(days=days)
            )
            await harness.say(used)
        await harness.say(ShowAudit(asked_by=ASKER, first=TODAY, last=TODAY))
        assert len(harness.last(AuditShown).entries) == 2
        await harness.say(ShowAudit(asked_by=ASKER, first=TODAY - timedelta(days=60), last=TODAY, who=ASKER))
        shown = harness.last(AuditShown)
        assert [(line.who, line.command) for line in shown.entries] == [(ASKER, "/stats 0"), (ASKER, "/stats 40")]
        assert shown.more == 0
