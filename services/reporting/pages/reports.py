"""Reports: ask for one, see those that were made, fetch their files; and the donors, the audit trail, the settings."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import get_args

from aiohttp import web
from pydantic import BaseModel

from services.reporting.domain.calendar import Period
from services.reporting.gather import donors_of, name_of, within
from services.reporting.links import BadLink, Links
from services.reporting.pages.desk import BadForm, Desk, Visit, field, see_other
from services.reporting.store import GIFTS, REPORTS, STAFF_USE, StaffUse
from shared.bus.entry import Arrival
from shared.contracts.reporting import MakeReport, ReportKind
from shared.http.files import Files, download
from shared.kernel.ids import new_id
from shared.store.documents import Kind

SHOWN = 50
DONORS = 25
USES = 500


class Asked(BaseModel):
    """A command that a page sent."""

    what: str


ASKED = Kind("asked_on_pages", Asked, home="redis", keep=timedelta(days=1))


class Reports:
    """`/finance/reports`, `/finance/donors`, `/finance/audit`, `/finance/settings`."""

    def __init__(self, desk: Desk, files: Files) -> None:
        self._desk = desk
        self._files = files
        self._links = Links(desk.settings, desk.clock)

    async def table(self, visit: Visit) -> web.StreamResponse:
        """What was made, the newest first."""
        reports = await self._desk.entry.find(REPORTS, {}, order="-asked_at", limit=SHOWN)
        today = self._desk.today
        return self._desk.show(
            visit,
            "reports.html",
            reports=[(Period(report.first, report.last), report) for report in reports],
            first=today.replace(day=1),
            last=today,
            calendar=[time.told for time in self._desk.settings.report_times.times],
        )

    async def ask(self, visit: Visit) -> web.StreamResponse:
        """Have one made; it also comes to the asker's phone."""
        form = await visit.request.post()
        kind = field(form, "kind")
        if kind not in get_args(ReportKind):
            raise BadForm("Choose PDF, Excel, CSV or CSV of credexes.")
        period = self._desk.period({"first": field(form, "first"), "last": field(form, "last")}, days=30)
        command = MakeReport.model_validate(
            {"asked_by": visit.member, "kind": kind, "first": period.first, "last": period.last}
        )
        asked = Arrival(ASKED, new_id("A", self._desk.chance), Asked(what=command.NAME), [command])
        await self._desk.entry.accept([asked])
        await self._desk.note(visit, f"asked for a report ({kind}) of {period}")
        return see_other("/finance/reports")

    async def file(self, visit: Visit) -> web.StreamResponse:
        """The file of a report."""
        found = await self._files.read(visit.request.match_info["id"])
        if found is None:
            raise web.HTTPNotFound
        await self._desk.note(visit, f"fetched {found[0].name}")
        return download(*found)

    async def linked(self, request: web.Request) -> web.StreamResponse:
        """The file behind a link from the chat: who has it need not sign in."""
        id = request.match_info["id"]
        try:
            self._links.check(id, request.query)
        except BadLink as error:
            return self._desk.refused(403, str(error))
        found = await self._files.read(id)
        if found is None:
            return self._desk.refused(404, "The file is kept no more; ask for the report again.")
        return self._desk.secured(download(*found))

    async def donors(self, visit: Visit) -> web.StreamResponse:
        """The greatest donors of a period, by currency."""
        period = self._desk.period(visit.request.query, days=90)
        donors = await donors_of(self._desk.entry, period)
        tables = [
            (
                currency,
                len(of),
                [(member, await name_of(self._desk.entry, member), one) for member, one in of[:DONORS]],
            )
            for currency, of in sorted(donors.items())
        ]
        return self._desk.show(visit, "donors.html", period=period, tables=tables, most=DONORS)

    async def donor(self, visit: Visit) -> web.StreamResponse:
        """One donor's gifts."""
        member = visit.request.match_info["member"]
        gifts = await self._desk.entry.find(GIFTS, {"member": member}, limit=USES)
        if not gifts:
            raise web.HTTPNotFound
        await self._desk.note(visit, "looked at a donor's gifts")
        gifts.sort(key=lambda gift: gift.day, reverse=True)
        return self._desk.show(visit, "donor.html", name=await name_of(self._desk.entry, member), gifts=gifts)

    async def audit(self, visit: Visit) -> web.StreamResponse:
        """Who did what."""
        period = self._desk.period(visit.request.query, days=30)
        return self._desk.show(visit, "audit.html", period=period, uses=await self._uses(period, visit), most=USES)

    async def audit_csv(self, visit: Visit) -> web.StreamResponse:
        """The same as CSV."""
        period = self._desk.period(visit.request.query, days=30)
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(("at", "member", "what", "allowed"))
        for use in await self._uses(period, visit):
            writer.writerow((use.at.isoformat(), use.member, f"'{use.command}", "yes" if use.allowed else "no"))
        await self._desk.note(visit, f"exported the audit trail of {period}")
        return web.Response(
            text=out.getvalue(),
            content_type="text/csv",
            headers={"content-disposition": f'attachment; filename="audit-{period.in_file_names}.csv"'},
        )

    async def settings(self, visit: Visit) -> web.StreamResponse:
        """What is set, without secrets."""
        settings = self._desk.settings
        people = await self._desk.sessions.people()
        known = {person.phone for person in people}
        return self._desk.show(
            visit,
            "settings.html",
            settings=settings,
            phones=[(phone, phone in known) for phone in sorted(settings.finance_phone)],
        )

    async def _uses(self, period: Period, visit: Visit) -> list[StaffUse]:
        who = visit.request.query.get("who", "").strip()
        where = {"day": within(period), **({"member": who} if who else {})}
        return await self._desk.entry.find(STAFF_USE, where, order="-at", limit=USES)
