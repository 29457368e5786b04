"""The ledger under any sequence of events: it sums to zero, its chain verifies, and a flipped byte is named.

Ten thousand operations in `make test`, a hundred thousand in `make simulate`.
"""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule
from hypothesis.stateful import run_state_machine_as_test as run
from pydantic import ValidationError

from services.reporting.domain.accounts import CORRECTED, DISPUTED, REFUNDED, SETTLED
from services.reporting.domain.journal import JournalEntry, Proof, rebuild, verify
from services.reporting.domain.log import LogEntry
from services.reporting.tests.books import RULES, Books, told
from shared.contracts.reporting import LogEvent
from shared.kernel.money import Money

MONEY = st.builds(Money.from_minor, st.integers(1, 10**12), st.sampled_from(["USD", "ZWG"]))
METHODS = st.sampled_from(["ecocash", "onemoney", "web", "manual"])


class Ledger(RuleBasedStateMachine):
    """Payments that settle, are disputed, given back; events that come again; corrections; and a forger."""

    counted = Bundle("counted")
    disputed = Bundle("disputed")

    @initialize()
    def begin(self) -> None:
        self.books = Books()
        self.heard: list[LogEvent] = []
        self.expected: dict[str, dict[str, int]] = {}

    def hear(self, command: LogEvent) -> None:
        self.heard.append(command)
        self.books.hear(command)

    def expect(self, amount: Money, **moved: int) -> None:
        sums = self.expected.setdefault(amount.currency, {"given": 0, "refunds": 0, "suspense": 0})
        for account, sign in moved.items():
            sums[account] += sign * amount.minor

    @rule(target=counted, amount=MONEY, method=METHODS, after=st.sampled_from(["awaiting_payer", "expired"]))
    def settle(self, amount: Money, method: str, after: str) -> tuple[str, Money, str]:
        id = str(len(self.heard))
        self.hear(told(SETTLED, id, amount, after, method=method))
        self.expect(amount, given=1)
        return id, amount, method

    @rule(target=disputed, payment=consumes(counted))
    def dispute(self, payment: tuple[str, Money, str]) -> tuple[str, Money, str]:
        id, amount, method = payment
        self.hear(told(DISPUTED, id, amount, "settled", method=method))
        self.expect(amount, suspense=1)
        return payment

    @rule(target=disputed, amount=MONEY, method=METHODS)
    def dispute_what_never_settled(self, amount: Money, method: str) -> tuple[str, Money, str]:
        id = str(len(self.heard))
        self.hear(told(DISPUTED, id, amount, "awaiting_payer", method=method))
        self.expect(amount, given=1, suspense=1)
        return id, amount, method

    @rule(payment=consumes(disputed))
    def release(self, payment: tuple[str, Money, str]) -> None:
        id, amount, method = payment
        self.hear(told(SETTLED, f"{id}-again", amount, "disputed", method=method))
        self.expect(amount, suspense=-1)

    @rule(payment=consumes(counted))
    def refund(self, payment: tuple[str, Money, str]) -> None:
        id, amount, method = payment
        self.hear(told(REFUNDED, id, amount, "settled", method=method))
        self.expect(amount, refunds=1)

    @rule(payment=consumes(disputed))
    def refund_the_disputed(self, payment: tuple[str, Money, str]) -> None:
        id, amount, method = payment
        self.hear(told(REFUNDED, id, amount, "disputed", method=method))
        self.expect(amount, refunds=1, suspense=-1)

    @rule(amount=MONEY, method=METHODS)
    def refund_what_never_settled(self, amount: Money, method: str) -> None:
        self.hear(told(REFUNDED, str(len(self.heard)), amount, "expired", method=method))
        self.expect(amount, given=1, refunds=1)

    @rule(amount=MONEY)
    def correct(self, amount: Money) -> None:
        self.hear(told(CORRECTED, str(len(self.heard)), amount, debit="bank", credit="provider:ecocash"))

    @rule(target=counted, amount=MONEY)
    def say_what_moves_nothing(self, amount: Money) -> Any:
        self.hear(told("payments.payment_failed", str(len(self.heard)), amount, cause="declined"))
        return multiple()

    @rule(data=st.data())
    def repeat(self, data: st.DataObject) -> None:
        if self.heard:
            before = (len(self.books.log), {name: len(of) for name, of in self.books.journals.items()})
            self.books.hear(data.draw(st.sampled_from(self.heard)))
            assert (len(self.books.log), {name: len(of) for name, of in self.books.journals.items()}) == before

    @rule(data=st.data())
    def forge(self, data: st.DataObject) -> None:
        if not self.books.journals:
            return
        currency = data.draw(st.sampled_from(sorted(self.books.journals)))
        journal = self.books.journals[currency]
        place = data.draw(st.integers(0, len(journal) - 1))
        text = journal[place].model_dump_json()
        byte = data.draw(st.integers(0, len(text) - 1))
        flipped = text[:byte] + chr(ord(text[byte]) ^ 1) + text[byte + 1 :]
        try:
            forged = JournalEntry.model_validate_json(flipped)
        except ValidationError:
            return  # not even an entry
        if forged == journal[place]:
            return  # a byte that means nothing, as in the name of a field with a default
        proof = verify(currency, [*journal[:place], forged, *journal[place + 1 :]])
        assert proof.broken is not None
        assert proof.broken.number == place + 1
        assert proof.entries == place

    @rule(data=st.data())
    def lose(self, data: st.DataObject) -> None:
        for currency, journal in self.books.journals.items():
            place = data.draw(st.integers(0, len(journal) - 1))
            proof = verify(currency, journal[:place] + journal[place + 1 :])
            if place < len(journal) - 1:
                assert proof.broken is not None
                assert proof.broken.number == place + 1

    @invariant()
    def sums_are_zero_and_what_is_expected(self) -> None:
        for currency, expected in self.expected.items():
            last = self.books.journals[currency][-1]
            assert sum(line.minor for line in last.lines) == 0
            if len(self.books.log) % 25 == 0:
                self.prove(currency, expected)

    def prove(self, currency: str, expected: dict[str, int]) -> None:
        proof = verify(currency, self.books.journals[currency])
        assert proof.broken is None
        balances = proof.balances
        assert sum(balances.values()) == 0
        assert -sum(minor for account, minor in balances.items() if account.startswith("fund:")) == expected["given"]
        assert balances.get("refunds", 0) == expected["refunds"]
        assert balances.get("suspense", 0) == expected["suspense"]

    def teardown(self) -> None:
        if not hasattr(self, "books"):
            return
        proofs = {currency: verify(currency, journal) for currency, journal in self.books.journals.items()}
        for currency, expected in self.expected.items():
            self.prove(currency, expected)
        assert run_now(rebuild(_batches(self.books.log), RULES)) == proofs
        shuffled = list(self.heard)
        random.Random(len(shuffled)).shuffle(shuffled)
        other = Books()
        for command in shuffled:
            other.hear(command)
        for currency, journal in other.journals.items():
            proof = verify(currency, journal)
            assert proof.broken is None
            assert proof.balances == proofs[currency].balances


async def _batches(log: list[LogEntry]) -> AsyncIterator[list[LogEntry]]:
    for start in range(0, len(log), 7):
        yield log[start : start + 7]


def run_now(coroutine: Any) -> dict[str, Proof]:
    """What a coroutine that never waits returns."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        result: dict[str, Proof] = done.value
        return result
    raise AssertionError("it waits")


CHECKS = [HealthCheck.too_slow, HealthCheck.data_too_large]


def test_any_sequence_of_events_keeps_the_ledger_true() -> None:
    run(Ledger, settings=settings(max_examples=60, stateful_step_count=60, deadline=None, suppress_health_check=CHECKS))


@pytest.mark.simulate
def test_a_hundred_thousand_events_keep_the_ledger_true() -> None:
    run(
        Ledger,
        settings=settings(max_examples=500, stateful_step_count=200, deadline=None, suppress_health_check=CHECKS),
    )
