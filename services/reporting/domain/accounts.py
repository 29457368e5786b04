"""The chart of accounts of each currency's ledger, and which accounts an event moves.

    provider:METHOD  what the provider holds for us; `manual` money is in the bank at once
    bank             the bank account that the provider pays out to
    fees             what the provider kept
    suspense         money that is disputed: counted, but not ours to use
    refunds          what was given back
    fund:PURPOSE     what was given for a purpose
    credex:CODE      credit in a denomination of credex (its events will have rules of their own, below)
    corrections      what staff put right, until they say where it belongs

Lines are signed minor units: a debit is positive, a credit negative, and the lines of an entry sum to zero. The lines
are a function of the event alone, so that events in another order give the same sums.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from pydantic import BaseModel, ConfigDict

from services.reporting.domain.rates import Rates
from shared.contracts.reporting import Fact
from shared.kernel.money import Money

OTHER = "Other"
"""The purpose of what is given in a donor's own words."""

SINGLE = ("bank", "fees", "suspense", "refunds", "corrections")
FAMILIES = ("provider", "fund", "credex")

SETTLED = "payments.payment_settled"
DISPUTED = "payments.payment_disputed"
REFUNDED = "payments.payment_refunded"
CORRECTED = "reporting.correction"


class Line(BaseModel):
    """One side of an entry."""

    model_config = ConfigDict(frozen=True)

    account: str
    minor: int


@dataclass(frozen=True)
class Rules:
    """What postings depend on beside the event: the configured purposes, and fees by date."""

    purposes: frozenset[str] = frozenset()
    fees: Rates = field(default_factory=Rates)


def is_account(code: str) -> bool:
    """Whether there may be an account of this code."""
    family, colon, name = code.partition(":")
    return code in SINGLE or (bool(colon) and family in FAMILIES and bool(name))


def lines_of(event: str, fact: Fact, day: date, rules: Rules) -> tuple[Line, ...]:
    """The lines that an event of the log posts, on its Harare day; none when it moves no money."""
    if event not in _POSTINGS or fact.amount is None:
        return ()
    lines = _POSTINGS[event](fact, fact.amount, day, rules)
    return tuple(Line(account=account, minor=minor) for account, minor in lines if minor)


def moves_money(event: str, fact: Fact) -> bool:
    """Whether an event has a place in a journal: by its kind alone, so that no later rule changes the places."""
    return event in _POSTINGS and fact.amount is not None and fact.amount.minor != 0


_Lines = list[tuple[str, int]]


def _settled(fact: Fact, amount: Money, day: date, rules: Rules) -> _Lines:
    held = _held(fact)
    if fact.after == "disputed":
        return _move(amount.minor, debit=held, credit="suspense")
    return [*_move(amount.minor, debit=held, credit=_fund(fact)), *_fee(fact, amount, day, rules)]


def _disputed(fact: Fact, amount: Money, day: date, rules: Rules) -> _Lines:
    if fact.after == "settled":
        return _move(amount.minor, debit="suspense", credit=_held(fact))
    # Held before we ever counted it: it was given, but we cannot use it.
    return _move(amount.minor, debit="suspense", credit=_fund(fact))


def _refunded(fact: Fact, amount: Money, day: date, rules: Rules) -> _Lines:
    match fact.after:
        case "settled":
            return _move(amount.minor, debit="refunds", credit=_held(fact))
        case "disputed":
            return _move(amount.minor, debit="refunds", credit="suspense")
        case _:  # it came and went before we counted it; the provider's statement shows both
            held = _held(fact)
            came = _move(amount.minor, debit=held, credit=_fund(fact))
            return [*came, *_move(amount.minor, debit="refunds", credit=held)]


def _corrected(fact: Fact, amount: Money, day: date, rules: Rules) -> _Lines:
    return _move(amount.minor, debit=fact.debit or "corrections", credit=fact.credit or "corrections")


_POSTINGS: Mapping[str, Callable[[Fact, Money, date, Rules], _Lines]] = {
    SETTLED: _settled,
    DISPUTED: _disputed,
    REFUNDED: _refunded,
    CORRECTED: _corrected,
}
"""What each event moves. Credex's events come here, between `credex:CODE` and its counterparties."""


def _move(minor: int, *, debit: str, credit: str) -> _Lines:
    return [(debit, minor), (credit, -minor)]


def _held(fact: Fact) -> str:
    """Where the money of a payment is: bank and cash payments are never with a provider."""
    return "bank" if fact.method == "manual" else f"provider:{fact.method}"


def _fund(fact: Fact) -> str:
    return f"fund:{fact.purpose or OTHER}"


def _fee(fact: Fact, amount: Money, day: date, rules: Rules) -> _Lines:
    rate = rules.fees.at(day, amount.currency, fact.method)
    return _move(rate.of(amount).minor, debit="fees", credit=_held(fact)) if rate else []
