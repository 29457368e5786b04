"""Every fault of contract 10.8, by its name, against the real adapter and service: no double and no missing receipt."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sandbox.paynow.faults import FaultName
from services.payments.store import RECEIPTS
from services.payments.tests.world import CANCELLED, DELAYED, SUCCESS, SWEPT, World
from shared.contracts.payments import (
    PaymentCancelled,
    PaymentFailed,
    PaymentInitiated,
    PaymentNeedsReview,
    PaymentRefunded,
    PaymentSettled,
    PaymentUncertain,
    ReceiptIssued,
)


async def one_gift(world: World, wallet: str = SUCCESS, seconds: float = 70, **how: Any) -> PaymentSettled:
    """One gift that ends well: charged once, settled once, one receipt."""
    await world.give(wallet)
    await world.pass_time(seconds, **how)
    settled = await world.only(PaymentSettled)
    assert settled.amount.amount == 20
    assert len(await world.at_paynow()) == 1
    assert await world.only(ReceiptIssued)
    assert len(world.harness.documents("payments", RECEIPTS)) == 1
    return settled


async def test_duplicate_callback(world: World) -> None:
    await world.arm("duplicate-callback", times=None)
    await one_gift(world)

    causes = [entry.cause for entry in (await world.payment()).trail]
    assert causes.count("callback") == 1


async def test_delayed_callback(world: World) -> None:
    await world.arm("delayed-callback", seconds=600)
    began = world.harness.clock.now()

    # The schedule is quicker: a poll is due after 46 seconds.
    assert (await one_gift(world, DELAYED)).settled_at - began <= timedelta(seconds=47)
    await world.pass_time(600, step=10)
    assert await world.only(PaymentSettled)


async def test_lost_callback(world: World) -> None:
    await world.arm("lost-callback", times=None)
    await one_gift(world, DELAYED)

    assert world.callbacks == []


async def test_out_of_order_callback(world: World) -> None:
    await world.arm("out-of-order-callback", times=None)
    await one_gift(world)

    assert (await world.payment()).state == "settled"


async def test_callback_before_answer(world: World) -> None:
    world.holds_answers = True
    await world.arm("callback-before-answer", on="remote")

    assert (await one_gift(world)).after == "initiating"


@pytest.mark.parametrize("place", ["remote", "poll", "callback"])
async def test_wrong_hash(world: World, place: str) -> None:
    await world.arm("wrong-hash", on=place)
    await one_gift(world, DELAYED)

    assert len(world.harness.all(PaymentUncertain)) == (place == "remote")


@pytest.mark.parametrize("place", ["remote", "poll", "callback"])
async def test_other_currency_key(world: World, place: str) -> None:
    await world.arm("other-currency-key", on=place)
    await one_gift(world, DELAYED)

    assert len(world.harness.all(PaymentUncertain)) == (place == "remote")


@pytest.mark.parametrize("place", ["poll", "callback"])
async def test_tampered_amount(world: World, place: str) -> None:
    await world.arm("tampered-amount", on=place)
    await one_gift(world, DELAYED)


async def test_boundary_shift(world: World) -> None:
    """A good hash over another amount: in a callback it changes nothing, in a poll staff must look."""
    await world.arm("boundary-shift", on="callback")
    await one_gift(world)
    await world.arm("boundary-shift", on="poll", times=None)
    other = await world.give(DELAYED)
    await world.pass_time(60)

    assert (await world.only(PaymentNeedsReview)).payment_id == other.id
    assert await world.only(PaymentSettled)


async def test_extra_field(world: World) -> None:
    await world.arm("extra-field", times=None)
    await one_gift(world)


async def test_capitalised_names(world: World) -> None:
    await world.arm("capitalised-names", times=None)
    await one_gift(world)


async def test_upper_case_escapes(world: World) -> None:
    await world.arm("upper-case-escapes", times=None)
    await one_gift(world)


async def test_comma_in_reference(world: World) -> None:
    await world.arm("comma-in-reference", on="poll", times=None)
    await one_gift(world)

    assert world.harness.all(PaymentNeedsReview) == []


@pytest.mark.parametrize("method", ["ecocash", "web"])
async def test_lost_answer(world: World, method: str) -> None:
    await world.arm("lost-answer", seconds=0, on="initiate" if method == "web" else "remote")
    if method == "ecocash":
        assert (await one_gift(world)).after in {"uncertain", "awaiting_payer"}
    else:
        await world.give(method="web")
        await world.pass_time(70)
        assert len(await world.at_paynow()) == 1
        assert (await world.only(PaymentInitiated)).authorisation is None
    assert await world.only(PaymentUncertain)


@pytest.mark.parametrize("accepted", [True, False])
@pytest.mark.parametrize("fault", ["html-200", "html-403", "status-500"])
async def test_html_pages(world: World, fault: str, accepted: bool) -> None:
    await _spoilt_answer(world, fault, accepted=accepted)


@pytest.mark.parametrize("accepted", [True, False])
async def test_reset(world: World, accepted: bool) -> None:
    await _spoilt_answer(world, "reset", accepted=accepted)


async def _spoilt_answer(world: World, fault: str, *, accepted: bool) -> None:
    await world.arm(fault, on="remote", accepted=accepted)
    if accepted:
        await one_gift(world)
    else:
        await world.give(SUCCESS)
        await world.pass_time(90)
        assert (await world.only(PaymentFailed)).reason == "unreachable"
        assert await world.at_paynow() == []
    assert await world.only(PaymentUncertain)
    assert len([entry for entry in (await world.payment()).trail if entry.state == "uncertain"]) >= 1


async def test_slow_answer(world: World) -> None:
    """Slow, but not slower than we wait: what never comes is a lost answer."""
    await world.arm("slow-answer", on="remote", seconds=0.2)
    await one_gift(world)

    assert world.harness.all(PaymentUncertain) == []


async def test_poll_flapping(world: World) -> None:
    await world.arm("poll-flapping", times=None)
    payment = await one_gift(world)
    for _ in range(3):
        await world.check(await world.payment())
    await world.pass_time(SWEPT)

    assert await world.only(PaymentSettled) == payment


async def test_cancelled_then_paid(world: World, caplog: pytest.LogCaptureFixture) -> None:
    await world.arm("cancelled-then-paid")

    assert (await one_gift(world, CANCELLED)).after == "cancelled"
    assert await world.only(PaymentCancelled)
    assert "money came for a payment that had ended" in caplog.text


async def test_refund_after_paid(world: World) -> None:
    await world.arm("refund-after-paid", seconds=30)
    settled = await one_gift(world)

    assert (await world.only(PaymentRefunded)).payment_id == settled.payment_id
    assert (await world.payment()).state == "refunded"


async def test_trace_error_then_not_found(world: World) -> None:
    await world.arm("lost-answer", on="remote", seconds=0)
    await world.arm("trace-error-then-not-found", on="trace")
    settled = await one_gift(world, DELAYED, seconds=120, callbacks=False)

    assert settled.after in {"uncertain", "awaiting_payer"}
    assert world.harness.all(PaymentFailed) == []


def test_every_fault_of_the_contract_has_a_test_of_its_name_here() -> None:
    tested = {name.removeprefix("test_").replace("_", "-") for name in globals() if name.startswith("test_")}
    pages = {FaultName.HTML_200, FaultName.HTML_403, FaultName.STATUS_500}
    assert "html-pages" in tested
    assert {str(name) for name in set(FaultName) - pages} <= tested
