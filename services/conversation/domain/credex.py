"""What we know of a member's credex accounts: the latest that the core showed, put together account by account."""

from __future__ import annotations

import unicodedata

from pydantic import BaseModel

from shared.contracts.credex_parts import CredexAccount, PendingOffer, Standing

DENOMINATIONS = {"USD": 2, "ZWG": 2, "CAD": 2, "XAU": 4, "CXX": 3}
"""What credex-core has, with its decimals; the service's own setting has the last word."""
VERIFIED, HUSTLER, ENTREPRENEUR = 2, 3, 4
"""Tiers that allow more: promises, more accounts, more people at an account (credex-core contract 1.7)."""


def as_kept(name: str) -> str:
    """A name as the core keeps it, which drops accents and apostrophes with their letters (contract 2.5): shown so."""
    plain = unicodedata.normalize("NFKD", name)
    kept = "".join(letter for letter in plain if letter in {" ", "-"} or (letter.isascii() and letter.isalnum()))
    return " ".join(kept.split())


class CredexView(BaseModel):
    """The member's accounts; `chosen` is the one that they act from when they have several."""

    standing: Standing | None = None
    accounts: tuple[CredexAccount, ...] = ()
    chosen: str | None = None

    def learned(self, standing: Standing | None, accounts: tuple[CredexAccount, ...], *, whole: bool) -> CredexView:
        """With what an answer shows: all accounts, or some of them only."""
        shown = {account.account_id: account for account in accounts}
        known = () if whole else self.accounts
        kept = tuple(shown.pop(account.account_id, account) for account in known)
        return CredexView(standing=standing or self.standing, accounts=(*kept, *shown.values()), chosen=self.chosen)

    @property
    def account(self) -> CredexAccount | None:
        """The account that the member acts from: the chosen one, or their personal one."""
        mine = [account for account in self.accounts if account.owned and account.type == "PERSONAL"]
        return self.find(self.chosen) or next(iter((*mine, *self.accounts)), None)

    @property
    def tier(self) -> int:
        """1 as long as nothing is known."""
        return self.standing.tier if self.standing else 1

    def find(self, account_id: str | None) -> CredexAccount | None:
        """An account by its id."""
        return next((account for account in self.accounts if account.account_id == account_id), None)

    def offer(self, credex_id: str) -> PendingOffer | None:
        """A pending offer of any account, to it or from it."""
        pending = (offer for account in self.accounts for offer in (*account.pending_in, *account.pending_out))
        return next((offer for offer in pending if offer.credex_id == credex_id), None)
