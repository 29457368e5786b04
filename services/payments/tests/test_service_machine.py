"""Payments and Paynow under whatever may happen in any order: one charge per intent, and no money is ever lost.

The rules of the payment alone are put to the test in test_payment_machine; here all of the service runs, against
the stand-in over HTTP.
"""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from collections.abc import Coroutine
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from sandbox.paynow.faults import EFFECTS, FaultName
from sandbox.paynow.transactions import MAY_FOLLOW, Status
from services.payments.domain.payment import Payment
from services.payments.domain.states import OPEN
from services.payments.store import PAYMENTS
from services.payments.tests.world import CANCELLED, DELAYED, NO_BALANCE, SUCCESS, World, request
from shared.bus.dead_letters import DEAD_LETTERS
from shared.contracts.payments import (
    ApprovePayment,
    CheckPayment,
    PaymentDisputed,
    PaymentFailed,
    PaymentRefused,
    PaymentSettled,
    ReceiptIssued,
    RejectPayment,
    RequestPayment,
)
from shared.kernel.ids import MemberId, payment_id_of
from shared.store.redis import connect
from shared.testing.harness import look_every

pytestmark = pytest.mark.no_cover  # over and over what other tests cover

STAFF = MemberId("M-STAFF")
MONEY_IN = {"Paid", "Awaiting Delivery", "Delivered"}
QUICK = {FaultName.LOST_ANSWER, FaultName.SLOW_ANSWER}
"""Those that would take real time: they are over at once here."""
STRIKES = [
    (name, place) for name, (_, places) in EFFECTS.items() for place in places if place not in {"otp", "initiate"}
]

wallets = st.sampled_from([SUCCESS, DELAYED, CANCELLED, NO_BALANCE])
number = st.integers(0, 5)


class ServiceMachine(RuleBasedStateMachine):
    """Every rule is something that may happen at any time; `valkey` is the server where the circuit is kept."""

    valkey: str

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.patch = pytest.MonkeyPatch()
        self.gifts: dict[str, RequestPayment] = {}
        self.count = itertools.count(1)
        self.approved: set[str] = set()
        self.lied = False
        self.run(self._begin())

    def run(self, doing: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(doing)

    async def _begin(self) -> None:
        self.client = connect(self.valkey.rpartition("/")[0] + "/9")
        await self.client.flushdb()
        self.world = World(self.client)
        for name, value in self.world.environment.items():
            self.patch.setenv(name, value)
        await self.world.__aenter__()
        await self.world.open_paynow()

    # What may happen.

    @rule(wallet=wallets)
    def somebody_gives(self, wallet: str) -> None:
        self.run(self.world.harness.say(self._gift(wallet)))

    @rule(wallet=wallets, answered=st.booleans())
    def somebody_gives_and_the_process_dies_during_the_charge(self, wallet: str, answered: bool) -> None:
        self.run(self._give_and_die(self._gift(wallet), answered=answered))

    @precondition(lambda self: self.gifts)
    @rule(which=number)
    def they_tap_again(self, which: int) -> None:
        self.run(self.world.harness.say(self._some(which)))

    @precondition(lambda self: self.gifts)
    @rule(which=number)
    def they_give_anew_if_they_were_told_that_nothing_was_charged(self, which: int) -> None:
        gift = self._some(which)
        told = [
            *(event.intent for event in self.world.harness.all(PaymentFailed) if event.reason == "unreachable"),
            *(event.intent for event in self.world.harness.all(PaymentRefused)),
        ]
        of_payer = [known.intent for known in self.gifts.values() if known.payer == gift.payer]
        if of_payer[-1] in told:
            self.run(self.world.harness.say(self._gift(gift.wallet or SUCCESS, gift.payer)))

    @precondition(lambda self: self.gifts)
    @rule(which=number)
    def they_ask(self, which: int) -> None:
        gift = self._some(which)
        self.run(self.world.harness.say(CheckPayment(payment_id=payment_id_of(gift.intent), payer=gift.payer)))

    @precondition(lambda self: self.gifts)
    @rule(which=number, yes=st.booleans())
    def staff_decide(self, which: int, yes: bool) -> None:
        id = payment_id_of(self._some(which).intent)
        state = self._payments()[id].state
        if yes and state == "needs_review":
            self.approved.add(id)
        word = (
            ApprovePayment(payment_id=id, approver=STAFF)
            if yes
            else RejectPayment(payment_id=id, approver=STAFF, reason="not there")
        )
        self.run(self.world.harness.say(word))

    @rule(strike=st.sampled_from(STRIKES), accepted=st.booleans())
    def something_will_go_wrong(self, strike: tuple[FaultName, str], accepted: bool) -> None:
        name, place = strike
        if name is FaultName.TRACE_ERROR_THEN_NOT_FOUND:
            if self.lied:
                return  # two verified lies are beyond anybody (contract 4.2)
            self.lied = True
        self.run(self.world.arm(name, on=place, accepted=accepted, **({"seconds": 0} if name in QUICK else {})))

    @rule(seconds=st.sampled_from([1, 5, 30, 120]), callbacks=st.booleans())
    def time_passes(self, seconds: int, callbacks: bool) -> None:
        self.run(self.world.pass_time(seconds, step=5, callbacks=callbacks))

    @precondition(lambda self: self.world.callbacks)
    @rule(order=st.sampled_from(["as they came", "backwards", "twice", "none"]))
    def callbacks_come(self, order: str) -> None:
        held = self.world.callbacks
        changed = {"backwards": held[::-1], "twice": held * 2, "none": []}
        self.world.callbacks = changed.get(order, held)
        self.run(self.world.deliver_callbacks())

    @precondition(lambda self: self.gifts)
    @rule(which=number, status=st.sampled_from(["Paid", "Awaiting Delivery", "Cancelled", "Disputed", "Refunded"]))
    def paynow_changes_its_mind(self, which: int, status: str) -> None:
        id = payment_id_of(self._some(which).intent)
        now = {known["reference"]: known["status"] for known in self.run(self.world.at_paynow())}
        if status in MAY_FOLLOW[Status(now.get(id, "Refunded"))] or (now.get(id), status) == ("Cancelled", "Paid"):
            self.run(self.world.force(status, reference=id))

    # What must hold at any time.

    @invariant()
    def nobody_is_charged_twice(self) -> None:
        payers = {payment_id_of(gift.intent): gift.payer for gift in self.gifts.values()}
        charges = Counter(payers[transaction["reference"]] for transaction in self.run(self.world.at_paynow()))
        assert max(charges.values(), default=1) == 1

    @invariant()
    def nothing_is_settled_without_a_word(self) -> None:
        said = {
            transaction["reference"]
            for transaction in self.run(self.world.at_paynow())
            if MONEY_IN & {entry["status"] for entry in transaction["history"]}
        }
        assert {event.payment_id for event in self.world.harness.all(PaymentSettled)} <= said | self.approved

    @invariant()
    def nothing_is_settled_twice(self) -> None:
        settled = Counter(event.payment_id for event in self.world.harness.all(PaymentSettled))
        disputed = Counter(event.payment_id for event in self.world.harness.all(PaymentDisputed))
        assert all(times <= 1 + disputed[id] for id, times in settled.items())
        receipts = Counter(event.payment_id for event in self.world.harness.all(ReceiptIssued))
        assert max(receipts.values(), default=1) == 1

    def teardown(self) -> None:
        try:
            self.run(self._end())
        finally:
            self.run(self.world.__aexit__(None, None, None))
            self.run(self.client.aclose())
            self.patch.undo()
            self.loop.close()

    async def _end(self) -> None:
        """A day later, with nothing going wrong any more, our word on each payment is Paynow's word."""
        await self.world.admin("DELETE", "faults")
        await self.world.pass_time(180, step=5)
        look_every(300, self.patch)
        await self.world.pass_time(49 * 3600, step=3600)
        payments = self._payments()
        assert [payment for payment in payments.values() if payment.state in OPEN] == []
        for transaction in await self.world.at_paynow():
            payment = payments[transaction["reference"]]
            trail = [entry.cause for entry in payment.trail]
            if transaction["status"] in MONEY_IN:
                assert payment.settled_at is not None or payment.state == "needs_review", trail
        assert self.world.harness.documents("payments", DEAD_LETTERS) == []

    def _gift(self, wallet: str, payer: MemberId | None = None) -> RequestPayment:
        intent = f"S-{next(self.count)}/1"
        self.gifts[intent] = request(wallet, intent=intent, payer=payer or MemberId(f"M-{intent}"))
        return self.gifts[intent]

    def _some(self, which: int) -> RequestPayment:
        gifts = list(self.gifts.values())
        return gifts[which % len(gifts)]

    def _payments(self) -> dict[str, Payment]:
        documents = self.world.harness.documents("payments", PAYMENTS)
        return {document.id: Payment.model_validate(document.state) for document in documents}

    async def _give_and_die(self, gift: RequestPayment, *, answered: bool) -> None:
        """Kill the calls under way: what a restart finds is an intent that somebody had begun."""
        running = self.world.harness.running["payments"]
        giving = asyncio.ensure_future(self.world.harness.say(gift))
        while not running.calls_under_way() and not giving.done():  # noqa: ASYNC110 a call tells nobody that it began
            await asyncio.sleep(0)
        while answered and not giving.done():
            if payment_id_of(gift.intent) in {transaction["reference"] for transaction in await self.world.at_paynow()}:
                break
            await asyncio.sleep(0)
        for call in running.calls_under_way():
            call.cancel()
        await giving


@pytest.mark.parametrize("examples", [10, pytest.param(200, marks=pytest.mark.simulate)])
def test_whatever_happens_each_intent_is_charged_once_and_no_money_is_lost(valkey_url: str, examples: int) -> None:
    class Machine(ServiceMachine):
        valkey = valkey_url

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=20,
            deadline=None,
            phases=[Phase.generate],  # to shrink a failure takes minutes, and its steps are printed anyway
            suppress_health_check=list(HealthCheck),
        ),
    )
