"""Tells staff what reporting answers to their commands, and brings reports to whom they are for."""

from __future__ import annotations

from services.conversation.domain.profile import Profile
from services.conversation.engine.texts import speaking
from services.conversation.handlers.telling import say_to, tell
from services.conversation.store import PROFILES
from services.conversation.texts import reports, staff
from shared.bus.handlers import on
from shared.bus.work import Work
from shared.contracts.gateway import HealthShown
from shared.contracts.notifier import SendMessage
from shared.contracts.reporting import (
    AuditShown,
    PaymentShown,
    RefundsShown,
    ReportFailed,
    ReportProgress,
    ReportReady,
    ReviewShown,
    StatisticsReady,
    VolunteersListed,
)
from shared.kernel.ids import MemberId


@on(StatisticsReady)
async def tell_statistics(event: StatisticsReady, work: Work) -> None:
    """The answer to /stats."""
    await tell(event.asked_by, event, lambda _here: staff.statistics(event), work)


@on(ReportProgress)
async def tell_progress(event: ReportProgress, work: Work) -> None:
    """The report is being made."""
    await say_to(event.asked_by, lambda: reports.progress(event), work)


@on(ReportReady)
async def bring_report(event: ReportReady, work: Work) -> None:
    """The document or its link, asked for or due; outside the 24 hours as the template that carries it."""
    profile = await work.read(PROFILES, event.asked_by) or Profile()
    with speaking(profile.language or "en"):
        content, template = reports.ready(event), reports.late(event)
    work.emit(SendMessage(member=event.asked_by, content=content, purpose="report", template=template))


@on(ReportFailed)
async def tell_report_failed(event: ReportFailed, work: Work) -> None:
    """No report, and what helps."""
    await say_to(event.asked_by, lambda: reports.failed(event), work)


@on(PaymentShown)
async def tell_payment(event: PaymentShown, work: Work) -> None:
    """The answer to /payment."""
    await tell(event.asked_by, event, lambda _here: staff.payment(event), work)


@on(ReviewShown)
async def tell_review(event: ReviewShown, work: Work) -> None:
    """The answer to /review."""
    await tell(event.asked_by, event, lambda _here: staff.review(event), work)


@on(RefundsShown)
async def tell_refunds(event: RefundsShown, work: Work) -> None:
    """The answer to /refunds."""
    await tell(event.asked_by, event, lambda _here: staff.refunds(event), work)


@on(AuditShown)
async def tell_audit(event: AuditShown, work: Work) -> None:
    """The answer to /audit: by the names that we know."""
    names: dict[MemberId, str] = {}
    for member in {line.who for line in event.entries}:
        profile = await work.read(PROFILES, member) or Profile()
        phone = profile.staff.phone if profile.staff else None
        names[member] = profile.name or phone or ""
    await tell(event.asked_by, event, lambda _here: staff.audit(event, names), work)


@on(HealthShown)
async def tell_health(event: HealthShown, work: Work) -> None:
    """The answer to /health."""
    await tell(event.asked_by, event, lambda _here: staff.health(event), work)


@on(VolunteersListed)
async def tell_volunteers(event: VolunteersListed, work: Work) -> None:
    """The answer to /volunteers."""
    await tell(event.asked_by, event, lambda _here: staff.volunteers(event), work)
