"""What credex says (see `shared.contracts.credex`)."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar, Literal

from shared.contracts.base import Event
from shared.contracts.credex_parts import (
    Action,
    Balances,
    CredexAccount,
    KeptAccount,
    KeptOffer,
    LedgerEntry,
    OfferResult,
    Person,
    Rule,
    Standing,
)
from shared.kernel.credit import Credit
from shared.kernel.ids import MemberId


class CredexUnavailable(Event, name="credex.credex_unavailable", version=1, key="member"):
    """What was asked of credex cannot be had now; nothing was changed. `reason` says why.

    `off`: switched off here. `unreachable`: credex-core did not answer, or certainly did not act. `no_phone`: WhatsApp
    hides the person's phone, which is their name at the core. `misconfigured`: the operator must act. `not_yet`: what
    goes out of the account waited too long behind one whose outcome is not known; it tells its amount.
    """

    member: MemberId
    reason: Literal["not_yet", "off", "unreachable", "no_phone", "misconfigured"]
    answers: str = ""
    asked: str = ""
    """The name of the command."""
    amount: Credit | None = None
    counterparty: str | None = None


class CredexDelayed(Event, name="credex.credex_delayed", version=1, key="member"):
    """The answer takes longer than usual and is still to come."""

    member: MemberId
    answers: str
    asked: str


class CredexQueued(Event, name="credex.credex_queued", version=1, key="member"):
    """An offer, or an upgrade without a counterparty, waits behind one of the account whose outcome is not known.

    It ends as CredexUnavailable, `not_yet`, if that takes over ten minutes.
    """

    member: MemberId
    answers: str
    asked: str
    amount: Credit
    counterparty: str | None = None


class NotAMember(Event, name="credex.not_a_member", version=1, key="member"):
    """The core knows nobody by this phone: the person may join."""

    member: MemberId
    answers: str
    asked: str


class CredexRefused(Event, name="credex.credex_refused", version=1, key="member"):
    """A rule was in the way; nothing was changed."""

    member: MemberId
    answers: str
    asked: str
    rule: Rule
    reason: str | None = None
    """The core's own sentence, in English: for `insufficient_balance` and `tier_limit` it names the figures."""


class OutcomeUncertain(Event, name="credex.outcome_uncertain", version=1, key="member"):
    """The core's answer was lost and we find out. An offer or upgrade is never asked twice; it tells its amount."""

    member: MemberId
    answers: str
    asked: str
    amount: Credit | None = None
    counterparty: str | None = None


class OutcomeUnderReview(Event, name="credex.outcome_under_review", version=1, key="member"):
    """We could not find out by ourselves whether it happened: a person must look."""

    member: MemberId
    answers: str
    asked: str
    amount: Credit | None = None
    counterparty: str | None = None
    candidates: tuple[str, ...] = ()
    """Ids of the credexes that it may be."""


class DashboardShown(Event, name="credex.dashboard_shown", version=1, key="member"):
    """All accounts of the member, as the core shows them now."""

    member: MemberId
    answers: str
    standing: Standing
    accounts: tuple[CredexAccount, ...]


class CredexJoined(Event, name="credex.credex_joined", version=1, key="member"):
    """The person is a member of credex-core; `already`: they were before."""

    member: MemberId
    answers: str
    standing: Standing
    accounts: tuple[CredexAccount, ...]
    already: bool = False


class AccountFound(Event, name="credex.account_found", version=1, key="member"):
    """The account behind a handle."""

    member: MemberId
    answers: str
    account_id: str
    name: str
    handle: str


class MemberFound(Event, name="credex.member_found", version=1, key="member"):
    """The person behind a handle."""

    member: MemberId
    answers: str
    person: Person
    handle: str


class OfferMade(Event, name="credex.offer_made", version=1, key="member"):
    """The offer stands and waits for its receiver."""

    member: MemberId
    answers: str
    credex_id: str
    issuer_account_id: str
    receiver_account_id: str
    receiver_name: str
    amount: Credit
    secured: bool
    due_date: date | None = None
    found_later: bool = False
    """Its answer had been lost; it may be accepted by now."""
    standing: Standing | None = None
    accounts: tuple[CredexAccount, ...] = ()


class OfferAccepted(Event, name="credex.offer_accepted", version=1, key="member"):
    """The member accepted an offer; `already`: it had been accepted before."""

    member: MemberId
    answers: str
    credex_id: str
    account_id: str
    amount: Credit | None = None
    already: bool = False
    standing: Standing | None = None
    accounts: tuple[CredexAccount, ...] = ()


class OfferDeclined(Event, name="credex.offer_declined", version=1, key="member"):
    """The member declined an offer."""

    member: MemberId
    answers: str
    credex_id: str
    account_id: str
    already: bool = False
    standing: Standing | None = None
    accounts: tuple[CredexAccount, ...] = ()


class OfferCancelled(Event, name="credex.offer_cancelled", version=1, key="member"):
    """The member took an offer back."""

    member: MemberId
    answers: str
    credex_id: str
    account_id: str
    already: bool = False
    standing: Standing | None = None
    accounts: tuple[CredexAccount, ...] = ()


class OfferGone(Event, name="credex.offer_gone", version=1, key="member"):
    """The offer is no longer open, so that nothing could be done; `state` is what became of it, as far as known."""

    member: MemberId
    answers: str
    action: Action
    credex_id: str
    state: Literal["accepted", "declined", "cancelled", "unknown"]


class OffersAccepted(Event, name="credex.offers_accepted", version=1, key="member"):
    """What became of each of the offers, in the order of the command."""

    member: MemberId
    answers: str
    account_id: str
    results: tuple[OfferResult, ...]
    standing: Standing | None = None
    accounts: tuple[CredexAccount, ...] = ()


class LedgerShown(Event, name="credex.ledger_shown", version=1, key="member"):
    """A page of history."""

    member: MemberId
    answers: str
    account_id: str
    start_row: int
    entries: tuple[LedgerEntry, ...]
    has_more: bool


class CredexShown(Event, name="credex.credex_shown", version=1, key="member"):
    """One credex; amounts are negative when the account gave it."""

    member: MemberId
    answers: str
    credex_id: str
    amount: Credit
    outstanding: Credit | None = None
    counterparty: str
    secured: bool
    state: str
    """The core's word: OFFERS, OWES, CLEARED, DECLINED, CANCELLED."""
    due_date: date | None = None
    accepted_at: datetime | None = None


class BalancesShown(Event, name="credex.balances_shown", version=1, key="member"):
    """The balances of one account."""

    member: MemberId
    answers: str
    account_id: str
    balances: Balances


class AccountOpened(Event, name="credex.account_opened", version=1, key="member"):
    """The member has another account."""

    member: MemberId
    answers: str
    account_id: str
    name: str
    handle: str
    accounts: tuple[CredexAccount, ...] = ()


class AuthorisedListed(Event, name="credex.authorised_listed", version=1, key="member"):
    """Who may act for an account; with `complete` false it is what we know, and there may be more."""

    member: MemberId
    answers: str
    account_id: str
    people: tuple[Person, ...]
    complete: bool


class MemberAuthorised(Event, name="credex.member_authorised", version=1, key="member"):
    """Somebody may act for the account."""

    member: MemberId
    answers: str
    account_id: str
    person: Person


class MemberRemoved(Event, name="credex.member_removed", version=1, key="member"):
    """Somebody may no longer act for the account."""

    member: MemberId
    answers: str
    account_id: str
    person: Person


class NoticesDirected(Event, name="credex.notices_directed", version=1, key="member"):
    """Somebody else is told of offers to the account from now on."""

    member: MemberId
    answers: str
    account_id: str
    person: Person


class TierUpgraded(Event, name="credex.tier_upgraded", version=1, key="member"):
    """The member is of a higher tier now, and paid for it once."""

    member: MemberId
    answers: str
    tier: int
    amount: Credit
    credex_id: str | None = None
    standing: Standing | None = None
    accounts: tuple[CredexAccount, ...] = ()


class OfferNoticed(Event, name="credex.offer_noticed", version=1, key="member"):
    """To be told to `member`: the other side made, accepted, declined or cancelled an offer."""

    member: MemberId
    what: Literal["made", "accepted", "declined", "cancelled"]
    credex_id: str
    account_id: str | None = None
    """The account of `member` in it: what AnswerOffer needs."""
    counterparty: str | None = None
    """The other account's name."""
    amount: Credit | None = None
    secured: bool | None = None
    due_date: date | None = None


class KeptTold(Event, name="credex.kept_told", version=1, key="member"):
    """The answer to `tell_kept`: what credex keeps about a person. Balances are not among it; the core has them."""

    member: MemberId
    phone: str | None = None
    core_id: str | None = None
    """The person's memberID at credex-core."""
    accounts: tuple[KeptAccount, ...] = ()
    offers: tuple[KeptOffer, ...] = ()


class PersonErased(Event, name="credex.person_erased", version=1, key="member"):
    """Credex keeps nothing more that tells who this was: the answer to `conversation.erasure_requested`."""

    OF_ERASURE: ClassVar[bool] = True

    member: MemberId
    at: datetime


class CredexMoved(Event, name="credex.credex_moved", version=1, key="credex_id"):
    """What became of a credex, without the people in it: for the books, which are no less true when one is erased.

    Said beside what people are told, and of each of several offers by itself. Either side may tell of the same thing.
    """

    credex_id: str
    outcome: Literal["open", "accepted", "declined", "cancelled", "upgraded"]
    amount: Credit | None = None
    """None: the core did not tell it with this."""
