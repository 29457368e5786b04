"""A lost answer is found out by trace: Paynow has the request, or provably never had it (Paynow contract 4.2)."""

from __future__ import annotations

from datetime import datetime, timedelta

from services.payments.domain.apply_status import OUTCOMES, StatusReport, apply_status, mismatch
from services.payments.domain.initiate import failed, initiated
from services.payments.domain.payment import Payment
from shared.contracts.base import Event

BETWEEN_NOT_FOUND = timedelta(minutes=1)
"""Two provable answers "not found", at least this far apart, mean that Paynow never had the request (contract 4.2)."""


def found(payment: Payment, report: StatusReport, poll_url: str, *, test_mode: bool, now: datetime) -> list[Event]:
    """Paynow has the request: go on as if the answer had come, from the status that it has by now."""
    events = apply_status(payment, report, "trace", now)
    if mismatch(payment, report):
        return events
    seemed_lost = payment.state == "uncertain" or (payment.state == "failed" and payment.poll_url is None)
    payment.poll_url = payment.poll_url or poll_url
    if seemed_lost and report.word not in OUTCOMES:
        payment.asked_since = now
        payment.move("awaiting_payer", now, f"found: {report.word}", report.evidence)
        events.append(initiated(payment, test_mode=test_mode))
    return events


def not_found(payment: Payment, now: datetime, evidence: str) -> list[Event]:
    """Paynow proves that it knows no such request. Once may be too early; twice is the truth."""
    if payment.state != "uncertain":
        return []
    if payment.not_found_at is None:
        payment.not_found_at = now
        payment.note(now, "trace: not found", evidence)
        return []
    if now - payment.not_found_at < BETWEEN_NOT_FOUND:
        return []
    payment.move("failed", now, "trace: not found again", evidence)
    return [failed(payment, "unreachable", now)]
