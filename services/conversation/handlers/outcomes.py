"""Tells people what became of what they asked for, whether or not a flow still waits for it."""

from __future__ import annotations

from services.conversation.engine.texts import _
from services.conversation.handlers.telling import Wording, language_for, say_to, tell
from services.conversation.listening.situation import Situation
from services.conversation.settings import ConversationSettings
from services.conversation.texts import payments, staff
from shared.bus.handlers import on
from shared.bus.work import Work
from shared.contracts.notifier import Document, Outgoing, Picture, PlainText, SendMessage
from shared.contracts.payments import (
    ApprovalRefused,
    CorrectionRefused,
    MakeReceiptDocument,
    OneTimeCodeRefused,
    PaymentApproved,
    PaymentCancelled,
    PaymentChecked,
    PaymentDisputed,
    PaymentExpired,
    PaymentFailed,
    PaymentInitiated,
    PaymentNeedsReview,
    PaymentRefunded,
    PaymentRefused,
    PaymentRejected,
    PaymentUncertain,
    ReceiptDocumentMade,
    ReceiptIssued,
    ReceiptVerified,
)

_ONCE_MORE = ("retry", "other_way", "menu")
"""Offered where nothing was charged."""


@on(PaymentInitiated)
async def tell_initiated(event: PaymentInitiated, work: Work) -> None:
    """What the payer is to do now; a picture of the code where there is one."""
    if payments.cannot_be_approved(event):
        text = payments.lost_authorisation
        await tell(event.payer, event, lambda here: here.offering(text(event), "donate", "menu"), work)
        return
    await tell(event.payer, event, lambda here: _prompt(here, event), work)
    if event.authorisation is not None and event.authorisation.picture is not None:
        picture = Picture(file=event.authorisation.picture, caption=event.authorisation.code)
        work.emit(SendMessage(member=event.payer, content=picture, purpose="notice"))


def _prompt(here: Situation, event: PaymentInitiated) -> Outgoing:
    """What to do on the phone and, where the message has room for it, what may be done here meanwhile (product 1)."""
    content = payments.initiated(event)
    if event.method == "manual" or not isinstance(content, PlainText):
        return content
    return here.offering(content.body, "check", f"let_go.{event.payment_id}", "other_way")


@on(PaymentUncertain)
async def tell_uncertain(event: PaymentUncertain, work: Work) -> None:
    """Not known yet: said honestly."""
    await tell(event.payer, event, lambda _here: payments.uncertain(event), work)


@on(PaymentRefused)
async def tell_refused(event: PaymentRefused, work: Work) -> None:
    """A rule was in the way."""
    await tell(event.payer, event, lambda here: here.offering(payments.refused(event), "other_way", "menu"), work)


@on(PaymentFailed)
async def tell_failed(event: PaymentFailed, work: Work) -> None:
    """It did not go through; offer to try again."""
    await _tell_state(event, "failed", lambda here: here.offering(payments.failed(event), *_ONCE_MORE), work)


@on(PaymentCancelled)
async def tell_cancelled(event: PaymentCancelled, work: Work) -> None:
    """Cancelled on the phone; offer to try again."""
    await _tell_state(event, "cancelled", lambda here: here.offering(payments.cancelled(event), *_ONCE_MORE), work)


@on(PaymentExpired)
async def tell_expired(event: PaymentExpired, work: Work) -> None:
    """Not approved in time; offer to try again."""
    await _tell_state(event, "expired", lambda here: here.offering(payments.expired(event), *_ONCE_MORE), work)


@on(PaymentRejected)
async def tell_rejected(event: PaymentRejected, work: Work) -> None:
    """Staff say that no money came: told to the payer, and to who decided."""
    await _tell_state(event, "rejected", lambda here: here.offering(payments.rejected(event), *_ONCE_MORE), work)
    await say_to(event.approver, lambda: staff.rejected(event), work)


@on(PaymentApproved)
async def tell_approved(event: PaymentApproved, work: Work) -> None:
    """The answer to /approve."""
    await tell(event.approver, event, lambda _here: staff.approved(event), work)


@on(ApprovalRefused)
async def tell_approval_refused(event: ApprovalRefused, work: Work) -> None:
    """The answer to an /approve or /reject that does not fit."""
    await tell(event.approver, event, lambda _here: staff.approval_refused(event), work)


@on(OneTimeCodeRefused)
async def tell_code_refused(event: OneTimeCodeRefused, work: Work) -> None:
    """The code was wrong."""
    await tell(event.payer, event, lambda _here: payments.code_refused(event), work)


@on(PaymentDisputed)
async def tell_disputed(event: PaymentDisputed, work: Work) -> None:
    """The funds are held."""
    await _tell_state(event, "disputed", lambda _here: payments.disputed(event), work)


@on(PaymentRefunded)
async def tell_refunded(event: PaymentRefunded, work: Work) -> None:
    """The money went back."""
    await _tell_state(event, "refunded", lambda _here: payments.refunded(event), work)


@on(PaymentNeedsReview)
async def tell_needs_review(event: PaymentNeedsReview, work: Work) -> None:
    """A person looks into it."""
    await _tell_state(event, "needs_review", lambda _here: payments.needs_review(event), work)


@on(ReceiptIssued)
async def tell_receipt(event: ReceiptIssued, work: Work) -> None:
    """The result and the receipt, in one message; whoever of staff corrected one is told, too."""
    if not event.payer_name:
        return  # money came after all from somebody who was forgotten: nobody is there to be told
    await tell(
        event.payer, event, lambda _here: payments.receipt(event), work, late=lambda: payments.late_receipt(event)
    )
    settings: ConversationSettings = work.settings
    if settings.receipt_as_pdf:
        language = await language_for(event.payer, work)
        work.emit(MakeReceiptDocument(payment_id=event.payment_id, payer=event.payer, language=language))
    if event.corrected_by is not None:
        await say_to(event.corrected_by, lambda: staff.corrected(event), work)


@on(CorrectionRefused)
async def tell_correction_refused(event: CorrectionRefused, work: Work) -> None:
    """The answer to a /correct that does not fit."""
    await tell(event.by, event, lambda _here: staff.correction_refused(event), work)


@on(ReceiptDocumentMade)
async def tell_document(event: ReceiptDocumentMade, work: Work) -> None:
    """The receipt as PDF."""
    file = event.file
    if file is None:
        await tell(event.payer, event, lambda _here: _("There is no receipt of that payment."), work)
    else:
        number = event.receipt_number
        await tell(
            event.payer,
            event,
            lambda _here: Document(file=file, caption=_("*Receipt {number}*").format(number=number)),
            work,
        )


@on(ReceiptVerified)
async def tell_verified(event: ReceiptVerified, work: Work) -> None:
    """The answer to *verify*."""
    await tell(event.asked_by, event, lambda _here: payments.verified(event), work)


@on(PaymentChecked)
async def tell_checked(event: PaymentChecked, work: Work) -> None:
    """The answer to *check*."""
    await tell(event.payer, event, lambda _here: payments.checked(event), work)


async def _tell_state(event: payments.Outcome, state: str, wording: Wording, work: Work) -> None:
    """What became of a payment, however late it is known."""
    await tell(event.payer, event, wording, work, late=lambda: payments.late_update(event, state))
