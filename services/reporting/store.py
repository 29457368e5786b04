"""Reporting's documents."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from services.reporting.domain.rows import PaymentRow
from shared.kernel.ids import MemberId
from shared.store.documents import Kind


class StaffUse(BaseModel):
    """One use of a staff command, allowed or not."""

    member: MemberId
    command: str
    allowed: bool
    at: datetime


class FailedDelivery(BaseModel):
    """A message of ours that will not arrive."""

    member: MemberId
    reference: str
    code: int | None
    at: datetime


ROWS = Kind("payment_rows", PaymentRow, indexes=(("day",),))
"""One per payment, under the payment id."""

STAFF_USE = Kind("staff_use", StaffUse, indexes=(("at",), ("member", "at")))
"""The audit trail: one per use, under the id of the event that told of it."""

FAILED_DELIVERIES = Kind("failed_deliveries", FailedDelivery, indexes=(("at",),))
"""One per message, under its reference."""
