"""Many payments under random faults: in the end our word on each is Paynow's word, and each was charged once."""

from __future__ import annotations

from collections import Counter

import pytest

from sandbox.paynow.faults import EFFECTS, FaultName
from services.payments.domain.payment import Payment
from services.payments.store import PAYMENTS, RECEIPTS
from services.payments.tests.world import CANCELLED, DELAYED, NO_BALANCE, SUCCESS, TARIRO, World, request
from shared.bus.dead_letters import DEAD_LETTERS
from shared.contracts.payments import CheckPayment, PaymentSettled, PaymentUncertain, ReceiptIssued
from shared.kernel.ids import MemberId, payment_id_of, seeded_chance

pytestmark = pytest.mark.no_cover  # over and over what other tests cover

PAYMENTS_MADE = 60
STRIKES = [
    (name, place)
    for name, (_, places) in EFFECTS.items()
    for place in places
    # A refund would change Paynow's word after the test has looked; a shifted poll rightly ends with staff.
    if name is not FaultName.REFUND_AFTER_PAID and not (name is FaultName.BOUNDARY_SHIFT and place != "callback")
]
CARRIED_OUT = {FaultName.HTML_200, FaultName.HTML_403, FaultName.STATUS_500, FaultName.RESET}
"""These may spoil the answer to a charge that is made all the same."""
AT_ONCE = {FaultName.LOST_ANSWER, FaultName.SLOW_ANSWER}


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_whatever_goes_wrong_each_intent_is_charged_once_and_ends_as_paynow_says(world: World, seed: int) -> None:
    chance = seeded_chance(seed)
    wallets = [SUCCESS, SUCCESS, DELAYED, DELAYED, CANCELLED, NO_BALANCE]
    intents = [f"S-{number}/1" for number in range(PAYMENTS_MADE)]
    for intent in intents:
        for _ in range(2):
            name, place = STRIKES[int(chance.uniform(0, len(STRIKES)))]
            rest: dict[str, object] = {"seconds": 0} if name in AT_ONCE else {}
            if name in CARRIED_OUT:
                rest["accepted"] = chance.uniform(0, 1) < 0.5
            await world.arm(name, on=place, reference=payment_id_of(intent), **rest)
        wallet = wallets[int(chance.uniform(0, len(wallets)))]
        gift = request(wallet, intent=intent, payer=MemberId(f"M-{intent}"))
        await world.harness.say(gift, gift)
        await world.pass_time(1)
    for intent in intents[::5]:
        await world.harness.say(CheckPayment(payment_id=payment_id_of(intent), payer=TARIRO))
    await world.pass_time(600, step=2)
    await world.admin("DELETE", "faults")
    await world.pass_time(700, step=5)

    payments = [Payment.model_validate(stored.state) for stored in world.harness.documents("payments", PAYMENTS)]
    at_paynow = {transaction["reference"]: transaction["status"] for transaction in await world.at_paynow()}
    assert max(Counter(transaction["reference"] for transaction in await world.at_paynow()).values()) == 1
    assert len(payments) == PAYMENTS_MADE
    for payment in payments:
        expected = {"Paid": "settled", "Cancelled": "cancelled", None: "failed"}[at_paynow.get(payment.id)]
        assert payment.state == expected, [entry.cause for entry in payment.trail]
    settled = Counter(event.payment_id for event in world.harness.all(PaymentSettled))
    assert settled == Counter(payment.id for payment in payments if payment.state == "settled")
    receipts = sorted(event.receipt_number for event in world.harness.all(ReceiptIssued))
    assert receipts == [f"2026-{number:06}" for number in range(1, len(settled) + 1)]
    assert len(world.harness.documents("payments", RECEIPTS)) == len(settled)
    assert world.harness.documents("payments", DEAD_LETTERS) == []
    assert len(world.harness.all(PaymentUncertain)) > 3  # or nothing was put to the test
