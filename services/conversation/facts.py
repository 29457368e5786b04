"""What a flow knows when it begins, snapshotted into the session so that a replay is exact."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel

from services.conversation.domain.credex import CredexView
from services.conversation.engine.texts import _, later
from shared.contracts.payments import Method
from shared.kernel.credit import Credit
from shared.kernel.ids import MemberId
from shared.kernel.money import Money
from shared.kernel.phone import local_form, wallet_of

METHOD_NAMES: dict[str, str] = {
    "ecocash": "EcoCash",
    "onemoney": "OneMoney",
    "innbucks": "InnBucks",
    "omari": "O'mari",
    "web": later("Card or web page"),
    "manual": later("Bank or cash"),
}
"""Methods as people know them; product names stay as they are in every language."""
_NO_PRODUCTS = frozenset({"web", "manual"})
_ALSO_CALLED = {
    "ecocash": frozenset({"eco cash", "eco"}),
    "onemoney": frozenset({"one money"}),
    "innbucks": frozenset({"inn bucks"}),
    "web": frozenset({"card", "web page", "paynow", "visa", "mastercard", "telecash", "zimswitch"}),
    "manual": frozenset({"bank", "cash", "bank transfer"}),
}
NEED_WALLET = frozenset({"ecocash", "onemoney", "omari"})
"""Methods that charge a number (Paynow contract 2.1); O'mari takes one of any network."""

TEST_NUMBERS = frozenset({"0771111111", "0772222222", "0773333333", "0774444444"})
"""They work with every method in test mode (Paynow contract 6.2)."""


def method_name(method: str) -> str:
    """A way to pay, in the language that is spoken."""
    return _(METHOD_NAMES.get(method, method))


def method_in_sentence(method: str) -> str:
    """The same behind other words: only names of products keep their capital."""
    name = method_name(method)
    return name if method not in _NO_PRODUCTS else name[:1].lower() + name[1:]


def also_called(method: str) -> frozenset[str]:
    """What people type for a way to pay beside its name."""
    return _ALSO_CALLED.get(method, frozenset())


class DonationFacts(BaseModel):
    """For giving: who it is, and what may be given how."""

    member: MemberId
    said: tuple[str, ...] = ()
    """The answers that came with the wish to give, by key."""
    own_phone: str | None
    purposes: tuple[str, ...]
    methods: dict[str, tuple[Method, ...]]
    """By currency."""
    limits: dict[str, dict[str, tuple[Money, Money]]]
    """Lowest and highest of one payment, by currency and method."""
    max_parts: int
    test_mode: bool
    approve_purposes: bool = False
    approved_purposes: tuple[str, ...] = ()
    still_open: tuple[Money, ...] = ()
    """Payments whose money may still come: the summary names them, so that nobody pays twice by mistake."""

    @property
    def currencies(self) -> tuple[str, ...]:
        return tuple(self.methods)

    def smallest(self, currency: str) -> Money:
        """The least that any method takes."""
        return min((lowest for lowest, _highest in self.limits[currency].values()), key=lambda money: money.amount)

    def largest(self, currency: str) -> Money:
        """The most that any method takes at once."""
        return max((highest for _lowest, highest in self.limits[currency].values()), key=lambda money: money.amount)

    def fits(self, phone: str, method: str) -> bool:
        """Whether the number can be on the wallet: by its prefix, or as a test number in test mode."""
        if method == "omari" or (self.test_mode and local_form(phone) in TEST_NUMBERS):
            return True
        return wallet_of(phone) == method


class CredexFacts(BaseModel):
    """For everything about credex: who it is, and the accounts as they were last shown."""

    member: MemberId
    phone: str | None
    """E.164; who the member is at the core."""
    today: date
    """In UTC, as the core counts days."""
    view: CredexView
    price: Credit
    """Of the next tier."""
    subject: tuple[str, ...] = ()
    """What the flow was begun for: an action, the offer and the member's account in it."""


class MemberFacts(BaseModel):
    """Just who it is."""

    member: MemberId


class RegistrationFacts(BaseModel):
    """For registering: who it is, and with whom."""

    member: MemberId
    organisation: str
