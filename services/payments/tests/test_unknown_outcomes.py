"""What happens when Paynow's word is lost, garbled or late: nothing is charged twice, nothing is guessed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.payments.tests.world import DELAYED, SUCCESS, SWEPT, TARIRO, World
from shared.contracts.payments import (
    CheckPayment,
    PaymentChecked,
    PaymentExpired,
    PaymentFailed,
    PaymentInitiated,
    PaymentNeedsReview,
    PaymentRefused,
    PaymentSettled,
    PaymentUncertain,
    ReceiptIssued,
)
from shared.kernel.ids import payment_id_of
from shared.testing.harness import look_every

DAY = 24 * 3600

TAKEN_BUT_UNHEARD = [
    {"name": "lost-answer", "seconds": 0},
    {"name": "html-200", "accepted": True},
    {"name": "html-403", "accepted": True},
    {"name": "status-500", "accepted": True},
    {"name": "reset", "accepted": True},
    {"name": "wrong-hash"},
    {"name": "other-currency-key"},
]


@pytest.mark.parametrize("fault", TAKEN_BUT_UNHEARD, ids=lambda fault: str(fault["name"]))
async def test_a_charge_whose_answer_is_lost_is_found_and_not_repeated(world: World, fault: dict[str, Any]) -> None:
    await world.arm(**{"on": "remote", **fault})
    payment = await world.give(DELAYED)

    assert payment.state == "uncertain"
    assert (await world.only(PaymentUncertain)).payment_id == payment.id
    await world.pass_time(60)

    assert (await world.only(PaymentSettled)).after == "awaiting_payer"
    assert (await world.only(PaymentInitiated)).payment_id == payment.id
    assert await world.only(ReceiptIssued)
    assert len(await world.at_paynow()) == 1


async def test_a_charge_that_was_paid_before_its_trace_settles_from_the_trace(world: World) -> None:
    await world.arm("lost-answer", on="remote", seconds=0)
    await world.give(SUCCESS)
    await world.pass_time(20, callbacks=False)

    assert (await world.only(PaymentSettled)).after == "uncertain"
    assert [entry.cause for entry in (await world.payment()).trail][-1] == "trace: paid"


@pytest.mark.parametrize("fault", ["html-200", "html-403", "status-500", "reset"])
async def test_a_request_that_never_arrived_fails_once_paynow_says_so_twice(world: World, fault: str) -> None:
    await world.arm(fault, on="remote")
    payment = await world.give(SUCCESS)
    assert payment.state == "uncertain"

    await world.pass_time(69)
    assert (await world.payment()).state == "uncertain"
    await world.pass_time(10)

    assert (await world.only(PaymentFailed)).reason == "unreachable"
    assert await world.at_paynow() == []
    assert world.document().outcalls == []


async def test_an_error_is_no_proof_that_paynow_has_nothing(world: World) -> None:
    await world.arm("html-200", on="remote", accepted=True)
    await world.give(DELAYED)
    await world.arm("trace-error-then-not-found", on="trace")
    await world.pass_time(29, callbacks=False)
    assert (await world.payment()).state == "uncertain"

    await world.pass_time(60, callbacks=False)

    assert (await world.only(PaymentSettled)).after == "uncertain"
    assert world.harness.all(PaymentFailed) == []


async def test_a_callback_about_a_lost_answer_brings_the_trace_forward(world: World) -> None:
    await world.arm("lost-answer", on="remote", seconds=0)
    await world.give(SUCCESS)
    began = world.harness.clock.now()
    await world.pass_time(8)

    assert (await world.only(PaymentSettled)).settled_at - began <= timedelta(seconds=7)


async def test_a_callback_that_overtakes_the_answer_settles_and_the_answer_changes_nothing(world: World) -> None:
    world.holds_answers = True
    await world.arm("callback-before-answer", on="remote")
    await world.give(SUCCESS)
    await world.pass_time(SWEPT)

    assert (await world.only(PaymentSettled)).after == "initiating"
    assert await world.only(ReceiptIssued)
    payment = await world.payment()
    assert [entry.cause for entry in payment.trail] == ["requested", "callback", "trace: paid", "initiation accepted"]
    assert world.document().outcalls == []


async def test_a_payment_that_could_not_be_sent_is_sent_when_paynow_comes_back_in_time(
    world_without_paynow: World,
) -> None:
    world = world_without_paynow
    payment = await world.give(SUCCESS)
    assert payment.state == "initiating"
    await world.open_paynow()
    await world.harness.advance(SWEPT)

    assert await world.only(PaymentInitiated)
    assert len(await world.at_paynow()) == 1


async def test_a_payment_that_cannot_be_sent_ends_while_the_payer_still_remembers(
    world_without_paynow: World,
) -> None:
    world = world_without_paynow
    await world.give(SUCCESS)
    await world.harness.advance(60)

    assert (await world.only(PaymentRefused)).rule == "provider_away"
    assert (await world.payment()).state == "failed"
    assert world.document().outcalls == []


async def test_a_callback_before_the_answer_settles_the_payment(world: World) -> None:
    await world.arm("callback-before-answer", on="remote")
    payment = await world.give(SUCCESS)
    assert payment.state == "awaiting_payer"
    await world.pass_time(10)

    assert await world.only(PaymentSettled)
    assert await world.only(ReceiptIssued)


async def test_who_checks_an_uncertain_payment_hears_so_and_it_is_looked_for_now(world: World) -> None:
    await world.arm("lost-answer", on="remote", seconds=0)
    payment = await world.give(DELAYED)

    await world.harness.say(CheckPayment(payment_id=payment.id, payer=TARIRO))

    checked = await world.only(PaymentChecked)
    assert (checked.state, checked.asked) == ("uncertain", True), "not: the provider cannot be asked"
    assert (await world.payment()).state == "awaiting_payer"


@pytest.mark.parametrize("fault", ["html-200", "html-403", "status-500", "reset", "wrong-hash", "other-currency-key"])
async def test_a_poll_without_a_proven_answer_changes_nothing_and_is_made_again(world: World, fault: str) -> None:
    await world.give(SUCCESS)
    await world.arm(fault, on="poll")
    await world.pass_time(6, callbacks=False)
    assert (await world.payment()).state == "awaiting_payer"

    await world.pass_time(10, callbacks=False)

    assert await world.only(PaymentSettled)


@pytest.mark.parametrize("fault", ["extra-field", "capitalised-names", "upper-case-escapes", "comma-in-reference"])
async def test_odd_but_true_answers_are_understood(world: World, fault: str) -> None:
    await world.arm(fault, times=None)
    payment = await world.give(SUCCESS)
    assert payment.state == "awaiting_payer"
    await world.pass_time(10)

    assert await world.only(PaymentSettled)


async def test_a_tampered_amount_is_not_believed(world: World) -> None:
    await world.give(SUCCESS)
    await world.arm("tampered-amount", on="poll")
    await world.pass_time(20, callbacks=False)

    assert (await world.only(PaymentSettled)).amount.amount == 20


@pytest.mark.parametrize("world", [{"mode": "live"}], indirect=True)
async def test_after_a_day_nothing_is_open_and_only_what_paynow_never_began_is_called_expired(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    unheard = str(payment_id_of("S-1/unheard"))
    await world.arm("html-200", on="remote", accepted=True, reference=unheard)
    await world.arm("html-200", on="trace", times=None, reference=unheard)
    sent, begun, lost = [
        await world.give("+263771234567", intent=intent) for intent in ("S-1/sent", "S-1/begun", "S-1/unheard")
    ]
    await world.force("Created", reference=begun.id)

    look_every(10, monkeypatch)
    await world.pass_time(DAY - 60, step=600)
    assert [(await world.payment(payment.intent)).state for payment in (sent, begun, lost)] == [
        "awaiting_payer",
        "awaiting_payer",
        "uncertain",
    ]
    await world.pass_time(120)

    reviews = {event.payment_id: event.cause for event in world.harness.all(PaymentNeedsReview)}
    assert reviews == {sent.id: "open_too_long", lost.id: "outcome_unknown"}
    assert (await world.only(PaymentExpired)).payment_id == begun.id
    assert all(not world.document(payment.intent).outcalls for payment in (sent, begun, lost))

    # Money that comes all the same is taken, whatever we thought.
    await world.admin("DELETE", "faults")
    for payment in (sent, begun, lost):
        await world.force("Paid", reference=payment.id)
    await world.pass_time(SWEPT)
    settled = {event.payment_id: event.after for event in world.harness.all(PaymentSettled)}
    assert settled == {sent.id: "needs_review", begun.id: "expired", lost.id: "needs_review"}
