"""Members, accounts and credexes, and the rules that move value (contract 1, 5.2)."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal

from sandbox.credex_core.amounts import converted
from shared.kernel.ids import Chance

State = Literal["OFFERS", "REQUESTS", "OWES", "CLEARED", "DECLINED", "CANCELLED", "EXPIRED"]
PENDING = frozenset({"OFFERS", "REQUESTS"})
ACCEPTED = frozenset({"OWES", "CLEARED"})
DAILY_LIMITS = {1: Decimal(10), 2: Decimal(100)}
"""US dollars a UTC day by tier; none above (contract 1.7)."""


@dataclass
class Member:
    """A person at the core."""

    id: str
    phone: str
    handle: str
    firstname: str
    lastname: str
    denomination: str
    tier: int = 1

    @property
    def name(self) -> str:
        return f"{self.firstname} {self.lastname}"


@dataclass
class Account:
    """What holds value."""

    id: str
    name: str
    handle: str
    type: str
    denomination: str
    owner: str
    authorised: list[str]
    send_offers_to: str


@dataclass
class Credex:
    """One promise of value; face values in its own denomination."""

    id: str
    issuer: str
    receiver: str
    denomination: str
    initial: Decimal
    secured: bool
    securer: str | None
    due: date | None
    state: State
    created_at: datetime
    outstanding: Decimal
    defaulted: Decimal = Decimal(0)
    accepted_at: datetime | None = None
    declined_at: datetime | None = None
    cancelled_at: datetime | None = None


@dataclass
class Books:
    """All that the core knows. Nothing here checks who asks."""

    chance: Chance
    today: date
    members: dict[str, Member] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    credexes: dict[str, Credex] = field(default_factory=dict)
    at_midnight: list[Callable[[date], None]] = field(default_factory=list)
    """What else happens at the beginning of a day."""
    _by_account: dict[str, list[Credex]] = field(default_factory=lambda: defaultdict(list))

    def forget_credexes(self) -> None:
        """As if nothing had ever been offered."""
        self.credexes.clear()
        self._by_account.clear()

    def new_id(self) -> str:
        """A UUIDv4."""
        return str(uuid.UUID(int=self.chance.getrandbits(128), version=4))

    def add_member(self, phone: str, firstname: str, lastname: str, denomination: str) -> Member:
        """A member of tier 1, without an account."""
        member = Member(self.new_id(), phone, phone, firstname, lastname, denomination)
        self.members[member.id] = member
        return member

    def add_account(self, owner: Member, name: str, handle: str, type: str, denomination: str) -> Account:
        """An account of a member, who is authorised for it and told of offers."""
        account = Account(self.new_id(), name, handle, type, denomination, owner.id, [owner.id], owner.id)
        self.accounts[account.id] = account
        return account

    def member_by(self, *, phone: str | None = None, handle: str | None = None) -> Member | None:
        return next((known for known in self.members.values() if phone == known.phone or handle == known.handle), None)

    def account_by_handle(self, handle: str) -> Account | None:
        return next((known for known in self.accounts.values() if known.handle == handle), None)

    def accounts_of(self, member: Member) -> list[Account]:
        """Those that the member is authorised for."""
        return [account for account in self.accounts.values() if member.id in account.authorised]

    def credexes_of(self, account: Account) -> Iterator[Credex]:
        """All that it issued or received, newest first."""
        return reversed(self._by_account[account.id])

    def issue(
        self,
        issuer: Account,
        receiver: Account,
        *,
        amount: Decimal,
        denomination: str,
        secured: bool,
        due: date | None,
        state: State,
        now: datetime,
    ) -> Credex:
        """A pending credex; a secured one takes the securer that can secure most."""
        securer = self.securable(issuer, denomination)[1] if secured else None
        credex = Credex(
            self.new_id(), issuer.id, receiver.id, denomination, amount, secured, securer, due, state, now, amount
        )
        self.credexes[credex.id] = credex
        for account in dict.fromkeys((issuer.id, receiver.id)):
            self._by_account[account].append(credex)
        return credex

    def accept(self, credex: Credex, now: datetime) -> None:
        credex.state, credex.accepted_at = "OWES", now

    def securable(self, account: Account, denomination: str) -> tuple[Decimal | None, str | None]:
        """How much it can issue secured, by which securer; None: any amount (contract 1.3). Nothing is pooled."""
        if account.type == "TRUST":
            return None, account.id
        by_securer: dict[str, Decimal] = defaultdict(Decimal)
        for credex in self._by_account[account.id]:
            if credex.securer is None or credex.denomination != denomination:
                continue
            if credex.receiver == account.id and credex.state == "OWES":
                by_securer[credex.securer] += credex.outstanding
            if credex.issuer == account.id and credex.state in {"OWES", "OFFERS"}:
                by_securer[credex.securer] -= credex.outstanding
        if not by_securer:
            return Decimal(0), None
        best = max(by_securer, key=lambda securer: by_securer[securer])
        return max(by_securer[best], Decimal(0)), best

    def issued_today(self, member: Member) -> Decimal:
        """US dollars issued today from all accounts that the member owns, what was taken back not counted."""
        return sum(
            (
                converted(credex.initial, credex.denomination, "USD")
                for account in self.accounts.values()
                if account.owner == member.id
                for credex in self._by_account[account.id]
                if credex.issuer == account.id
                and credex.created_at.date() == self.today
                and credex.state in PENDING | ACCEPTED
            ),
            Decimal(0),
        )

    def remaining(self, member: Member) -> Decimal | None:
        """US dollars that the member may still issue today; None: no limit."""
        limit = DAILY_LIMITS.get(member.tier)
        return None if limit is None else limit - self.issued_today(member)

    def catch_up(self, today: date) -> None:
        """Run the daily offering of each midnight since the last (contract 1.2, 1.5)."""
        while self.today < today:
            for credex in self.credexes.values():
                # Survives two midnights and dies at the third: created + 1 day < the day that ends.
                if credex.state in PENDING and credex.created_at.date() + timedelta(days=1) < self.today:
                    credex.state = "EXPIRED"
                if credex.state == "OWES" and credex.due is not None and credex.due <= self.today:
                    credex.defaulted, credex.outstanding = credex.outstanding, Decimal(0)
            self.today += timedelta(days=1)
            for act in self.at_midnight:
                act(self.today)
