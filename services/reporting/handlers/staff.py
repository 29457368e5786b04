"""The audit trail, and what did not arrive."""

from __future__ import annotations

from services.reporting.store import FAILED_DELIVERIES, STAFF_USE, FailedDelivery, StaffUse
from shared.bus.handlers import on
from shared.bus.work import Work
from shared.contracts.conversation import StaffCommandUsed
from shared.contracts.notifier import MessageFailed


@on(StaffCommandUsed)
async def keep_staff_use(event: StaffCommandUsed, work: Work) -> None:
    """Write the audit trail: the command, and which payment, receipt or purpose it named."""
    command = f"{event.command} {event.about}" if event.about else event.command
    await work.open(
        STAFF_USE,
        work.message_id,
        lambda: StaffUse(member=event.member, command=command, allowed=event.allowed, at=event.at),
    )


@on(MessageFailed)
async def keep_failed_delivery(event: MessageFailed, work: Work) -> None:
    """Keep what never reached its person."""
    await work.open(
        FAILED_DELIVERIES,
        event.reference,
        lambda: FailedDelivery(member=event.member, reference=event.reference, code=event.code, at=event.at),
    )
