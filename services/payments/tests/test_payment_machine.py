"""The payment under any order of requests, answers, polls, traces, callbacks and hours: what must never happen."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.payments.domain.apply_status import NOT_BEGUN, OUTCOMES, PENDING, StatusReport, apply_status, to_review
from services.payments.domain.approve import approve, reject
from services.payments.domain.ask_again import POLLS, TRACES, is_over, next_question
from services.payments.domain.expire import expire
from services.payments.domain.find_out import found, not_found
from services.payments.domain.initiate import accepted, answer_lost, initiated, not_made
from services.payments.domain.payment import Payment
from services.payments.domain.request import new_payment
from services.payments.domain.states import MOVES, IllegalMove
from services.payments.tests.world import TARIRO, request
from shared.contracts.base import Event
from shared.contracts.payments import (
    ApprovalRefused,
    PaymentApproved,
    PaymentCancelled,
    PaymentDisputed,
    PaymentExpired,
    PaymentFailed,
    PaymentInitiated,
    PaymentNeedsReview,
    PaymentRefunded,
    PaymentRejected,
    PaymentSettled,
    PaymentUncertain,
)
from shared.kernel.ids import MemberId
from shared.kernel.money import Money

RUDO, FARAI = MemberId("M-RUDO"), MemberId("M-FARAI")
TWO_NEEDED = {"USD": Money.of("10", "USD")}
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
URL = "https://www.paynow.co.zw/Interface/CheckPayment/?guid=1"
MONEY_IN = {word for word, state in OUTCOMES.items() if state == "settled"}
STATE_OF = {
    PaymentInitiated: "awaiting_payer",
    PaymentUncertain: "uncertain",
    PaymentSettled: "settled",
    PaymentCancelled: "cancelled",
    PaymentFailed: "failed",
    PaymentExpired: "expired",
    PaymentDisputed: "disputed",
    PaymentRefunded: "refunded",
    PaymentNeedsReview: "needs_review",
    PaymentRejected: "rejected",
}

words = st.sampled_from([*OUTCOMES, *PENDING, "Awaiting  DELIVERY", "something new"])
amounts = st.sampled_from(["20.00", "20", "2.00", "200.00"])
references = st.sampled_from([None, "31000501", "31,000,501", "3100050"])


def fresh() -> Payment:
    payment = new_payment(request(), NOW, None)
    payment.move("initiating", NOW, "requested")
    return payment


def report(payment: Payment, status: str, amount: str = "20.00", paynow_reference: str | None = None) -> StatusReport:
    return StatusReport(
        reference=payment.id,
        paynow_reference=paynow_reference,
        amount=Decimal(amount),
        status=status,
        evidence="0" * 64,
    )


class PaymentMachine(RuleBasedStateMachine):
    """Every rule is something that may arrive at any time, as often as it likes."""

    def __init__(self) -> None:
        super().__init__()
        self.payment = fresh()
        self.now = NOW
        self.events: list[Event] = []
        self.provider_said: set[str] = set()
        """Words of reports that fitted the payment."""
        self.approvers: set[MemberId] = set()

    def take(self, events: list[Event] | list[PaymentInitiated] | list[PaymentFailed] | list[PaymentUncertain]) -> None:
        for event in events:
            assert STATE_OF[type(event)] == self.payment.state
            self.events.append(event)

    @rule(approver=st.sampled_from([RUDO, FARAI, TARIRO]))
    def staff_approve(self, approver: MemberId) -> None:
        events = approve(self.payment, approver, TWO_NEEDED, self.now)
        if isinstance(events[0], PaymentApproved):
            assert approver not in {*self.approvers, TARIRO}
            self.approvers.add(approver)
        self.take([event for event in events if not isinstance(event, PaymentApproved | ApprovalRefused)])

    @rule(approver=st.sampled_from([RUDO, TARIRO]))
    def staff_reject(self, approver: MemberId) -> None:
        events = reject(self.payment, approver, "not there", self.now)
        self.take([event for event in events if not isinstance(event, ApprovalRefused)])

    @rule(seconds=st.sampled_from([1, 10, 61, 3600, 25 * 3600]))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(reference=references)
    def the_answer_is_ok(self, reference: str | None) -> None:
        if accepted(self.payment, poll_url=URL, paynow_reference=reference, now=self.now, evidence="1" * 64):
            self.take([initiated(self.payment, test_mode=False)])

    @rule()
    def the_answer_is_a_refusal(self) -> None:
        self.take(not_made(self.payment, "insufficient_balance", "refused", self.now, "2" * 64))

    @rule()
    def the_answer_is_lost(self) -> None:
        self.take(answer_lost(self.payment, "lost", self.now))

    @rule(status=words, amount=amounts, reference=references)
    def a_poll_is_answered(self, status: str, amount: str, reference: str | None) -> None:
        told = report(self.payment, status, amount, reference)
        self._applied(told)
        self.take(apply_status(self.payment, told, "poll", self.now))

    @rule(status=words, amount=amounts, reference=references)
    def a_trace_finds_it(self, status: str, amount: str, reference: str | None) -> None:
        told = report(self.payment, status, amount, reference)
        self._applied(told)
        self.take(found(self.payment, told, URL, test_mode=False, now=self.now))

    @rule()
    def a_trace_proves_that_there_is_nothing(self) -> None:
        first, before = self.payment.not_found_at, self.payment.state
        self.take(not_found(self.payment, self.now, "3" * 64))
        if before == "uncertain" and self.payment.state == "failed":
            assert first is not None
            assert self.now - first >= timedelta(minutes=1)

    @rule()
    def the_schedule_ends(self) -> None:
        if is_over(self.payment, self.now):
            events = expire(self.payment, self.now, "4" * 64)
            self.take(events)
            if self.payment.state == "expired" and events:
                assert self.payment.status_word in {None, *NOT_BEGUN}

    @rule()
    def staff_must_look(self) -> None:
        self.take(to_review(self.payment, "outcome_unknown", "no answer", self.now))

    def _applied(self, told: StatusReport) -> None:
        if told.amount == self.payment.amount.amount:
            self.provider_said.add(told.word)

    @invariant()
    def it_is_never_settled_without_the_providers_word_or_that_of_two_people(self) -> None:
        if any(isinstance(event, PaymentSettled) for event in self.events):
            assert self.provider_said & MONEY_IN or self.approvers == {RUDO, FARAI}

    @invariant()
    def it_is_settled_again_only_after_a_dispute(self) -> None:
        settled = [event for event in self.events if isinstance(event, PaymentSettled)]
        assert all(event.after == "disputed" for event in settled[1:])
        assert len({event.settled_at for event in settled}) <= 1

    @invariant()
    def the_trail_tells_every_state_in_order_of_legal_moves(self) -> None:
        states = [state for state, _ in itertools.groupby(entry.state for entry in self.payment.trail)]
        assert states[-1] == self.payment.state
        assert all(after in MOVES[before] for before, after in itertools.pairwise(["requested", *states]))

    @invariant()
    def an_open_payment_always_has_a_next_question_or_goes_to_staff(self) -> None:
        if not self.payment.is_open or self.payment.asked_since is None:
            return
        at = next_question(self.payment, self.now, polled=False)
        assert at is None or at > self.now
        if at is None:
            assert is_over(self.payment, self.now)

    @invariant()
    def money_in_is_only_left_by_dispute_or_refund(self) -> None:
        states = [entry.state for entry in self.payment.trail]
        if "settled" in states:
            assert set(states[states.index("settled") :]) <= {"settled", "disputed", "refunded"}

    @invariant()
    def it_survives_being_stored(self) -> None:
        assert Payment.model_validate(self.payment.model_dump(mode="json")) == self.payment


TestPaymentMachine = PaymentMachine.TestCase
TestPaymentMachine.settings = settings(max_examples=150, stateful_step_count=25)


def test_a_move_that_the_table_does_not_have_is_refused() -> None:
    payment = fresh()

    with pytest.raises(IllegalMove, match="initiating cannot become expired"):
        payment.move("expired", NOW, "by mistake")
    assert payment.state == "initiating"


def test_no_state_but_a_refund_is_a_dead_end_for_money_that_comes_late() -> None:
    waiting = {"requested", "initiating", "settled", "refunded"}

    assert all("settled" in MOVES[state] for state in MOVES if state not in waiting)


def test_the_schedules_are_those_of_the_contract() -> None:
    polls = [pause.total_seconds() for pause in POLLS]

    assert polls[:8] == [5, 13, 26, 46, 76, 106, 151, 211]
    assert {300.0} == {after - before for before, after in itertools.pairwise(polls) if 600 <= before < 3600}
    assert {3600.0} == {after - before for before, after in itertools.pairwise(polls) if before >= 3600}
    assert 5 <= TRACES[0].total_seconds() <= 15
    assert 24 * 3600.0 in polls


def test_another_paynow_reference_goes_to_review_though_the_amount_fits() -> None:
    """31000010|20.00 and 3100001|020.00 hash alike, and 020.00 is 20.00 (contract 8.2)."""
    payment = fresh()
    payment.paynow_reference = "31,000,010"

    events = apply_status(payment, report(payment, "Paid", "020.00", "3100001"), "poll", NOW)

    assert [type(event) for event in events] == [PaymentNeedsReview]
    assert apply_status(payment, report(payment, "Paid", "20.00", "31000010"), "poll", NOW)
    assert payment.state == "settled"


def test_another_reference_of_ours_goes_to_review() -> None:
    payment = fresh()
    other = report(payment, "Paid").model_copy(update={"reference": "P-OTHER"})

    assert [type(event) for event in apply_status(payment, other, "poll", NOW)] == [PaymentNeedsReview]


def test_a_request_that_seemed_lost_is_taken_up_again_when_it_turns_out_to_wait() -> None:
    payment = fresh()
    answer_lost(payment, "lost", NOW)
    not_found(payment, NOW, "0" * 64)
    not_found(payment, NOW + timedelta(minutes=2), "0" * 64)
    assert payment.state == "failed"

    late = NOW + timedelta(hours=1)
    events = found(payment, report(payment, "Sent"), URL, test_mode=False, now=late)

    assert [type(event) for event in events] == [PaymentInitiated]
    assert (payment.state, payment.poll_url, payment.asked_since) == ("awaiting_payer", URL, late)


def test_a_failure_that_paynow_told_is_not_taken_up_again_by_an_older_word() -> None:
    payment = fresh()
    accepted(payment, poll_url=URL, paynow_reference=None, now=NOW, evidence="0" * 64)
    apply_status(payment, report(payment, "Failed"), "poll", NOW)

    assert found(payment, report(payment, "Sent"), URL, test_mode=False, now=NOW) == []
    assert payment.state == "failed"


@pytest.mark.parametrize("status", ["Paid", "PAID", " Awaiting   Delivery ", "Delivered"])
def test_money_in_has_three_words_in_any_case(status: str) -> None:
    payment = fresh()

    assert [type(event) for event in apply_status(payment, report(payment, status), "poll", NOW)] == [PaymentSettled]


def test_a_word_that_nobody_knows_neither_settles_nor_fails() -> None:
    payment = fresh()

    assert apply_status(payment, report(payment, "Paid Maybe"), "poll", NOW) == []
    assert (payment.state, payment.trail[-1].cause) == ("initiating", "poll: paid maybe")
