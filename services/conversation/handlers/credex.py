"""Tells people what credex says, whether or not a flow waits for it, and keeps what it shows of their accounts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from services.conversation.domain.credex import CredexView
from services.conversation.engine.render import BODY
from services.conversation.engine.session import Session
from services.conversation.handlers.telling import tell
from services.conversation.listening.situation import Situation
from services.conversation.store import SESSIONS
from services.conversation.texts import credex as texts
from services.conversation.texts import credex_trouble as trouble
from shared.bus.handlers import on
from shared.bus.work import Work
from shared.contracts.base import Event
from shared.contracts.conversation import ChooseAccount
from shared.contracts.credex import (
    AccountFound,
    AccountOpened,
    AuthorisedListed,
    BalancesShown,
    CredexDelayed,
    CredexJoined,
    CredexQueued,
    CredexRefused,
    CredexShown,
    CredexUnavailable,
    DashboardShown,
    LedgerShown,
    MemberAuthorised,
    MemberFound,
    MemberRemoved,
    NotAMember,
    NoticesDirected,
    OfferAccepted,
    OfferCancelled,
    OfferDeclined,
    OfferGone,
    OfferMade,
    OfferNoticed,
    OffersAccepted,
    OutcomeUncertain,
    OutcomeUnderReview,
    TierUpgraded,
)
from shared.contracts.gateway import CoreNoticeReceived
from shared.contracts.notifier import Outgoing, TemplateFallback
from shared.kernel.ids import MemberId

E = TypeVar("E", bound=Event)


@on(ChooseAccount)
async def choose_account(command: ChooseAccount, work: Work) -> None:
    """The account that the member acts from now on."""
    session = await work.open(SESSIONS, command.member, Session)
    session.credex = (session.credex or CredexView()).model_copy(update={"chosen": command.account_id})


@on(DashboardShown)
async def tell_dashboard(event: DashboardShown, work: Work) -> None:
    """The answer to *home*; a flow that asked for it makes its own use of it."""

    def wording(here: Situation, _before: CredexView) -> Outgoing | str:
        view = here.session.credex or CredexView()
        return _offering(here, texts.dashboard(view), *texts.home_words(view))

    await _tell(event.member, event, wording, work, is_look=True)


@on(OffersAccepted)
async def tell_offers_accepted(event: OffersAccepted, work: Work) -> None:
    """A result per offer."""

    def wording(here: Situation, before: CredexView) -> Outgoing | str:
        return _offering(here, texts.all_accepted(event, before), "home")

    await _tell(event.member, event, wording, work)


@on(OfferNoticed)
async def tell_noticed(event: OfferNoticed, work: Work) -> None:
    """The other side did something: told with the buttons that act on it."""

    def wording(here: Situation, _before: CredexView) -> Outgoing:
        about = f"{event.credex_id}.{event.account_id}"
        acts = [f"accept.{about}", f"decline.{about}"] if event.what == "made" and event.account_id else []
        return here.offering(texts.noticed(event), *acts, "home")

    await _tell(event.member, event, wording, work, late=lambda: texts.late_notice(event))


@on(CoreNoticeReceived)
async def tell_core_notice(event: CoreNoticeReceived, work: Work) -> None:
    """What credex-core itself has to say, in its own words."""
    await tell(event.member, event, lambda _here: event.text, work, late=lambda: texts.late_core_notice(event))


@on(NotAMember)
async def tell_not_a_member(event: NotAMember, work: Work) -> None:
    """They are offered to join."""
    await _say(event.member, event, lambda _event: trouble.not_a_member(), work, "join", "menu")


@on(CredexJoined)
async def tell_joined(event: CredexJoined, work: Work) -> None:
    """They are in."""
    await _say(event.member, event, texts.joined, work, "home", "menu")


@on(OfferMade)
async def tell_made(event: OfferMade, work: Work) -> None:
    """The offer stands."""
    await _say(event.member, event, texts.made, work, "home", "pending_out")


@on(OfferAccepted)
async def tell_accepted(event: OfferAccepted, work: Work) -> None:
    """It is accepted."""
    await _say(event.member, event, texts.accepted, work, "home", "ledger")


@on(OfferDeclined)
async def tell_declined(event: OfferDeclined, work: Work) -> None:
    """It is declined."""
    await _say(event.member, event, texts.declined, work, "home")


@on(OfferCancelled)
async def tell_taken_back(event: OfferCancelled, work: Work) -> None:
    """It is taken back."""
    await _say(event.member, event, texts.taken_back, work, "home")


@on(OfferGone)
async def tell_gone(event: OfferGone, work: Work) -> None:
    """It was too late."""
    await _say(event.member, event, texts.gone, work, "home")


@on(AccountOpened)
async def tell_opened(event: AccountOpened, work: Work) -> None:
    """There is one more account."""
    await _say(event.member, event, texts.opened, work, "home", "switch_account")


@on(MemberAuthorised)
async def tell_authorised(event: MemberAuthorised, work: Work) -> None:
    """Somebody may act for it."""
    await _say(event.member, event, texts.authorised, work, "home", "members")


@on(MemberRemoved)
async def tell_removed(event: MemberRemoved, work: Work) -> None:
    """Somebody may no longer."""
    await _say(event.member, event, texts.removed, work, "home", "members")


@on(NoticesDirected)
async def tell_directed(event: NoticesDirected, work: Work) -> None:
    """Somebody else is told."""
    await _say(event.member, event, texts.directed, work, "home")


@on(TierUpgraded)
async def tell_upgraded(event: TierUpgraded, work: Work) -> None:
    """Paid, once."""
    await _say(event.member, event, texts.upgraded, work, "home")


@on(CredexRefused)
async def tell_refused(event: CredexRefused, work: Work) -> None:
    """A rule was in the way."""
    await _say(event.member, event, trouble.refused, work, "home", "menu")


@on(CredexUnavailable)
async def tell_unavailable(event: CredexUnavailable, work: Work) -> None:
    """It cannot be had now."""
    await _say(event.member, event, trouble.unavailable, work, "home", "menu")


@on(OutcomeUncertain)
async def tell_uncertain(event: OutcomeUncertain, work: Work) -> None:
    """Not known yet: said honestly."""
    await _say(event.member, event, trouble.uncertain, work, "home")


@on(OutcomeUnderReview)
async def tell_under_review(event: OutcomeUnderReview, work: Work) -> None:
    """A person looks into it."""
    await _say(event.member, event, trouble.under_review, work, "home")


@on(CredexDelayed)
async def tell_delayed(event: CredexDelayed, work: Work) -> None:
    """A kind word."""
    await tell(event.member, event, lambda _here: trouble.delayed(), work)


@on(CredexQueued)
async def tell_queued(event: CredexQueued, work: Work) -> None:
    """It waits for another of the account."""
    await _say(event.member, event, trouble.queued, work, "home")


@on(AccountFound)
async def tell_account_found(event: AccountFound, work: Work) -> None:
    """Whose account it is."""
    await _found(event.member, event, texts.account_found, work)


@on(MemberFound)
async def tell_member_found(event: MemberFound, work: Work) -> None:
    """Who it is."""
    await _found(event.member, event, texts.member_found, work)


@on(LedgerShown)
async def tell_ledger(event: LedgerShown, work: Work) -> None:
    """A page of history."""
    await _found(event.member, event, texts.ledger, work)


@on(CredexShown)
async def tell_in_full(event: CredexShown, work: Work) -> None:
    """One credex."""
    await _found(event.member, event, texts.in_full, work)


@on(BalancesShown)
async def tell_balances_shown(event: BalancesShown, work: Work) -> None:
    """The balances of an account."""
    await _found(event.member, event, texts.balances_shown, work)


@on(AuthorisedListed)
async def tell_listed(event: AuthorisedListed, work: Work) -> None:
    """Who may act for an account."""
    await _found(event.member, event, texts.listed, work)


def _offering(here: Situation, text: str, *words: str) -> Outgoing | str:
    """With what may come next, where a message with choices has room for the text."""
    return here.offering(text, *words) if len(text) <= BODY else text


async def _say(member: MemberId, event: E, text: Callable[[E], str], work: Work, *words: str) -> None:
    """Say what became of something, and offer what may come next."""
    await _tell(member, event, lambda here, _before: here.offering(text(event), *words), work)


async def _found(member: MemberId, event: E, text: Callable[[E], str], work: Work) -> None:
    """Something that was looked up: for the flow that asked, or told if that has gone."""
    await _tell(member, event, lambda _here, _before: text(event), work, is_look=True)


async def _tell(
    member: MemberId,
    event: Event,
    wording: Callable[[Situation, CredexView], Outgoing | str],
    work: Work,
    *,
    is_look: bool = False,
    late: Callable[[], TemplateFallback] | None = None,
) -> None:
    """Keep what the event shows of the accounts, and say it; `wording` also gets what was known before."""

    def worded(here: Situation) -> Outgoing | str:
        before = here.session.credex or CredexView()
        standing, accounts = getattr(event, "standing", None), getattr(event, "accounts", ())
        if standing is not None or accounts:
            here.session.credex = before.learned(standing, accounts, whole=isinstance(event, DashboardShown))
        waiting = here.session.waiting
        if is_look and waiting is not None and waiting.is_answered_by(event):
            return ""
        return wording(here, before)

    await tell(member, event, worded, work, late=late)
