"""Who may say that money has come, how many of them are needed, and what is written down."""

from __future__ import annotations

import pytest

from services.payments.tests.world import DELAYED, SUCCESS, SWEPT, TARIRO, World
from shared.contracts.payments import (
    ApprovalRefused,
    ApprovePayment,
    PaymentApproved,
    PaymentCancelled,
    PaymentChecked,
    PaymentRejected,
    PaymentSettled,
    ReceiptIssued,
    RejectPayment,
)
from shared.kernel.ids import MemberId, PaymentId, payment_id_of
from shared.kernel.money import Money

RUDO, FARAI, TENDAI = MemberId("M-RUDO"), MemberId("M-FARAI"), MemberId("M-TENDAI")
GIFT = payment_id_of("S-1/1")

TWO_ABOVE_50 = pytest.mark.parametrize(
    "world",
    [{"services": {"APPROVAL_THRESHOLD": "USD 50", "ADMIN_PHONE": "0773000001", "FINANCE_PHONE": "0773000002"}}],
    indirect=True,
)


async def by_bank(world: World, amount: str = "20") -> None:
    await world.give(None, method="manual", amount=Money.of(amount, "USD"))


async def approve(world: World, approver: MemberId, id: PaymentId = GIFT) -> None:
    await world.harness.say(ApprovePayment(payment_id=id, approver=approver))


async def reject(world: World, approver: MemberId, id: PaymentId = GIFT) -> None:
    await world.harness.say(RejectPayment(payment_id=id, approver=approver, reason="no such transfer"))


async def test_an_approval_settles_a_bank_payment_and_gives_a_receipt(world: World) -> None:
    await by_bank(world)
    await approve(world, RUDO)

    approved = await world.only(PaymentApproved)
    assert (approved.approver, approved.missing, approved.payer) == (RUDO, 0, TARIRO)
    settled = await world.only(PaymentSettled)
    assert (settled.after, settled.provider_reference) == ("awaiting_approval", None)
    assert await world.only(ReceiptIssued)
    assert [(entry.state, entry.cause) for entry in (await world.payment()).trail] == [
        ("awaiting_approval", "requested"),
        ("settled", "approved by M-RUDO"),
    ]


async def test_a_check_of_a_bank_payment_says_what_it_waits_for(world: World) -> None:
    await by_bank(world)
    await world.check(await world.payment())

    checked = await world.only(PaymentChecked)
    assert (checked.state, checked.asked) == ("awaiting_approval", True)


async def test_a_rejection_ends_it_with_its_reason(world: World) -> None:
    await by_bank(world)
    await reject(world, RUDO)

    rejected = await world.only(PaymentRejected)
    assert (rejected.approver, rejected.reason, rejected.amount) == (RUDO, "no such transfer", Money.of("20", "USD"))
    assert (await world.payment()).trail[-1].cause == "rejected by M-RUDO: no such transfer"
    await approve(world, FARAI)
    assert (await world.only(ApprovalRefused)).rule == "not_waiting"
    assert world.harness.all(PaymentSettled) == []


@TWO_ABOVE_50
async def test_above_the_threshold_two_different_people_must_approve(world: World) -> None:
    await by_bank(world, "50.01")
    await approve(world, RUDO)
    assert (await world.only(PaymentApproved)).missing == 1
    assert (await world.payment()).state == "awaiting_approval"
    await approve(world, RUDO)
    assert (await world.only(ApprovalRefused)).rule == "same_person"
    await approve(world, FARAI)

    assert [event.missing for event in world.harness.all(PaymentApproved)] == [1, 0]
    assert await world.only(PaymentSettled)
    await approve(world, TENDAI)
    assert world.harness.last(ApprovalRefused).rule == "not_waiting"


@TWO_ABOVE_50
async def test_at_the_threshold_one_is_enough_and_currencies_have_their_own(world: World) -> None:
    await by_bank(world, "50")
    await approve(world, RUDO)

    assert (await world.only(PaymentSettled)).amount == Money.of("50", "USD")


@TWO_ABOVE_50
async def test_who_approved_first_may_still_reject(world: World) -> None:
    await by_bank(world, "60")
    await approve(world, RUDO)
    await reject(world, RUDO)

    assert (await world.payment()).state == "rejected"


async def test_nobody_decides_on_a_payment_of_their_own(world: World) -> None:
    await by_bank(world)
    await approve(world, TARIRO)
    await reject(world, TARIRO)

    assert [refused.rule for refused in world.harness.all(ApprovalRefused)] == ["own_payment", "own_payment"]
    assert (await world.payment()).state == "awaiting_approval"


async def test_what_does_not_exist_or_does_not_wait_cannot_be_decided(world: World) -> None:
    await world.give(DELAYED)
    await approve(world, RUDO)
    await reject(world, RUDO)
    await approve(world, RUDO, PaymentId("P-NONE"))
    await reject(world, RUDO, PaymentId("P-NONE"))

    rules = [refused.rule for refused in world.harness.all(ApprovalRefused)]
    assert rules == ["not_waiting", "not_waiting", "unknown", "unknown"]


async def in_review(world: World) -> None:
    await world.arm("boundary-shift", on="poll")
    await world.give(DELAYED)
    await world.pass_time(6)
    assert (await world.payment()).state == "needs_review"


async def test_staff_who_asked_the_provider_settle_what_was_held_for_review(world: World) -> None:
    await in_review(world)
    await approve(world, RUDO)

    assert (await world.only(PaymentSettled)).after == "needs_review"
    await world.pass_time(60)  # and Paynow's own word, when it comes, settles nothing again
    assert await world.only(PaymentSettled)
    assert await world.only(ReceiptIssued)


async def test_money_that_comes_for_what_staff_rejected_is_taken_and_alerted(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    await in_review(world)
    await reject(world, RUDO)
    await world.pass_time(30 + SWEPT)

    assert (await world.only(PaymentSettled)).after == "rejected"
    assert "money came for a payment that had ended" in caplog.text


async def test_an_approval_cannot_be_taken_back_by_what_the_provider_says_later(world: World) -> None:
    await in_review(world)
    await approve(world, RUDO)
    await world.force("Cancelled")
    await world.pass_time(60)

    assert (await world.payment()).state == "settled"
    assert world.harness.all(PaymentCancelled) == []


async def test_a_settled_payment_needs_no_approval(world: World) -> None:
    await world.give(SUCCESS)
    await world.pass_time(10)
    await approve(world, RUDO)

    assert (await world.only(ApprovalRefused)).rule == "not_waiting"
