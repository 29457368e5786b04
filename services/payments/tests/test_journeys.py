"""Gifts from request to receipt, against the stand-in: the four test numbers, checks, and what never happens twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.payments.store import PAYMENTS, RECEIPTS, STRAY_CALLBACKS
from services.payments.tests.world import (
    CANCELLED,
    DELAYED,
    NO_BALANCE,
    SUCCESS,
    SWEPT,
    TARIRO,
    ZWG_KEY,
    World,
    hint_of,
    request,
)
from shared.bus.dead_letters import DEAD_LETTERS
from shared.contracts.gateway import PaymentStatusReceived
from shared.contracts.payments import (
    CallbackUnmatched,
    CheckPayment,
    PaymentCancelled,
    PaymentChecked,
    PaymentDisputed,
    PaymentFailed,
    PaymentInitiated,
    PaymentNeedsReview,
    PaymentRefunded,
    PaymentRefused,
    PaymentSettled,
    ReceiptIssued,
)
from shared.kernel.ids import PaymentId
from shared.kernel.money import Money
from shared.kernel.paynow_message import sign
from shared.telemetry.tracing import trace_id_of


async def test_a_paid_gift_is_settled_once_and_gets_one_receipt(world: World) -> None:
    payment = await world.give(SUCCESS)
    began = world.harness.clock.now()

    initiated = await world.only(PaymentInitiated)
    assert (payment.state, initiated.payment_id, initiated.test_mode) == ("awaiting_payer", payment.id, True)
    assert initiated.instructions is not None
    assert "Test Case: Success" in initiated.instructions

    await world.pass_time(60)

    settled = await world.only(PaymentSettled)
    assert settled.amount == Money.of("20.00", "USD")
    assert settled.after == "awaiting_payer"
    assert settled.settled_at - began <= timedelta(seconds=7)
    receipt = await world.only(ReceiptIssued)
    assert (receipt.receipt_number, receipt.payment_id) == ("2026-000001", payment.id)
    assert receipt.provider_reference == str((await world.at_paynow())[0]["paynowreference"])
    assert world.document().outcalls == []


async def test_what_paynow_is_asked_for_is_what_the_donor_asked_for(world: World) -> None:
    payment = await world.give(SUCCESS, amount=Money.of("7.5", "ZWG"), method="onemoney")

    [transaction] = await world.at_paynow()
    assert transaction["reference"] == payment.id
    assert transaction["amount"] == "7.50"
    assert transaction["method"] == "onemoney"
    assert transaction["merchanttrace"] == payment.merchant_trace
    assert len(payment.merchant_trace) <= 32


async def test_a_callback_makes_the_outcome_known_before_the_schedule_would(world: World) -> None:
    await world.give(DELAYED)
    began = world.harness.clock.now()

    await world.pass_time(35)

    # Polls are due after 26 and 46 seconds; Paynow tells after 30.
    assert (await world.only(PaymentSettled)).settled_at - began <= timedelta(seconds=31)


async def test_without_any_callback_the_schedule_finds_the_outcome(world: World) -> None:
    await world.give(DELAYED)
    began = world.harness.clock.now()

    await world.pass_time(47 + SWEPT, callbacks=False)

    assert (await world.only(PaymentSettled)).settled_at - began == timedelta(seconds=46)


@pytest.mark.parametrize(
    ("world", "event", "state"),
    [
        ({"cancelled_as": "Cancelled"}, PaymentCancelled, "cancelled"),
        ({"cancelled_as": "Failed"}, PaymentFailed, "failed"),
    ],
    indirect=["world"],
)
async def test_a_payer_who_cancels_is_told_so(world: World, event: type[PaymentCancelled], state: str) -> None:
    await world.give(CANCELLED)

    await world.pass_time(90)

    assert (await world.only(event)).amount == Money.of("20.00", "USD")
    assert (await world.payment()).state == state
    assert world.harness.all(ReceiptIssued) == []


async def test_a_wallet_without_enough_money_fails_at_once_with_the_reason(world: World) -> None:
    payment = await world.give(NO_BALANCE)

    assert payment.state == "failed"
    assert (await world.only(PaymentFailed)).reason == "insufficient_balance"
    assert await world.at_paynow() == []
    assert world.document().outcalls == []


async def test_the_same_intent_again_is_the_same_payment(world: World) -> None:
    await world.give(intent="S-1/1")
    await world.pass_time(10)
    await world.give(intent="S-1/1")

    assert len(await world.at_paynow()) == 1
    assert await world.only(PaymentInitiated)


@pytest.mark.parametrize("change", [{"amount": Money.of("21", "USD")}, {"wallet": DELAYED}, {"payer": "M-OTHER"}])
async def test_the_same_intent_with_another_request_charges_nobody_and_is_kept(
    world: World, change: dict[str, Any]
) -> None:
    await world.give(intent="S-1/1")
    await world.harness.say(request(intent="S-1/1", **change))

    assert len(await world.at_paynow()) == 1
    [letter] = world.harness.documents("payments", DEAD_LETTERS)
    assert letter.state["reason"] == "IntentReused"


async def test_a_request_that_fits_no_rule_is_refused_and_nothing_is_asked_of_paynow(world: World) -> None:
    await world.harness.say(request(amount=Money.of("480.01", "USD")))

    refused = await world.only(PaymentRefused)
    assert (refused.rule, refused.limit) == ("amount_too_large", Money.of("480.00", "USD"))
    assert world.harness.documents("payments", PAYMENTS) == []
    assert await world.at_paynow() == []


async def test_a_check_asks_now_and_answers_what_asked_it(world: World) -> None:
    payment = await world.give(SUCCESS)
    await world.harness.clock.advance(5)
    await world.admin("POST", "clock", {"advance": 0})

    await world.check(payment)

    checked = await world.only(PaymentChecked)
    assert (checked.state, checked.asked) == ("settled", True)
    asked_by = [said for said in world.harness.said if said.type == "payments.check_payment"]
    answers = [said for said in world.harness.said if said.type == "payments.payment_checked"]
    assert [said.correlation_id for said in answers] == [said.correlation_id for said in asked_by]


async def test_a_check_of_what_is_known_for_good_is_answered_at_once_with_the_receipt(world: World) -> None:
    payment = await world.give(SUCCESS)
    await world.pass_time(10)

    await world.arm("status-500", on="poll", times=None)
    await world.check(payment)

    checked = await world.only(PaymentChecked)
    assert (checked.state, checked.asked, checked.receipt_number) == ("settled", True, "2026-000001")


async def test_a_check_that_paynow_does_not_answer_says_that_it_was_not_asked(world: World) -> None:
    payment = await world.give(DELAYED)

    await world.arm("html-200", on="poll")
    await world.check(payment)

    checked = await world.only(PaymentChecked)
    assert (checked.state, checked.asked) == ("awaiting_payer", False)


async def test_replayed_callbacks_change_nothing_and_are_noted_once(world: World) -> None:
    payment = await world.give(SUCCESS)
    await world.arm("duplicate-callback", times=None)
    await world.pass_time(6, callbacks=False)
    again = list(world.callbacks)
    for _ in range(3):
        world.callbacks = list(again)
        await world.deliver_callbacks()
    await world.pass_time(SWEPT)

    assert len(again) == 2
    assert (await world.only(PaymentSettled)).payment_id == payment.id
    assert await world.only(ReceiptIssued)
    settled = await world.payment()
    assert [entry.cause for entry in settled.trail].count("callback") == 1


async def test_however_many_callbacks_come_at_once_one_question_is_planned(world: World) -> None:
    payment = await world.give(DELAYED)
    hints = [
        PaymentStatusReceived(
            payment_id=payment.id,
            currency="USD",
            status="Paid",
            body_digest=str(number) * 64,
            received_at=world.harness.clock.now(),
        )
        for number in range(4)
    ]

    await world.harness.say(*hints)

    assert (await world.payment()).state == "awaiting_payer"
    assert [call.name for call in world.document().outcalls] == ["paynow.poll"]


async def test_a_shifted_boundary_in_a_callback_changes_nothing(world: World) -> None:
    """3100050|125.00 hashes as 31000501|25.00 does; what counts is the poll (contract 8.2)."""
    await world.give(SUCCESS)
    await world.arm("boundary-shift", on="callback")
    await world.pass_time(10)

    assert (await world.only(PaymentSettled)).amount == Money.of("20.00", "USD")


async def test_a_shifted_boundary_in_a_poll_goes_to_review(world: World) -> None:
    await world.give(SUCCESS)
    await world.arm("boundary-shift", on="poll", times=None)
    await world.pass_time(20)

    assert world.harness.all(PaymentSettled) == []
    assert (await world.only(PaymentNeedsReview)).cause == "amount_differs"


async def test_review_ends_when_the_provider_tells_what_fits(world: World) -> None:
    await world.give(DELAYED)
    await world.arm("boundary-shift", on="poll")
    await world.pass_time(6)
    assert (await world.payment()).state == "needs_review"

    await world.pass_time(30 + SWEPT)

    assert (await world.only(PaymentSettled)).after == "needs_review"


async def test_a_callback_for_nobody_is_kept_and_finance_is_told(world: World) -> None:
    body = sign([("reference", "DON-1"), ("amount", "5.00"), ("status", "Paid")], ZWG_KEY)
    hint = hint_of("ZWG", body, world)
    assert hint is not None

    await world.harness.say(hint)

    [stray] = world.harness.documents("payments", STRAY_CALLBACKS)
    assert (stray.id, stray.state["reference"], stray.state["status"]) == (hint.body_digest, "DON-1", "Paid")
    told = await world.only(CallbackUnmatched)
    assert (told.reference, told.status, told.amount) == ("DON-1", "Paid", Money.of("5.00", "ZWG"))


async def test_a_callback_of_another_currency_is_kept_for_review_and_asks_nothing(world: World) -> None:
    payment = await world.give(DELAYED)
    hint = PaymentStatusReceived(
        payment_id=payment.id,
        currency="ZWG",
        status="Paid",
        body_digest="0" * 64,
        received_at=world.harness.clock.now(),
    )

    await world.harness.say(hint)

    assert len(world.harness.documents("payments", STRAY_CALLBACKS)) == 1
    assert (await world.payment()).trail == payment.trail


async def test_money_that_comes_after_a_cancellation_is_taken(world: World) -> None:
    await world.arm("cancelled-then-paid")
    await world.give(CANCELLED)
    await world.pass_time(60)

    assert await world.only(PaymentCancelled)
    assert (await world.only(PaymentSettled)).after == "cancelled"
    assert await world.only(ReceiptIssued)


async def test_money_in_is_not_taken_back_by_what_comes_late(world: World) -> None:
    await world.arm("out-of-order-callback")
    await world.arm("poll-flapping", times=None)
    await world.give(SUCCESS)
    await world.pass_time(20)
    await world.force("Cancelled")
    await world.pass_time(SWEPT)

    assert await world.only(PaymentSettled)
    assert (await world.payment()).state == "settled"
    assert world.harness.all(PaymentCancelled) == []


async def test_a_dispute_and_its_end_are_told_and_make_no_second_receipt(world: World) -> None:
    await world.give(SUCCESS)
    await world.pass_time(10)
    await world.force("Disputed")
    await world.pass_time(SWEPT)
    assert await world.only(PaymentDisputed)
    await world.force("Paid")
    await world.pass_time(SWEPT)

    first, again = world.harness.all(PaymentSettled)
    assert (first.after, again.after) == ("awaiting_payer", "disputed")
    assert first.settled_at == again.settled_at
    assert await world.only(ReceiptIssued)


async def test_a_refund_is_told(world: World) -> None:
    await world.arm("refund-after-paid")
    await world.give(SUCCESS)
    await world.pass_time(30)

    assert await world.only(PaymentRefunded)
    assert (await world.payment()).state == "refunded"


@pytest.mark.parametrize("word", ["Awaiting Delivery", "Delivered"])
async def test_money_in_escrow_counts_and_the_trail_tells_the_word(world: World, word: str) -> None:
    await world.give(DELAYED)
    await world.force(word)
    await world.pass_time(SWEPT)

    assert await world.only(PaymentSettled)
    settled = await world.payment()
    assert settled.status_word == word.lower()
    assert settled.trail[-1].cause == f"poll: {word.lower()}"
    assert settled.trail[-1].evidence is not None


async def test_receipts_count_up_without_gaps_over_both_currencies(world: World) -> None:
    for amount in (Money.of("5", "USD"), Money.of("6", "ZWG"), Money.of("7", "USD")):
        await world.give(SUCCESS, amount=amount)
    await world.pass_time(10 + SWEPT)

    numbers = {receipt.receipt_number for receipt in world.harness.all(ReceiptIssued)}
    assert numbers == {"2026-000001", "2026-000002", "2026-000003"}
    assert len(world.harness.documents("payments", RECEIPTS)) == 3


async def test_a_check_of_a_payment_that_does_not_exist_is_a_fault_of_ours(world: World) -> None:
    await world.harness.say(CheckPayment(payment_id=PaymentId("P-NONE"), payer=TARIRO))

    [letter] = world.harness.documents("payments", DEAD_LETTERS)
    assert letter.state["reason"] == "Missing"


async def test_request_callback_poll_and_receipt_are_one_trace(world: World) -> None:
    await world.give(DELAYED)
    await world.pass_time(31 + SWEPT)

    traces = {
        said.type: trace_id_of(said.traceparent) for said in world.harness.said if said.type.startswith("payments.")
    }
    assert set(traces) >= {PaymentInitiated.NAME, PaymentSettled.NAME, ReceiptIssued.NAME}
    assert len({traces[name] for name in (PaymentInitiated.NAME, PaymentSettled.NAME, ReceiptIssued.NAME)}) == 1
