"""What credex-core answered, in our own terms."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel

from shared.contracts.credex_parts import Balances, CredexAccount, LedgerEntry, Standing
from shared.kernel.credit import Credit

NOT_A_MEMBER = "NOT_A_MEMBER"
"""Our own code: the core knows nobody by the phone."""
UNAUTHORIZED_CLIENT = "UNAUTHORIZED_CLIENT"
"""Our own code: the core does not take our client key."""
OUTSIDE_THE_RULES = "OUTSIDE_THE_RULES"
"""Our own code: a refusal without the core's envelope: most likely something else stands at its address."""


class Refusal(BaseModel):
    """The core did not act: its HTTP status, `details.code`, `details.field` and sentence (contract 2.2)."""

    status: int
    code: str
    field: str | None = None
    reason: str | None = None


class Found(BaseModel):
    """An account or a member behind a handle."""

    id: str
    name: str
    handle: str


class LedgerPage(BaseModel):
    """Some rows of a ledger, newest first."""

    entries: tuple[LedgerEntry, ...]
    has_more: bool


class CredexDetails(BaseModel):
    """One credex, seen from one account: negative amounts were given."""

    amount: Credit
    outstanding: Credit | None = None
    counterparty: str
    secured: bool
    state: str
    due_date: date | None = None
    accepted_at: datetime | None = None


class Answer(BaseModel):
    """An answer; which parts it has depends on what was asked. With `refusal` it has no other."""

    refusal: Refusal | None = None
    id: str | None = None
    """`action.id`: the credex or account that the answer is about."""
    at: datetime | None = None
    """The core's own time."""
    amount: Credit | None = None
    """Of an accepted offer."""
    standing: Standing | None = None
    accounts: tuple[CredexAccount, ...] = ()
    found: Found | None = None
    ledger: LedgerPage | None = None
    credex: CredexDetails | None = None
    balances: Balances | None = None
    accepted: tuple[str, ...] = ()
    already_accepted: tuple[str, ...] = ()

    def account(self, account_id: str) -> CredexAccount | None:
        """The account with this id, if the answer shows it."""
        return next((account for account in self.accounts if account.account_id == account_id), None)
