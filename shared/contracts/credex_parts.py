"""The parts that credex's messages are made of: accounts, pending offers, ledger entries."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, PlainSerializer

from shared.kernel.credit import Credit

Action = Literal["accept", "decline", "cancel"]
"""What may be done with one pending offer: the receiver accepts or declines, the issuer cancels."""

Rule = Literal[
    "amount",
    "decimals",
    "denomination",
    "due_date",
    "same_account",
    "insufficient_balance",
    "tier_limit",
    "tier",
    "no_access",
    "unknown_account",
    "unknown_member",
    "name",
    "handle",
    "handle_taken",
    "member_limit",
    "already_upgraded",
    "upgrade_in_hand",
    "nothing_accepted",
    "other",
]
"""What a request was refused by. `tier`: it needs a higher one. `handle`: letters or length do not fit."""

Result = Literal["accepted", "already_accepted", "gone", "refused", "unknown"]
"""Of one of several offers that were to be accepted together. `gone`: it was declined, cancelled or had expired."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Person(_Part):
    """A member at credex-core; `core_id` is the core's memberID, not ours."""

    core_id: str
    name: str


class PendingOffer(_Part):
    """An offer that waits for its receiver; the amount is positive on both sides."""

    credex_id: str
    amount: Credit
    counterparty: str
    """The other account's name."""
    secured: bool
    due_date: date | None = None


class Balances(_Part):
    """What an account has. The unsecured figures and the net position are in its default denomination."""

    secured: tuple[Credit, ...]
    """Per denomination, what can be given now; a trust's are negative."""
    payables: Credit
    receivables: Credit
    net_unsecured: Credit
    net: Credit
    """Everything that came in less everything that went out, secured or not."""


class CredexAccount(_Part):
    """One account as the core shows it to one member."""

    account_id: str
    name: str
    handle: str
    type: str
    """`PERSONAL`, `TRUST`, `OPERATIONS` and what newer cores add."""
    default_denomination: str
    owned: bool
    notices_to: Person | None = None
    """Who is told of offers; None where the core does not say."""
    balances: Balances
    pending_in: tuple[PendingOffer, ...] = ()
    """Newest first."""
    pending_out: tuple[PendingOffer, ...] = ()
    authorised: tuple[Person, ...] | None = None
    """Who may act for the account; None where the core does not say."""


class Standing(_Part):
    """The member at the core."""

    core_id: str
    first_name: str
    last_name: str
    handle: str
    tier: int
    """1 Open, 2 Verified, 3 Hustler, 4 Entrepreneur, 5 (credex-core contract 1.7)."""
    remaining_usd: Annotated[Decimal, PlainSerializer(str, return_type=str)] | None = None
    """US dollars that may still be offered until midnight UTC; None: no limit."""
    default_denomination: str


class KeptAccount(_Part):
    """What credex keeps of an account that names the person."""

    name: str | None = None
    handle: str | None = None
    notices_to: str | None = None
    """The name of who is told of its offers."""


class KeptOffer(_Part):
    """What credex keeps of an offer that the person made or answered through us."""

    state: Literal["made", "accepted", "declined", "cancelled"]
    amount: Credit | None = None
    issuer: str | None = None
    receiver: str | None = None
    """By name or, where that is not known, by handle."""
    secured: bool | None = None
    due_date: date | None = None


class LedgerEntry(_Part):
    """An accepted credex seen from one account; a negative amount was given, a positive one received."""

    credex_id: str
    amount: Credit
    counterparty: str
    description: str = ""
    cleared: bool = False
    at: datetime | None = None
    """When it was accepted; None when the core told the day only, or nothing."""
    day: date | None = None


class OfferResult(_Part):
    """What became of one of several offers that were accepted together."""

    credex_id: str
    result: Result
    amount: Credit | None = None
    """As the person was shown it; None where the command did not say."""
