"""Reports are made outside of the lanes, delivered to whoever asked, and sent by the calendar."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from services.reporting.app import make
from services.reporting.domain.calendar import Calendar, Period
from services.reporting.ports import RENDER, RenderAnswer, RenderRequest
from services.reporting.store import FINANCE_PEOPLE, PLANS, REPORT_FILES, REPORTS
from services.reporting.tests.pages_world import PagesWorld
from services.reporting.tests.test_ledger import settled
from shared.contracts.conversation import FinanceHeard
from shared.contracts.reporting import MakeReport, ReportFailed, ReportProgress, ReportReady
from shared.kernel.clock import VirtualClock
from shared.kernel.ids import MemberId
from shared.runtime.service import Service
from shared.testing.harness import Harness, look_every

ASKER, OTHER = MemberId("M-asker"), MemberId("M-other")
DAY = VirtualClock().now().date()


def asked(**change: object) -> MakeReport:
    return MakeReport.model_validate({"asked_by": ASKER, "kind": "csv", "first": DAY, "last": DAY, **change})


def heard(member: MemberId, phone: str) -> FinanceHeard:
    return FinanceHeard(member=member, phone=phone, at=VirtualClock().now())


@pytest.mark.parametrize(("kind", "ending"), [("csv", "csv"), ("pdf", "pdf"), ("excel", "xlsx")])
async def test_a_report_is_kept_and_told_with_its_figures(kind: str, ending: str) -> None:
    async with Harness({"reporting": make}) as harness:
        await harness.say(settled("P-1"), asked(kind=kind))
        ready = harness.only(ReportReady)
        assert (ready.asked_by, ready.kind, ready.first, ready.schedule) == (ASKER, kind, DAY, None)
        assert ready.file.name == f"payments-{DAY}.{ending}"
        assert [(figure.total.currency, figure.settled) for figure in ready.figures] == [("USD", 1)]
        [document] = harness.documents("reporting", REPORTS)
        report = REPORTS.state.model_validate(document.state)
        [file] = harness.documents("reporting", REPORT_FILES)
        assert (document.id, report.state, report.file_id) == (ready.report_id, "ready", file.id)
        assert file.state["sha256"] == ready.file.sha256
        await harness.advance(10)
        assert harness.all(ReportProgress) == []


async def test_who_else_it_is_for_is_told_too() -> None:
    async with Harness({"reporting": make}) as harness:
        await harness.say(asked(also_to=(OTHER,)))
        assert [ready.asked_by for ready in harness.all(ReportReady)] == [ASKER, OTHER]


@pytest.mark.parametrize(
    ("first", "last", "rule"), [(DAY, DAY - timedelta(days=1), "period"), (date(2020, 1, 1), DAY, "too_long")]
)
async def test_a_period_that_cannot_be_is_refused(first: date, last: date, rule: str) -> None:
    async with Harness({"reporting": make}) as harness:
        await harness.say(asked(first=first, last=last))
        assert harness.only(ReportFailed).rule == rule


def rendering(adapter: Callable[[RenderRequest], Awaitable[RenderAnswer]]) -> Callable[[Service], Service]:
    return lambda service: replace(service, calls={**service.calls, RENDER: adapter})


async def test_a_report_that_takes_long_says_so_once() -> None:
    ready = asyncio.Event()

    async def slowly(request: RenderRequest) -> RenderAnswer:
        await ready.wait()
        return RenderAnswer(file=None, figures=())

    async with Harness({"reporting": make}, wrap=rendering(slowly)) as harness:
        asking = asyncio.create_task(harness.say(asked()))
        for _ in range(200):
            await asyncio.sleep(0)
        await harness.clock.advance(10)
        assert harness.only(ReportProgress).kind == "csv"
        ready.set()
        await asking
        assert harness.only(ReportFailed).rule == "too_long"
        assert len(harness.all(ReportProgress)) == 1


async def test_a_report_that_cannot_be_made_is_told_and_not_tried_for_ever() -> None:
    tries = 0

    async def broken(request: RenderRequest) -> RenderAnswer:
        nonlocal tries
        tries += 1
        raise ZeroDivisionError

    async with Harness({"reporting": make}, wrap=rendering(broken)) as harness:
        await harness.say(asked())
        await harness.advance(150, step=5)
        assert harness.only(ReportFailed).rule == "broken"
        assert 1 < tries < 12


async def test_the_calendar_sends_whole_periods_to_all_of_finance_and_to_nobody_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REPORT_TIMES", "daily 10:01; weekly tuesday 10:02; monthly 24 10:03")
    async with Harness({"reporting": make}) as harness:  # Tuesday 24 November 2026, 10:00 in Harare
        await harness.say(heard(OTHER, "+263773000009"))
        assert harness.documents("reporting", PLANS) == []
        await harness.say(heard(ASKER, "+263773000001"), heard(OTHER, "+263773000002"))
        assert len(harness.documents("reporting", FINANCE_PEOPLE)) == 2
        await harness.advance(240, step=60)
        ready = harness.all(ReportReady)
        assert {(one.asked_by, one.schedule, one.first, one.last) for one in ready} == {
            (member, *about)
            for member in (ASKER, OTHER)
            for about in (
                ("daily", date(2026, 11, 23), date(2026, 11, 23)),
                ("weekly", date(2026, 11, 16), date(2026, 11, 22)),
                ("monthly", date(2026, 10, 1), date(2026, 10, 31)),
            )
        }
        assert {one.kind for one in ready} == {"pdf"}
        assert harness.all(ReportProgress) == []
        following = {plan.id: plan.due_at for plan in harness.documents("reporting", PLANS)}
        assert following == {
            "daily": datetime(2026, 11, 25, 8, 1, tzinfo=UTC),
            "weekly": datetime(2026, 12, 1, 8, 2, tzinfo=UTC),
            "monthly": datetime(2026, 12, 24, 8, 3, tzinfo=UTC),
        }


async def test_a_time_that_was_missed_is_made_up_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPORT_TIMES", "daily 10:01")
    async with Harness({"reporting": make}) as harness:
        await harness.say(heard(ASKER, "+263773000001"))
        [plan] = harness.documents("reporting", PLANS)
        three_days_ago = datetime(2026, 11, 21, 8, 1, tzinfo=UTC)  # as if reporting had not run since
        [call] = plan.outcalls
        call.due_at = call.first_due_at = three_days_ago
        call.request = {"schedule": "daily", "at": three_days_ago.isoformat()}
        await harness.running["reporting"].stores.commit(PLANS, plan, now=harness.clock.now())
        await harness.advance(10)
        assert {one.first.day for one in harness.all(ReportReady)} == {20, 21, 22}


async def test_a_message_of_finance_that_changes_nothing_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPORT_TIMES", "daily 07:00")
    async with Harness({"reporting": make}) as harness:
        await harness.say(heard(ASKER, "+263773000001"))
        before = [
            document.version for kind in (FINANCE_PEOPLE, PLANS) for document in harness.documents("reporting", kind)
        ]
        await harness.say(heard(ASKER, "+263773000001"))
        after = [
            document.version for kind in (FINANCE_PEOPLE, PLANS) for document in harness.documents("reporting", kind)
        ]
        assert before == after
        await harness.say(heard(OTHER, "+263773000001"))
        [person] = harness.documents("reporting", FINANCE_PEOPLE)
        assert person.state["member"] == OTHER


async def test_a_report_too_big_to_be_sent_is_fetched_by_a_signed_link_for_a_week(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REPORT_DOCUMENT_BYTES", "500")
    async with PagesWorld() as world:
        day = world.harness.clock.now().date()
        await world.harness.say(settled("P-1"))
        for kind in ("csv", "pdf"):
            asked = {"asked_by": ASKER, "kind": kind, "first": day, "last": day}
            await world.harness.say(MakeReport.model_validate(asked))
        small, big = world.harness.all(ReportReady)
        assert small.link is None
        assert big.link is not None
        assert big.link.startswith("http://127.0.0.1:8010/finance/files/F-")
        path = big.link.removeprefix("http://127.0.0.1:8010")
        browser = world.browser()  # not signed in
        answer = await browser.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
        assert hashlib.sha256(answer.content).hexdigest() == big.file.sha256
        assert answer.headers["cache-control"] == "no-store"
        for wrong in (path[:-1] + ("0" if path[-1] != "0" else "1"), path.replace("expires=1", "expires=2"), "F-1"):
            refused = await browser.get(wrong if wrong.startswith("/") else f"/finance/files/{wrong}")
            assert refused.status_code == 403
            assert "not made here" in refused.text
        look_every(86_400, monkeypatch)
        await world.harness.advance(7 * 86_400, step=86_400)
        over = await browser.get(path)
        assert over.status_code == 403
        assert "ask for the report again" in over.text


@pytest.mark.parametrize(
    ("text", "now", "following", "period"),
    [
        ("daily 07:00", "2026-11-24T04:59", "2026-11-24T05:00", ("2026-11-23", "2026-11-23")),
        ("daily 07:00", "2026-11-24T05:00", "2026-11-25T05:00", ("2026-11-24", "2026-11-24")),
        ("daily 00:00", "2026-12-31T21:59", "2026-12-31T22:00", ("2026-12-31", "2026-12-31")),
        ("weekly sunday 23:59", "2026-11-24T05:00", "2026-11-29T21:59", ("2026-11-16", "2026-11-22")),
        ("monthly 1 07:00", "2026-12-02T05:00", "2027-01-01T05:00", ("2026-12-01", "2026-12-31")),
        ("monthly 28 07:00", "2028-02-28T05:00", "2028-03-28T05:00", ("2028-02-01", "2028-02-29")),
    ],
)
def test_times_and_periods_are_those_of_harare(text: str, now: str, following: str, period: tuple[str, str]) -> None:
    [time] = Calendar.parse(text).times
    at = time.next_after(datetime.fromisoformat(now).replace(tzinfo=UTC))
    assert at == datetime.fromisoformat(following).replace(tzinfo=UTC)
    assert time.period_before(at) == Period(*map(date.fromisoformat, period))
    assert str(time) == text


@pytest.mark.parametrize(
    "text", ["hourly 07:00", "daily 25:00", "weekly 07:00", "weekly funday 07:00", "monthly 29 07:00", "daily 7:00"]
)
def test_a_time_that_cannot_be_names_itself(text: str) -> None:
    with pytest.raises(ValueError, match=text):
        Calendar.parse(text)


def test_times_are_told_as_people_say_them() -> None:
    assert [time.told for time in Calendar.parse("daily 06:30; weekly friday 17:00; monthly 28 07:00").times] == [
        "every day at 06:30",
        "every Friday at 17:00",
        "on day 28 of each month at 07:00",
    ]


@pytest.mark.parametrize(
    ("first", "last", "name"),
    [("2026-11-24", "2026-11-24", "2026-11-24"), ("2026-11-01", "2026-11-30", "2026-11-01-to-2026-11-30")],
)
def test_a_file_of_one_day_is_named_by_it(first: str, last: str, name: str) -> None:
    assert Period(date.fromisoformat(first), date.fromisoformat(last)).in_file_names == name


def test_one_schedule_has_one_time() -> None:
    with pytest.raises(ValueError, match="twice"):
        Calendar.parse("daily 07:00; daily 08:00")
    assert Calendar.parse(" off ").times == ()
