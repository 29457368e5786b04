"""An exception of the reconciliation: what does not fit, the notes of who works on it, and how it ended.

Nothing is deleted. Where money has to be moved, one person proposes the entry and another one confirms it.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel

from services.reporting.domain.accounts import is_account
from shared.kernel.errors import Refusal
from shared.kernel.ids import MemberId
from shared.kernel.money import Money

ExceptionType = Literal[
    "missing_here", "missing_there", "amount", "currency", "duplicate", "late", "books_differ", "stray"
]

EXPLAINED: dict[ExceptionType, str] = {
    "missing_here": "The provider has it as paid; our ledger has not.",
    "missing_there": "Our ledger has it; the provider's statement has not.",
    "amount": "The amounts differ.",
    "currency": "It is in our books in another currency.",
    "duplicate": "The statement has it more than once.",
    "late": "The provider has it on another day, more than one apart.",
    "books_differ": "Our ledger and what was said of the payment differ.",
    "stray": "The provider told us of a payment that it cannot have from us.",
}


class NotAllowed(Refusal):
    """What somebody wants to do with an exception does not fit its state."""


class Note(BaseModel):
    """What somebody wrote."""

    at: datetime
    who: MemberId
    text: str


class Correction(BaseModel):
    """An entry that is proposed: money from one account to another."""

    debit: str
    credit: str
    amount: Money
    by: MemberId


class Finding(BaseModel):
    """One exception, under an id that belongs to what was found: found again, it is the same."""

    type: ExceptionType
    currency: str
    reference: str
    provider_reference: str | None = None
    day: date
    ours: Money | None = None
    theirs: Money | None = None
    found_at: datetime
    open: bool = True
    notes: list[Note] = []
    correction: Correction | None = None
    resolved_at: datetime | None = None
    resolved_by: MemberId | None = None

    def note(self, who: MemberId, text: str, at: datetime) -> None:
        """Write down what was found out."""
        text = text.strip()
        if not text:
            raise NotAllowed("Write a few words: what was found out, and what was done.")
        self.notes.append(Note(at=at, who=who, text=text[:1000]))

    def resolve(self, who: MemberId, text: str, at: datetime) -> None:
        """It is settled without an entry."""
        self._must_be_open()
        if self.correction is not None:
            raise NotAllowed("An entry is proposed for it; somebody else confirms or withdraws that first.")
        self.note(who, text, at)
        self._close(who, at)

    def propose(self, who: MemberId, text: str, correction: Correction, at: datetime) -> None:
        """Ask for an entry that puts it right."""
        self._must_be_open()
        for account in (correction.debit, correction.credit):
            if not is_account(account):
                raise NotAllowed(f"There is no account “{account}”; choose one of the list.")
        if correction.debit == correction.credit or correction.amount.minor <= 0:
            raise NotAllowed("An entry moves an amount above zero from one account to another one.")
        if correction.amount.currency != self.currency:
            raise NotAllowed(f"The exception is in {self.currency}; so must its entry be.")
        self.note(who, text, at)
        self.correction = correction

    def withdraw(self, who: MemberId, text: str, at: datetime) -> None:
        """The proposed entry is not made."""
        self._must_be_open()
        if self.correction is None:
            raise NotAllowed("No entry is proposed for it.")
        self.note(who, text, at)
        self.correction = None

    def confirm(self, who: MemberId, at: datetime) -> Correction:
        """A second person agrees: the entry is to be posted, and the exception is settled."""
        self._must_be_open()
        if self.correction is None:
            raise NotAllowed("No entry is proposed for it.")
        if self.correction.by == who:
            raise NotAllowed("Who proposed an entry cannot confirm it; somebody else of finance must.")
        self._close(who, at)
        return self.correction

    def _must_be_open(self) -> None:
        if not self.open:
            raise NotAllowed("It is settled already.")

    def _close(self, who: MemberId, at: datetime) -> None:
        self.open = False
        self.resolved_at = at
        self.resolved_by = who
