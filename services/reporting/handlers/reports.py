"""Reports: asked for, made outside of the lanes, delivered; and those that the calendar asks for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

from services.reporting.ports import PROGRESS, RENDER, RING, RenderAnswer, RenderRequest, Ring, Rung, Wait
from services.reporting.settings import ReportingSettings
from services.reporting.store import FINANCE_PEOPLE, PLANS, REPORTS, FinancePerson, Plan, Report
from shared.bus.handlers import answered, on
from shared.bus.work import Work
from shared.contracts.conversation import FinanceHeard
from shared.contracts.reporting import MakeReport, ReportFailed, ReportProgress, ReportReady, Schedule
from shared.kernel.ids import derive_id
from shared.outcalls.calls import Unknown, Unreached

LONGEST_DAYS = 800
"""Two years and a bit."""
PATIENCE = timedelta(seconds=4)
"""After this somebody who waits is told that it takes longer."""
MOST_PEOPLE = 50


@on(MakeReport)
async def make_report(command: MakeReport, work: Work) -> None:
    """Have the file made."""
    days = (command.last - command.first).days + 1
    if not 0 < days <= LONGEST_DAYS:
        rule = "too_long" if days > 0 else "period"
        work.emit(ReportFailed(rule=rule, **_about(command)))
        return
    await work.open(
        REPORTS,
        derive_id("R", work.message_id),
        lambda: Report(also_to=command.also_to, schedule=command.schedule, asked_at=work.now, **_about(command)),
    )
    work.call(RENDER, RenderRequest(kind=command.kind, first=command.first, last=command.last))
    if command.schedule is None:
        work.call(PROGRESS, Wait(), due=work.now + PATIENCE)


@answered(RENDER, REPORTS)
async def rendered(
    report: Report, request: RenderRequest, outcome: RenderAnswer | Unknown | Unreached, work: Work
) -> None:
    """Tell everybody whom it is for."""
    work.drop_calls(PROGRESS)
    file = outcome.file if isinstance(outcome, RenderAnswer) else None
    report.state, report.file = ("ready", file) if file else ("failed", None)
    for member in (report.asked_by, *report.also_to):
        about = {**_about(report), "asked_by": member}
        match outcome:
            case RenderAnswer(file=None):
                work.emit(ReportFailed(rule="too_long", **about))
            case RenderAnswer():
                ready = {**outcome.model_dump(), "schedule": report.schedule}
                work.emit(ReportReady(report_id=work.held[1].id, **ready, **about))
            case _:
                work.emit(ReportFailed(rule="broken", **about))


@answered(PROGRESS, REPORTS)
async def still_making(report: Report, request: Wait, outcome: Rung | Unknown | Unreached, work: Work) -> None:
    """It takes longer than a few seconds."""
    if report.state == "making":
        work.emit(ReportProgress(**_about(report)))


@on(FinanceHeard)
async def know_finance(event: FinanceHeard, work: Work) -> None:
    """Who of finance is which member: whom scheduled reports and sign-in codes go to."""
    phone = event.phone
    if phone not in _settings(work).finance_phone:
        return
    known = await work.read(FINANCE_PEOPLE, phone)
    if known is None or known.member != event.member:
        person = await work.open(FINANCE_PEOPLE, phone, lambda: FinancePerson(phone=phone, member=event.member))
        person.member = event.member


def _planned(schedule: Schedule) -> Callable[[FinanceHeard, Work], Awaitable[None]]:
    @on(FinanceHeard)
    async def plan(event: FinanceHeard, work: Work) -> None:
        if event.phone not in _settings(work).finance_phone:
            return
        time = _settings(work).report_times.of(schedule)
        known = await work.read(PLANS, schedule)
        if time is None or (known and known.time == str(time)):
            return
        kept = await work.open(PLANS, schedule, Plan)
        kept.time = str(time)
        work.drop_calls(RING)
        at = time.next_after(work.now)
        work.call(RING, Ring(schedule=schedule, at=at), due=at)

    plan.__name__ = f"plan_{schedule}"
    return plan


plan_daily = _planned("daily")
plan_weekly = _planned("weekly")
plan_monthly = _planned("monthly")
"""A schedule begins when somebody of finance is first heard of: before, there is nobody to send it to."""


@answered(RING, PLANS)
async def rang(plan: Plan, request: Ring, outcome: Rung | Unknown | Unreached, work: Work) -> None:
    """Ask for the report, and set the next timer; the settings may have changed since the last one."""
    settings = _settings(work)
    time = settings.report_times.of(request.schedule)
    plan.time = str(time) if time else ""
    if time is None:
        return
    people = await work.find(FINANCE_PEOPLE, {}, limit=MOST_PEOPLE)
    members = list(dict.fromkeys(person.member for person in people if person.phone in settings.finance_phone))
    if members:
        period = time.period_before(request.at)
        work.emit(
            MakeReport(
                asked_by=members[0],
                also_to=tuple(members[1:]),
                kind="pdf",
                first=period.first,
                last=period.last,
                schedule=request.schedule,
            )
        )
    following = time.next_after(request.at)
    work.call(RING, Ring(schedule=request.schedule, at=following), due=following)


def _about(what: MakeReport | Report) -> dict[str, object]:
    return {"asked_by": what.asked_by, "kind": what.kind, "first": what.first, "last": what.last}


def _settings(work: Work) -> ReportingSettings:
    settings: ReportingSettings = work.settings
    return settings
