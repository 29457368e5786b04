"""The event log: every event that reporting accepted, numbered without gaps, each once, without any person."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from services.reporting.domain.accounts import OTHER, Rules, journal_of, moves_something
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
from shared.contracts.reporting import Fact, LogEvent

Told = (
    PaymentInitiated
    | PaymentUncertain
    | PaymentSettled
    | PaymentCancelled
    | PaymentFailed
    | PaymentExpired
    | PaymentRejected
    | PaymentDisputed
    | PaymentRefunded
    | PaymentNeedsReview
    | ReceiptIssued
)
"""The events of payments that the log accepts."""


class LogEntry(BaseModel):
    """One event. `number` counts all from 1; `place` counts those that move something, per journal.

    `currency` names the journal, as `journal_of` does.
    """

    number: int
    event_id: str
    event: str
    at: datetime
    recorded_at: datetime
    fact: Fact
    currency: str | None
    place: int | None

    @property
    def id(self) -> str:
        """The id of its document: that it is taken makes a second entry of one number impossible."""
        return log_id(self.number)


def log_id(number: int) -> str:
    """The document's id of an entry."""
    return f"{number:012}"


def entry_after(
    last: LogEntry | None, last_of_currency: LogEntry | None, command: LogEvent, recorded_at: datetime
) -> LogEntry:
    """The entry that follows `last`; `last_of_currency` is the last of the same journal.

    Read `last` first: an entry that came between the two reads then takes the number, and this one is decided again.
    """
    place = None
    if moves_something(command.event, command.fact):
        place = ((last_of_currency.place or 0) if last_of_currency else 0) + 1
    return LogEntry(
        number=(last.number if last else 0) + 1,
        event_id=command.event_id,
        event=command.event,
        at=command.at,
        recorded_at=recorded_at,
        fact=command.fact,
        currency=journal_of(command.fact),
        place=place,
    )


def fact_of(event: Told, rules: Rules) -> Fact:
    """What the log keeps of an event. A purpose in a donor's own words may name somebody: it is "Other" there."""
    purpose: str | None = getattr(event, "purpose", None)
    cause = getattr(event, "cause", None) or getattr(event, "reason", None)
    if isinstance(event, PaymentRejected):
        cause = None  # staff's own words
    if isinstance(event, ReceiptIssued):
        cause = event.receipt_number
    known = None if purpose is None else known_purpose(purpose, rules)
    before: str | None = getattr(event, "purpose_before", None)
    known_before = None if before is None else known_purpose(before, rules)
    return Fact(
        payment_id=event.payment_id,
        amount=event.amount,
        method=event.method,
        purpose=known,
        purpose_before=known_before if known_before != known else None,
        after=getattr(event, "after", None),
        cause=cause,
    )


def known_purpose(purpose: str, rules: Rules) -> str:
    """The purpose as funds and reports name it."""
    return purpose if purpose in rules.purposes else OTHER


def time_of(event: Told, heard_at: datetime) -> datetime:
    """When it happened, where the event says so."""
    for field in ("settled_at", "cancelled_at", "failed_at", "expired_at", "rejected_at", "disputed_at", "refunded_at"):
        if field in type(event).model_fields and not isinstance(event, ReceiptIssued):
            at: datetime = getattr(event, field)
            return at
    told: datetime | None = getattr(event, "issued_at", None) or getattr(event, "noticed_at", None)
    return told or heard_at
