"""What notifier does on each message and answer."""

from __future__ import annotations

from datetime import timedelta
from typing import assert_never

from services.notifier.domain.delivery import Delivery, Evidence, State
from services.notifier.domain.mailbox import MOST_TRIES, Mailbox, Stray
from services.notifier.ports import RECONCILE, SEND, Reconciliation, SendAnswer, SendRequest, Waited
from services.notifier.settings import NotifierSettings
from services.notifier.store import MAILBOXES
from shared.bus.handlers import answered, on
from shared.bus.work import Work
from shared.contracts.gateway import DeliveryStatusChanged, IdentityChanged, InboundNoticed
from shared.contracts.notifier import (
    MessageAccepted,
    MessageDelivered,
    MessageFailed,
    MessageRead,
    SendMessage,
)
from shared.kernel.ids import MemberId
from shared.outcalls.calls import Unknown, Unreached

WINDOW_CLOSED = 131047
"""WhatsApp's code for "more than 24 hours since the person wrote"; we say it before WhatsApp does."""


@on(SendMessage)
async def send(command: SendMessage, work: Work) -> None:
    """Queue the message; it goes out when those before it have gone."""
    mailbox = await work.open(MAILBOXES, command.member, Mailbox)
    mailbox.heard_from(command.address, command.answers_at)
    mailbox.take(
        Delivery(reference=work.message_id, content=command.content.model_dump(mode="json"), asked_at=work.now)
    )
    _send_next(mailbox, command.member, work)


@answered(SEND, MAILBOXES)
async def sent(mailbox: Mailbox, request: SendRequest, outcome: SendAnswer | Unknown | Unreached, work: Work) -> None:
    """Note what became of the send, and go on with the next message."""
    member = _member_of(work)
    delivery = mailbox.find(request.reference)
    if delivery is None:
        return
    match outcome:
        case Unknown():
            if delivery.move("uncertain"):  # otherwise a status has told already that it arrived
                settings: NotifierSettings = work.settings
                wait = timedelta(seconds=settings.reconcile_seconds)
                work.call(RECONCILE, Reconciliation(reference=delivery.reference), due=work.now + wait)
        case Unreached():
            _fail(delivery, None, member, work)
        case SendAnswer(message_id=str() as message_id):
            delivery.message_id = message_id
            if delivery.move("accepted"):
                work.emit(MessageAccepted(member=member, reference=delivery.reference, at=work.now))
            for evidence in mailbox.strays_of(message_id):
                _apply(delivery, evidence, member, work)
        case SendAnswer():
            _fail(delivery, outcome.code, member, work)
        case _:
            assert_never(outcome)
    _send_next(mailbox, member, work)


@answered(RECONCILE, MAILBOXES)
async def reconcile(
    mailbox: Mailbox, request: Reconciliation, outcome: Waited | Unknown | Unreached, work: Work
) -> None:
    """No status told of the uncertain send: WhatsApp did not take it. Send it again, a few times at most."""
    delivery = mailbox.find(request.reference)
    if delivery is None or delivery.state != "uncertain":
        return
    if delivery.tries >= MOST_TRIES:
        _fail(delivery, None, _member_of(work), work)
    else:
        delivery.state = "queued"
    _send_next(mailbox, _member_of(work), work)


@on(DeliveryStatusChanged)
async def note_status(event: DeliveryStatusChanged, work: Work) -> None:
    """Move the delivery forward; a status of a message that we don't know yet waits."""
    mailbox = await work.open(MAILBOXES, event.member, Mailbox)
    evidence = Evidence(status=event.status, at=event.at, code=event.problems[0].code if event.problems else None)
    delivery = mailbox.find(event.reference, event.message_id)
    if delivery is None:
        mailbox.remember_stray(Stray(message_id=event.message_id, evidence=evidence))
        return
    delivery.message_id = event.message_id
    _apply(delivery, evidence, event.member, work)
    _send_next(mailbox, event.member, work)


@on(InboundNoticed)
async def note_inbound(event: InboundNoticed, work: Work) -> None:
    """The 24-hour window opens again, and the address is the one to answer to."""
    mailbox = await work.open(MAILBOXES, event.member, Mailbox)
    mailbox.heard_from(event.address, event.at)


@on(IdentityChanged)
async def note_identity(event: IdentityChanged, work: Work) -> None:
    """Reach the member at the new address."""
    mailbox = await work.open(MAILBOXES, event.member, Mailbox)
    mailbox.heard_from(event.address, None)


def _send_next(mailbox: Mailbox, member: MemberId, work: Work) -> None:
    """Ask for the send of the oldest queued message that may go; those that may not, fail."""
    while (delivery := mailbox.next_to_send()) is not None:
        if mailbox.address is None or not mailbox.window_is_open(work.now):
            _fail(delivery, WINDOW_CLOSED, member, work)
            continue
        delivery.state = "sending"
        delivery.tries += 1
        work.call(
            SEND,
            SendRequest(reference=delivery.reference, address=mailbox.address, content=delivery.content),
        )


def _fail(delivery: Delivery, code: int | None, member: MemberId, work: Work) -> None:
    if delivery.move("failed"):
        work.emit(MessageFailed(member=member, reference=delivery.reference, code=code, at=work.now))


def _apply(delivery: Delivery, evidence: Evidence, member: MemberId, work: Work) -> None:
    state: State | None = delivery.note(evidence)
    about = {"member": member, "reference": delivery.reference, "at": evidence.at}
    match state:
        case "accepted":
            work.emit(MessageAccepted(**about))
        case "delivered":
            work.emit(MessageDelivered(**about))
        case "read":
            work.emit(MessageRead(**about))
        case "failed":
            work.emit(MessageFailed(code=evidence.code, **about))


def _member_of(work: Work) -> MemberId:
    """The member whose mailbox this is: the id of the document."""
    return MemberId(work.held[1].id)
