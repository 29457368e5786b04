"""What reporting does on each message."""

from __future__ import annotations

from datetime import datetime, timedelta

from services.reporting.domain.figures import figures_of
from services.reporting.domain.rows import PaymentRow, RowState, harare_day
from services.reporting.store import FAILED_DELIVERIES, ROWS, STAFF_USE, FailedDelivery, StaffUse
from shared.bus.handlers import on
from shared.bus.work import Work
from shared.contracts.conversation import StaffCommandUsed
from shared.contracts.notifier import MessageFailed
from shared.contracts.payments import (
    PaymentCancelled,
    PaymentDisputed,
    PaymentExpired,
    PaymentFailed,
    PaymentInitiated,
    PaymentNeedsReview,
    PaymentRefunded,
    PaymentSettled,
    PaymentUncertain,
    ReceiptIssued,
)
from shared.contracts.reporting import MakeStatistics, StatisticsReady

MOST_ROWS_A_DAY = 100_000


@on(MakeStatistics)
async def make_statistics(command: MakeStatistics, work: Work) -> None:
    """Add up the rows of the days asked for."""
    rows: list[PaymentRow] = []
    for offset in range((command.last - command.first).days + 1):
        day = command.first + timedelta(days=offset)
        rows += await work.find(ROWS, {"day": day.isoformat()}, limit=MOST_ROWS_A_DAY)
    work.emit(
        StatisticsReady(asked_by=command.asked_by, first=command.first, last=command.last, figures=figures_of(rows))
    )


_Told = (
    PaymentInitiated
    | PaymentUncertain
    | PaymentSettled
    | PaymentCancelled
    | PaymentFailed
    | PaymentExpired
    | PaymentDisputed
    | PaymentRefunded
    | PaymentNeedsReview
)


async def _row(event: _Told, state: RowState, at: datetime, work: Work) -> PaymentRow:
    """The payment's row, moved to `state`; made when this is the first word of the payment."""
    row = await work.open(
        ROWS,
        event.payment_id,
        lambda: PaymentRow(
            payment_id=event.payment_id,
            amount=event.amount,
            method=event.method,
            state=state,
            day=harare_day(at),
        ),
    )
    row.move(state, at)
    if not isinstance(event, PaymentInitiated | PaymentUncertain):
        row.purpose = event.purpose
    return row


@on(PaymentInitiated)
async def note_initiated(event: PaymentInitiated, work: Work) -> None:
    """The payer was asked."""
    await _row(event, "open", work.now, work)


@on(PaymentUncertain)
async def note_uncertain(event: PaymentUncertain, work: Work) -> None:
    """It is not known yet whether the payer was asked."""
    await _row(event, "open", work.now, work)


@on(PaymentSettled)
async def note_settled(event: PaymentSettled, work: Work) -> None:
    """The money is in."""
    await _row(event, "settled", event.settled_at, work)


@on(PaymentCancelled)
async def note_cancelled(event: PaymentCancelled, work: Work) -> None:
    """The payer cancelled."""
    await _row(event, "cancelled", event.cancelled_at, work)


@on(PaymentFailed)
async def note_failed(event: PaymentFailed, work: Work) -> None:
    """The provider refused."""
    await _row(event, "failed", event.failed_at, work)


@on(PaymentExpired)
async def note_expired(event: PaymentExpired, work: Work) -> None:
    """Nothing came of it."""
    await _row(event, "expired", event.expired_at, work)


@on(PaymentDisputed)
async def note_disputed(event: PaymentDisputed, work: Work) -> None:
    """The funds are held: they count no more until the provider gives them back."""
    await _row(event, "disputed", event.disputed_at, work)


@on(PaymentRefunded)
async def note_refunded(event: PaymentRefunded, work: Work) -> None:
    """The money went back."""
    await _row(event, "refunded", event.refunded_at, work)


@on(PaymentNeedsReview)
async def note_review(event: PaymentNeedsReview, work: Work) -> None:
    """Staff must look."""
    await _row(event, "needs_review", event.noticed_at, work)


@on(ReceiptIssued)
async def note_receipt(event: ReceiptIssued, work: Work) -> None:
    """The row gets its receipt number; the settlement came before, in the same lane."""
    row = await work.load(ROWS, event.payment_id)
    row.receipt_number = event.receipt_number


@on(StaffCommandUsed)
async def keep_staff_use(event: StaffCommandUsed, work: Work) -> None:
    """Write the audit trail."""
    await work.open(
        STAFF_USE,
        work.message_id,
        lambda: StaffUse(member=event.member, command=event.command, allowed=event.allowed, at=event.at),
    )


@on(MessageFailed)
async def keep_failed_delivery(event: MessageFailed, work: Work) -> None:
    """Keep what never reached its person."""
    await work.open(
        FAILED_DELIVERIES,
        event.reference,
        lambda: FailedDelivery(member=event.member, reference=event.reference, code=event.code, at=event.at),
    )
