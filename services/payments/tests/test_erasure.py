"""A payer who was forgotten: the payment and its receipt stay true, without them."""

from __future__ import annotations

import pytest

from services.payments.store import RECEIPTS
from services.payments.tests.world import DELAYED, TARIRO, World, request
from shared.contracts.conversation import ErasureRequested
from shared.contracts.payments import PersonErased, ReceiptVerified, VerifyReceipt
from shared.kernel.ids import MemberId

OWN_WORDS = "Aunt Canarina's roof"


@pytest.mark.parametrize(("purpose", "kept"), [(OWN_WORDS, "Other"), ("Construction", "Construction")])
async def test_a_settled_payment_loses_its_payer_and_its_paper_is_still_true(
    world: World, purpose: str, kept: str
) -> None:
    payment = await world.give(purpose=purpose)
    await world.pass_time(30)
    receipt = await world.harness.state("payments", RECEIPTS, payment.id)
    assert receipt is not None
    await world.harness.say(ErasureRequested(member=TARIRO, at=world.harness.clock.now()))
    assert (await world.only(PersonErased)).member == TARIRO
    payment = await world.payment()
    assert (payment.payer_name, payment.wallet, payment.purpose) == ("", None, kept)
    assert (payment.state, payment.amount, payment.settled_at) == ("settled", receipt.amount, receipt.settled_at)
    for code in (receipt.code, receipt.signed):
        await world.harness.say(VerifyReceipt(code=code, asked_by=MemberId("M-OTHER")))
        told = world.harness.last(ReceiptVerified)
        assert (told.receipt_number, told.amount, told.purpose) == (receipt.code, receipt.amount, kept)
    await world.harness.say(VerifyReceipt(code=f"{receipt.signed[:-4]}AAAA", asked_by=MemberId("M-OTHER")))
    assert world.harness.last(ReceiptVerified).receipt_number is None


async def test_money_that_comes_after_all_is_still_found_out_without_the_payer(world: World) -> None:
    await world.give(DELAYED, purpose=OWN_WORDS)
    await world.harness.say(ErasureRequested(member=TARIRO, at=world.harness.clock.now()))
    await world.pass_time(60)
    payment = await world.payment()
    assert (payment.state, payment.payer_name, payment.purpose) == ("settled", "", "Other")
    [receipt] = world.harness.documents("payments", RECEIPTS)
    assert receipt.state["purpose"] == "Other"


async def test_a_late_copy_of_a_request_charges_nobody(world: World) -> None:
    await world.harness.say(ErasureRequested(member=TARIRO, at=world.harness.clock.now()))
    await world.harness.say(request())
    assert await world.at_paynow() == []
