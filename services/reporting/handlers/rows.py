"""Each event of a payment moves its row."""

from __future__ import annotations

from datetime import datetime

from services.reporting.domain.log import Told, fact_of
from services.reporting.domain.rows import PaymentRow, RowState, TrailEntry, harare_day
from services.reporting.store import ROWS
from shared.bus.handlers import on
from shared.bus.work import Work
from shared.contracts.payments import (
    PaymentCancelled,
    PaymentDisputed,
    PaymentExpired,
    PaymentFailed,
    PaymentInitiated,
    PaymentNeedsReview,
    PaymentRefunded,
    PaymentRejected,
    PaymentSettled,
    PaymentUncertain,
    ReceiptIssued,
)
from shared.telemetry.tracing import trace_id_of


async def _row(event: Told, state: RowState, at: datetime, work: Work) -> PaymentRow:
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
            at=at,
            trace_id=trace_id_of(work.traceparent),
        ),
    )
    row.move(state, at)
    fact = fact_of(event, work.settings.rules)
    row.cause = fact.cause
    row.purpose = fact.purpose or row.purpose
    row.trail.append(TrailEntry(at=at, event=event.NAME.partition(".")[2], cause=fact.cause))
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
    row = await _row(event, "settled", event.settled_at, work)
    row.provider_reference = event.provider_reference
    row.congregation = event.congregation or row.congregation
    row.province = event.province or row.province


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


@on(PaymentRejected)
async def note_rejected(event: PaymentRejected, work: Work) -> None:
    """Staff say that no money came."""
    await _row(event, "rejected", event.rejected_at, work)


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
    """The row gets its receipt number; the settlement came before, in the same lane.

    A correction changes nothing of the money: neither state nor day.
    """
    row = await work.load(ROWS, event.payment_id)
    row.receipt_number = event.receipt_number
    if event.replaces is None:
        row.trail.append(TrailEntry(at=event.issued_at, event="receipt_issued", cause=event.receipt_number))
        return
    row.replaced_receipts.append(event.replaces)
    row.purpose = fact_of(event, work.settings.rules).purpose
    cause = f"{event.replaces} → {event.receipt_number}"
    row.trail.append(TrailEntry(at=event.issued_at, event="receipt_corrected", cause=cause))
