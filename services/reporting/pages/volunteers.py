"""Volunteers: found by skill and place, exported."""

from __future__ import annotations

import csv
import io

from aiohttp import web

from services.reporting.domain.cells import safe
from services.reporting.domain.volunteers import Volunteer
from services.reporting.domain.words import words_of
from services.reporting.pages.desk import Desk, Visit
from services.reporting.store import VOLUNTEERS

MOST = 5000
SHOWN = 200


class Volunteers:
    """`/finance/volunteers…`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def table(self, visit: Visit) -> web.StreamResponse:
        """Who can do that, there."""
        found = await self._found(visit)
        asked = {name: visit.request.query.get(name, "").strip()[:100] for name in ("skill", "place")}
        return self._desk.show(visit, "volunteers.html", found=found[:SHOWN], count=len(found), most=SHOWN, **asked)

    async def export(self, visit: Visit) -> web.StreamResponse:
        """The same as CSV."""
        found = await self._found(visit)
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(("name", "email", "province", "place", "skills"))
        for one in found:
            cells = (one.full_name, one.email, one.province, one.place, ", ".join(one.skills))
            writer.writerow(tuple(map(safe, cells)))
        await self._desk.note(visit, f"exported {len(found)} volunteers")
        return web.Response(
            body=out.getvalue().encode("utf-8-sig" if self._desk.settings.csv_bom else "utf-8"),
            content_type="text/csv",
            charset="utf-8",
            headers={"content-disposition": 'attachment; filename="volunteers.csv"'},
        )

    async def _found(self, visit: Visit) -> list[Volunteer]:
        skill, place = (visit.request.query.get(name, "")[:100] for name in ("skill", "place"))
        words = words_of(skill, place)
        where = {"words": words[0]} if words else {}
        found = await self._desk.entry.find(VOLUNTEERS, where, order="full_name", limit=MOST)
        return [one for one in found if one.full_name is not None and one.fits(skill, place)]
