"""What credex is asked (see `shared.contracts.credex`)."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from shared.contracts.base import Command
from shared.contracts.credex_parts import Action, Person
from shared.kernel.credit import Credit
from shared.kernel.ids import MemberId


class OpenDashboard(Command, name="credex.open_dashboard", version=1, key="member"):
    """Show a member's accounts and balances. Answered by DashboardShown."""

    member: MemberId
    request: str = ""
    phone: str | None = None
    """E.164, as the person's message came: for members who wrote before credex listened. It has the last word."""


class JoinCredex(Command, name="credex.join_credex", version=1, key="member"):
    """Make the person a member of credex-core, by the phone they write from. Answered by CredexJoined."""

    member: MemberId
    intent: str
    first_name: str
    last_name: str
    default_denomination: str = "USD"


class FindAccount(Command, name="credex.find_account", version=1, key="member"):
    """Whose handle is it? Answered by AccountFound."""

    member: MemberId
    request: str
    handle: str


class FindMember(Command, name="credex.find_member", version=1, key="member"):
    """Whose handle is it? Answered by MemberFound."""

    member: MemberId
    request: str
    handle: str


class MakeOffer(Command, name="credex.make_offer", version=1, key="member"):
    """Offer credit from an account. `receiver_*` come from AccountFound. Answered by OfferMade."""

    member: MemberId
    intent: str
    issuer_account_id: str
    receiver_account_id: str
    receiver_name: str
    receiver_handle: str
    amount: Credit
    secured: bool
    due_date: date | None = None
    """For an unsecured offer: 7 to 34 days from today in UTC (credex-core contract 3.6)."""


class AnswerOffer(Command, name="credex.answer_offer", version=1, key="member"):
    """Accept, decline or cancel one offer. Answered by OfferAccepted, OfferDeclined, OfferCancelled or OfferGone."""

    member: MemberId
    intent: str
    action: Action
    credex_id: str
    account_id: str
    """The member's side of it: the receiving account, or the issuing one for a cancel."""


class AcceptOffers(Command, name="credex.accept_offers", version=1, key="member"):
    """Accept several offers to one account. Answered by OffersAccepted, with a result for each."""

    member: MemberId
    intent: str
    account_id: str
    credex_ids: tuple[str, ...]
    amounts: dict[str, Credit] = Field(default_factory=dict)
    """By credex id what the person was shown: the core tells no amounts of several (credex-core contract 3.8)."""


class ReadLedger(Command, name="credex.read_ledger", version=1, key="member"):
    """A page of an account's history, newest first. Answered by LedgerShown."""

    member: MemberId
    request: str
    account_id: str
    start_row: int = 0
    rows: int = 7


class ReadCredex(Command, name="credex.read_credex", version=1, key="member"):
    """One credex in full. Answered by CredexShown."""

    member: MemberId
    request: str
    credex_id: str
    account_id: str


class ReadBalances(Command, name="credex.read_balances", version=1, key="member"):
    """The balances of one account. Answered by BalancesShown."""

    member: MemberId
    request: str
    account_id: str


class OpenAccount(Command, name="credex.open_account", version=1, key="member"):
    """Open another account; its type is a setting. Answered by AccountOpened."""

    member: MemberId
    intent: str
    account_name: str
    handle: str
    default_denomination: str = "USD"


class ListAuthorised(Command, name="credex.list_authorised", version=1, key="member"):
    """Who may act for an account? Answered by AuthorisedListed."""

    member: MemberId
    request: str
    account_id: str


class AuthoriseMember(Command, name="credex.authorise_member", version=1, key="member"):
    """Let somebody act for an account. `person` comes from MemberFound. Answered by MemberAuthorised."""

    member: MemberId
    intent: str
    account_id: str
    handle: str
    person: Person


class RemoveMember(Command, name="credex.remove_member", version=1, key="member"):
    """Let somebody no longer act for an account. Answered by MemberRemoved."""

    member: MemberId
    intent: str
    account_id: str
    person: Person


class DirectNotices(Command, name="credex.direct_notices", version=1, key="member"):
    """Who is told of offers to an account from now on. Answered by NoticesDirected."""

    member: MemberId
    intent: str
    account_id: str
    person: Person


class UpgradeTier(Command, name="credex.upgrade_tier", version=1, key="member"):
    """Pay for the Hustler tier from the personal account. Answered by TierUpgraded. Never charged twice."""

    member: MemberId
    intent: str
    account_id: str


class NoteMember(Command, name="credex.note_member", version=1, key="member"):
    """Credex asks it of itself: remember who the member is at the core, or by which phone. None: no news."""

    member: MemberId
    core_id: str | None = None
    phone: str | None = None


class NoteAccount(Command, name="credex.note_account", version=1, key="account_id"):
    """Credex asks it of itself: remember what was seen of an account, for who is told of its offers.

    `authorised` replaces what is known; otherwise `added` and `removed` change it.
    """

    account_id: str
    name: str | None = None
    handle: str | None = None
    notices_to: Person | None = None
    authorised: tuple[Person, ...] | None = None
    added: Person | None = None
    removed: Person | None = None


class NoteOffer(Command, name="credex.note_offer", version=1, key="credex_id"):
    """Credex asks it of itself: remember what became of an offer, and tell the other side. None: not known here."""

    credex_id: str
    what: Literal["made", "accepted", "declined", "cancelled"]
    by: MemberId
    account_id: str
    """The account of `by` in it."""
    account_name: str | None = None
    issuer_name: str | None = None
    receiver_account_id: str | None = None
    receiver_name: str | None = None
    receiver_handle: str | None = None
    amount: Credit | None = None
    secured: bool | None = None
    due_date: date | None = None


class TellKept(Command, name="credex.tell_kept", version=1, key="member"):
    """Say all that is kept about a person, for them to see. Answered by KeptTold, also where credex is off."""

    member: MemberId


class ForgetIssues(Command, name="credex.forget_issues", version=1, key="member"):
    """Take the person off what went out of one account. Credex asks it of itself, for each, when a person is erased."""

    OF_ERASURE: ClassVar[bool] = True

    member: MemberId
    account_id: str
    handle: str | None = None
    """Theirs, where the account gave to them; personal."""


class ForgetRequests(Command, name="credex.forget_requests", version=1, key="member"):
    """Remove what an erased person had asked for, once it is answered. Credex asks it of itself."""

    OF_ERASURE: ClassVar[bool] = True

    member: MemberId


class ConfirmErasure(Command, name="credex.confirm_erasure", version=1, key="member"):
    """Say that a person is erased. Credex asks it of itself, behind all that is to be erased, in one lane."""

    OF_ERASURE: ClassVar[bool] = True

    member: MemberId
