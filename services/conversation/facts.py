"""What a flow knows when it begins, snapshotted into the session so that a replay is exact."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from shared.kernel.ids import MemberId
from shared.kernel.money import Money
from shared.kernel.phone import local_form, wallet_of

METHOD_NAMES = {"ecocash": "EcoCash", "onemoney": "OneMoney"}
"""Methods as people know them; product names stay as they are in every language."""

TEST_NUMBERS = frozenset({"0771111111", "0772222222", "0773333333", "0774444444"})
"""They work with every method in test mode (Paynow contract 6.2)."""


class DonationFacts(BaseModel):
    """For giving: who it is, and what may be given how."""

    member: MemberId
    own_phone: str | None
    purposes: tuple[str, ...]
    methods: dict[str, tuple[Literal["ecocash", "onemoney"], ...]]
    """By currency."""
    limits: dict[str, tuple[Money, Money]]
    """Lowest and highest of one payment, by currency."""
    test_mode: bool

    @property
    def currencies(self) -> tuple[str, ...]:
        return tuple(self.methods)

    @property
    def only_currency(self) -> str | None:
        return self.currencies[0] if len(self.currencies) == 1 else None

    def fits(self, phone: str, method: str) -> bool:
        """Whether the number can be on the wallet: by its prefix, or as a test number in test mode."""
        return wallet_of(phone) == method or (self.test_mode and local_form(phone) in TEST_NUMBERS)
