"""Who is at the core from the start: the trust, the operations account, and the people of the demonstration."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from sandbox.credex_core.books import Account, Books, Credex
from sandbox.credex_core.offers import OPERATIONS_HANDLE, OPERATIONS_PHONE

TRUST_HANDLE = "vimbisopay_trust"
TRUST_PHONE = "263770009998"
TIERS = (1, 2, 4)
"""Of the people, in their order: one at each step that shows something else."""
AT_FIRST = (("USD", Decimal(50)), ("ZWG", Decimal(500)))


def seed(books: Books, people: Iterable[tuple[str, str]], now: datetime) -> None:
    """Fill empty books."""
    trustee = books.add_member(TRUST_PHONE, "Great Sun", "Trustee", "USD")
    trustee.tier = 5
    books.add_account(trustee, "Great Sun Trust", TRUST_HANDLE, "TRUST", "USD")
    operator = books.add_member(OPERATIONS_PHONE, "Great Sun", "Operator", "USD")
    operator.tier = 5
    books.add_account(operator, "Great Sun Operations", OPERATIONS_HANDLE, "OPERATIONS", "USD")
    for number, (phone, name) in enumerate(people):
        digits = re.sub(r"\D", "", phone)
        first, _, last = name.partition(" ")
        member = books.add_member(digits, first, last or first, "USD")
        member.tier = TIERS[number % len(TIERS)]
        account = books.add_account(member, f"{member.name} Personal", digits, "PERSONAL", "USD")
        for denomination, amount in AT_FIRST:
            fund(books, account, amount, denomination, now)


def fund(books: Books, account: Account, amount: Decimal, denomination: str, now: datetime) -> Credex:
    """Give an account secured value: a credex of the trust, accepted at once (contract 5.4)."""
    trust = books.account_by_handle(TRUST_HANDLE)
    if trust is None:
        raise RuntimeError("the books have no trust account")
    credex = books.issue(
        trust, account, amount=amount, denomination=denomination, secured=True, due=None, state="OFFERS", now=now
    )
    books.accept(credex, now)
    return credex
