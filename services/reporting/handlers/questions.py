"""Questions from the chat, answered from the read models."""

from __future__ import annotations

from services.reporting.domain.calendar import Period
from services.reporting.domain.figures import credex_figures, figures_of
from services.reporting.domain.rows import PaymentRow
from services.reporting.gather import credex_of
from services.reporting.store import EXCEPTIONS, ROWS, STAFF_USE
from shared.bus.handlers import on
from shared.bus.work import Work
from shared.contracts.reporting import (
    AuditLine,
    AuditShown,
    MakeStatistics,
    PaymentLine,
    PaymentShown,
    RefundsShown,
    ReviewShown,
    ShowAudit,
    ShowPayment,
    ShowRefunds,
    ShowReview,
    StatisticsReady,
    TrailLine,
)
from shared.store.documents import Span

LINES = 10
AUDIT_LINES = 20
MOST = 1000
"""What is counted beyond a list's end."""
_WAITING = ("needs_review", "disputed", "open")


@on(MakeStatistics)
async def make_statistics(command: MakeStatistics, work: Work) -> None:
    """The figures of the days asked for."""
    period = {"day": Span(command.first.isoformat(), command.last.isoformat())}
    groups = await work.sums(ROWS, period, by=("currency", "state"), of="minor")
    work.emit(
        StatisticsReady(
            asked_by=command.asked_by,
            first=command.first,
            last=command.last,
            figures=figures_of(groups),
            credex=credex_figures(await credex_of(work, Period(command.first, command.last))),
        )
    )


@on(ShowPayment)
async def show_payment(command: ShowPayment, work: Work) -> None:
    """One payment's trail."""
    found = await work.find(ROWS, {"words": command.reference.strip().lower()}, limit=1)
    row = found[0] if found else None
    work.emit(
        PaymentShown(
            asked_by=command.asked_by,
            reference=command.reference,
            payment=_line(row) if row else None,
            provider_reference=row.provider_reference if row else None,
            trail=tuple(TrailLine(**entry.model_dump()) for entry in row.trail) if row else (),
        )
    )


@on(ShowReview)
async def show_review(command: ShowReview, work: Work) -> None:
    """What waits for staff; what is odd comes before what only waits to be seen at the bank."""
    found = [row for state in _WAITING for row in await work.find(ROWS, {"state": state}, order="day", limit=MOST)]
    rows = [row for row in found if row.state != "open" or row.method == "manual"]
    rows.sort(key=lambda row: (row.state == "open", row.at))
    exceptions = await work.find(EXCEPTIONS, {"open": True}, limit=MOST)
    work.emit(
        ReviewShown(
            asked_by=command.asked_by,
            payments=tuple(map(_line, rows[:LINES])),
            more=max(0, len(rows) - LINES),
            exceptions=len(exceptions),
        )
    )


@on(ShowRefunds)
async def show_refunds(command: ShowRefunds, work: Work) -> None:
    """The latest refunds."""
    rows = await work.find(ROWS, {"state": "refunded"}, order="-day", limit=MOST)
    work.emit(
        RefundsShown(
            asked_by=command.asked_by, payments=tuple(map(_line, rows[:LINES])), more=max(0, len(rows) - LINES)
        )
    )


@on(ShowAudit)
async def show_audit(command: ShowAudit, work: Work) -> None:
    """Who did what."""
    where = {"day": Span(command.first.isoformat(), command.last.isoformat())}
    who = {"member": command.who} if command.who else {}
    uses = await work.find(STAFF_USE, {**who, **where}, order="-at", limit=MOST)
    lines = tuple(
        AuditLine(at=use.at, who=use.member, command=use.command, allowed=use.allowed) for use in uses[:AUDIT_LINES]
    )
    work.emit(
        AuditShown(
            asked_by=command.asked_by,
            first=command.first,
            last=command.last,
            entries=lines,
            more=max(0, len(uses) - AUDIT_LINES),
        )
    )


def _line(row: PaymentRow) -> PaymentLine:
    return PaymentLine(
        reference=row.payment_id,
        amount=row.amount,
        method=row.method,
        state=row.state,
        purpose=row.purpose,
        at=row.at,
        receipt_number=row.receipt_number,
        cause=row.cause,
    )
