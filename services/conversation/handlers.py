"""What conversation does on each message: listen, and tell outcomes whether or not a flow still lives."""

from __future__ import annotations

from datetime import datetime

from services.conversation import texts
from services.conversation.domain.profile import KnownPayment, Profile
from services.conversation.engine.session import Session
from services.conversation.engine.texts import _
from services.conversation.listening import GO, Listener
from services.conversation.store import PROFILES, SESSIONS
from shared.bus.handlers import on
from shared.bus.work import Work
from shared.contracts.conversation import RememberDonor
from shared.contracts.credex import CredexUnavailable
from shared.contracts.gateway import MessageReceived
from shared.contracts.notifier import Buttons, Choice, Outgoing, PlainText, SendMessage
from shared.contracts.payments import (
    PaymentCancelled,
    PaymentChecked,
    PaymentDisputed,
    PaymentExpired,
    PaymentFailed,
    PaymentInitiated,
    PaymentNeedsReview,
    PaymentRefunded,
    PaymentRefused,
    PaymentSettled,
    PaymentUncertain,
    ReceiptIssued,
)
from shared.contracts.reporting import StatisticsReady
from shared.kernel.ids import MemberId
from shared.kernel.money import Money


@on(MessageReceived)
async def listen(event: MessageReceived, work: Work) -> None:
    """Answer the person."""
    if event.group_id is not None:
        return  # nobody is charged, or called by name, in front of others
    session = await work.open(SESSIONS, event.member, Session)
    profile = await work.read(PROFILES, event.member) or Profile()
    session.address = event.address
    slow_down = session.hear(event.sent_at)
    turn = Listener(event.member, session, profile, work.settings, work.now).hear(event)
    outgoing = turn.outgoing
    if slow_down and not outgoing:
        outgoing = [PlainText(body=_("Please send a little slower; I answer everything in order."))]
    work.emit(*turn.messages, *(_reply(event, content) for content in outgoing))


@on(RememberDonor)
async def remember_donor(command: RememberDonor, work: Work) -> None:
    """Keep the details for the next gift."""
    profile = await work.open(PROFILES, command.member, Profile)
    profile.name = command.name
    profile.answers = command.answers


@on(PaymentInitiated)
async def tell_initiated(event: PaymentInitiated, work: Work) -> None:
    """The prompt is on the phone."""
    await _end_wait(event.payer, event.intent, work)
    _tell(event.payer, PlainText(body=texts.initiated(event)), work)


@on(PaymentUncertain)
async def tell_uncertain(event: PaymentUncertain, work: Work) -> None:
    """Not known yet: said honestly."""
    await _end_wait(event.payer, event.intent, work)
    _tell(event.payer, PlainText(body=texts.uncertain(event)), work)


@on(PaymentRefused)
async def tell_refused(event: PaymentRefused, work: Work) -> None:
    """A rule was in the way."""
    await _end_wait(event.payer, event.intent, work)
    _tell(event.payer, _offer(texts.refused(event)), work)


@on(PaymentFailed)
async def tell_failed(event: PaymentFailed, work: Work) -> None:
    """It did not go through; offer to try again."""
    await _end_wait(event.payer, event.intent, work)
    _tell(event.payer, _offer(texts.failed(event)), work)


@on(PaymentCancelled)
async def tell_cancelled(event: PaymentCancelled, work: Work) -> None:
    """Cancelled on the phone; offer to try again."""
    _tell(event.payer, _offer(texts.cancelled(event)), work)


@on(PaymentExpired)
async def tell_expired(event: PaymentExpired, work: Work) -> None:
    """Not approved in time; offer to try again."""
    _tell(event.payer, _offer(texts.expired(event)), work)


@on(PaymentDisputed)
async def tell_disputed(event: PaymentDisputed, work: Work) -> None:
    """The funds are held."""
    _tell(event.payer, PlainText(body=texts.disputed(event)), work)


@on(PaymentRefunded)
async def tell_refunded(event: PaymentRefunded, work: Work) -> None:
    """The money went back."""
    _tell(event.payer, PlainText(body=texts.refunded(event)), work)


@on(PaymentNeedsReview)
async def tell_needs_review(event: PaymentNeedsReview, work: Work) -> None:
    """A person looks into it."""
    _tell(event.payer, PlainText(body=texts.needs_review(event)), work)


@on(ReceiptIssued)
async def tell_receipt(event: ReceiptIssued, work: Work) -> None:
    """The result and the receipt, in one message."""
    _tell(event.payer, PlainText(body=texts.receipt(event)), work)


@on(PaymentChecked)
async def tell_checked(event: PaymentChecked, work: Work) -> None:
    """The answer to *check*."""
    _tell(event.payer, PlainText(body=texts.checked(event)), work)


@on(StatisticsReady)
async def tell_statistics(event: StatisticsReady, work: Work) -> None:
    """The answer to /stats."""
    _tell(event.asked_by, PlainText(body=texts.statistics(event)), work)


@on(CredexUnavailable)
async def tell_credex_unavailable(event: CredexUnavailable, work: Work) -> None:
    """Credex is not built yet."""
    text = _("Credex accounts are not open here yet. Send *donate* to give, or *menu*.")
    _tell(event.member, PlainText(body=text), work)


@on(PaymentInitiated)
async def know_initiated(event: PaymentInitiated, work: Work) -> None:
    await _know(event.payer, _known(event, "awaiting_payer", work.now), work)


@on(PaymentUncertain)
async def know_uncertain(event: PaymentUncertain, work: Work) -> None:
    await _know(event.payer, _known(event, "uncertain", work.now), work)


@on(PaymentSettled)
async def know_settled(event: PaymentSettled, work: Work) -> None:
    await _know(event.payer, _known(event, "settled", event.settled_at, event.purpose), work)


@on(PaymentCancelled)
async def know_cancelled(event: PaymentCancelled, work: Work) -> None:
    await _know(event.payer, _known(event, "cancelled", event.cancelled_at, event.purpose), work)


@on(PaymentFailed)
async def know_failed(event: PaymentFailed, work: Work) -> None:
    await _know(event.payer, _known(event, "failed", event.failed_at, event.purpose), work)


@on(PaymentExpired)
async def know_expired(event: PaymentExpired, work: Work) -> None:
    await _know(event.payer, _known(event, "expired", event.expired_at, event.purpose), work)


@on(PaymentDisputed)
async def know_disputed(event: PaymentDisputed, work: Work) -> None:
    await _know(event.payer, _known(event, "disputed", event.disputed_at, event.purpose), work)


@on(PaymentRefunded)
async def know_refunded(event: PaymentRefunded, work: Work) -> None:
    await _know(event.payer, _known(event, "refunded", event.refunded_at, event.purpose), work)


@on(PaymentNeedsReview)
async def know_review(event: PaymentNeedsReview, work: Work) -> None:
    await _know(event.payer, _known(event, "needs_review", event.noticed_at, event.purpose), work)


@on(ReceiptIssued)
async def know_receipt(event: ReceiptIssued, work: Work) -> None:
    known = _known(event, "settled", event.settled_at, event.purpose)
    known.receipt_number = event.receipt_number
    await _know(event.payer, known, work)


_About = (
    PaymentInitiated
    | PaymentUncertain
    | PaymentSettled
    | PaymentCancelled
    | PaymentFailed
    | PaymentExpired
    | PaymentDisputed
    | PaymentRefunded
    | PaymentNeedsReview
    | ReceiptIssued
)


def _known(event: _About, state: str, at: datetime, purpose: str | None = None) -> KnownPayment:
    amount: Money = event.amount
    return KnownPayment(id=event.payment_id, amount=amount, method=event.method, purpose=purpose, state=state, at=at)


async def _know(member: MemberId, payment: KnownPayment, work: Work) -> None:
    """Keep the latest word on a payment in the payer's profile, for *check*, *history* and *receipt*."""
    profile = await work.open(PROFILES, member, Profile)
    profile.note(payment)


async def _end_wait(member: MemberId, intent: str, work: Work) -> None:
    """The request was answered: the flow that made it is over."""
    session = await work.open(SESSIONS, member, Session)
    if session.waiting and intent == f"{member}:{session.run}":
        session.end()


def _tell(member: MemberId, content: Outgoing, work: Work) -> None:
    work.emit(SendMessage(member=member, content=content, purpose="notice"))


def _offer(text: str) -> Outgoing:
    """Try again with the same details, or see the menu."""
    choices = (Choice(id=f"{GO}.retry", title=_("Try again")), Choice(id=f"{GO}.menu", title=_("Menu")))
    return Buttons(body=text, buttons=choices)


def _reply(event: MessageReceived, content: Outgoing) -> SendMessage:
    return SendMessage(
        member=event.member, address=event.address, content=content, purpose="reply", answers_at=event.sent_at
    )
