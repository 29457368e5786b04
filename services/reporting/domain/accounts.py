"""The chart of accounts of each currency's ledger, and which accounts an event moves.

    provider:METHOD  what the provider holds for us; `manual` money is in the bank at once
    bank             the bank account that the provider pays out to
    fees             what the provider kept
    suspense         money that is disputed: counted, but not ours to use
    refunds          what was given back
    fund:PURPOSE     what was given for a purpose
    corrections      what staff put right, until they say where it belongs

and of each denomination of credex, in a journal `credex:CODE` of its own, since credit is no money:

    credex:CODE:given     what members gave each other or for a tier
    credex:CODE:received  what members got
    credex:CODE:tiers     what members paid the core for a tier

Lines are signed minor units: a debit is positive, a credit negative, and the lines of an entry sum to zero. The lines
are a function of the event alone, so that events in another order give the same sums.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from pydantic import BaseModel, ConfigDict

from services.reporting.domain.rates import Rates
from shared.contracts.reporting import Fact
from shared.kernel.credit import Credit
from shared.kernel.money import Money

OTHER = "Other"
"""The purpose of what is given in a donor's own words."""

SINGLE = ("bank", "fees", "suspense", "refunds", "corrections")
FAMILIES = ("provider", "fund")
CREDEX = "credex:"
"""How the names of credex's journals begin."""
CREDEX_PLACES = 6
"""Digits after the point that credex's journals keep: more than any denomination of the core has (contract 1.6)."""

SETTLED = "payments.payment_settled"
DISPUTED = "payments.payment_disputed"
REFUNDED = "payments.payment_refunded"
RECEIPT = "payments.receipt_issued"
CORRECTED = "reporting.correction"
ACCEPTED = "credex.offer_accepted"
UPGRADED = "credex.tier_upgraded"


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
    """Whether a journal of money may have an account of this code."""
    family, colon, name = code.partition(":")
    return code in SINGLE or (bool(colon) and family in FAMILIES and bool(name))


def journal_of(fact: Fact) -> str | None:
    """The journal that an event belongs to: a currency's, or `credex:CODE`; None when it is about no amount."""
    if fact.credex is not None:
        return f"{CREDEX}{fact.credex.denomination}"
    return fact.amount.currency if fact.amount else None


def amount_in(journal: str, minor: int) -> Decimal:
    """An amount of a journal in major units."""
    if journal.startswith(CREDEX):
        return credit_of(minor)
    return Money.from_minor(minor, journal).amount


def units_of(credit: Credit) -> int:
    """Credit as a whole number of units of 10^-CREDEX_PLACES. Raises ValueError when it is finer."""
    if not credit.fits(CREDEX_PLACES):
        raise ValueError(f"an amount of credex has more than {CREDEX_PLACES} decimals")
    return int(credit.amount.scaleb(CREDEX_PLACES))


def credit_of(units: int) -> Decimal:
    """The amount of so many units, with two decimals or as many as it needs."""
    exact = Decimal(units).scaleb(-CREDEX_PLACES).normalize()
    exponent = exact.as_tuple().exponent
    return exact if isinstance(exponent, int) and exponent <= -2 else exact.quantize(Decimal("0.01"))


def lines_of(event: str, fact: Fact, day: date, rules: Rules) -> tuple[Line, ...]:
    """The lines that an event of the log posts, on its Harare day; none when it moves nothing."""
    lines: _Lines = []
    if event in _CREDEX_POSTINGS and fact.credex is not None:
        lines = _credex(fact.credex, _CREDEX_POSTINGS[event])
    elif event in _POSTINGS and fact.amount is not None:
        lines = _POSTINGS[event](fact, fact.amount, day, rules)
    return tuple(Line(account=account, minor=minor) for account, minor in lines if minor)


def moves_something(event: str, fact: Fact) -> bool:
    """Whether an event has a place in a journal: by its kind alone, so that no later rule changes the places."""
    if fact.credex is not None:
        return event in _CREDEX_POSTINGS and fact.credex.amount != 0
    if event == RECEIPT and fact.purpose_before is None:
        return False
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


def _other_purpose(fact: Fact, amount: Money, day: date, rules: Rules) -> _Lines:
    """A corrected receipt says another purpose: the gift, counted once, changes its fund."""
    return _move(amount.minor, debit=f"fund:{fact.purpose_before}", credit=_fund(fact))


def _corrected(fact: Fact, amount: Money, day: date, rules: Rules) -> _Lines:
    return _move(amount.minor, debit=fact.debit or "corrections", credit=fact.credit or "corrections")


_POSTINGS: Mapping[str, Callable[[Fact, Money, date, Rules], _Lines]] = {
    SETTLED: _settled,
    DISPUTED: _disputed,
    REFUNDED: _refunded,
    RECEIPT: _other_purpose,
    CORRECTED: _corrected,
}
"""What each event of money moves."""

_CREDEX_POSTINGS: Mapping[str, str] = {ACCEPTED: "received", UPGRADED: "tiers"}
"""Who got the credit, by event. An offer that nobody accepted moves nothing."""


def _credex(credit: Credit, received: str) -> _Lines:
    of = f"{CREDEX}{credit.denomination}"
    return _move(units_of(credit), debit=f"{of}:{received}", credit=f"{of}:given")


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
