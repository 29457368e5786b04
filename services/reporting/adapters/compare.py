"""Compares an imported statement with the ledger and the payments, and keeps each exception under its own id."""

from __future__ import annotations

import asyncio
import base64
from datetime import timedelta

from services.reporting.domain.calendar import Period
from services.reporting.domain.reconcile import Known, finding_id, match, period_of
from services.reporting.domain.statement import NotAStatement, StatementRow, read_statement
from services.reporting.gather import times_of
from services.reporting.ports import Compared, Comparison
from services.reporting.settings import ReportingSettings
from services.reporting.store import EXCEPTIONS, JOURNAL, ROWS, STATEMENTS
from shared.bus.entry import Entry
from shared.kernel.clock import Clock

AROUND = timedelta(days=1)
AT_ONCE = 500


class Comparer:
    """The adapter of COMPARE."""

    def __init__(self, entry: Entry, settings: ReportingSettings, clock: Clock) -> None:
        self._entry = entry
        self._settings = settings
        self._clock = clock

    async def compare(self, request: Comparison) -> Compared:
        """Read, match, keep what was found."""
        statement = (await self._entry.read(STATEMENTS, [request.statement]))[request.statement]
        columns = self._settings.statement_columns
        content = base64.b64decode(statement.content)
        try:
            rows = await asyncio.to_thread(lambda: list(read_statement(content, statement.currency, columns)))
        except NotAStatement as error:
            return Compared(rows=0, matched=0, found=0, problem=str(error))
        period = period_of(rows)
        if period is None:
            return Compared(rows=0, matched=0, found=0, problem="The statement has no rows.")
        ours = await self._ours(rows, statement.currency, period)
        result = await asyncio.to_thread(match, statement.currency, rows, ours, period, self._clock.now())
        findings = {finding_id(finding): finding for finding in result.findings}
        ids = list(findings)
        for start in range(0, len(ids), AT_ONCE):
            await self._entry.create(EXCEPTIONS, {id: findings[id] for id in ids[start : start + AT_ONCE]})
        return Compared(rows=result.rows, matched=result.matched, found=len(findings))

    async def _ours(self, statement: list[StatementRow], currency: str, period: Period) -> dict[str, Known]:
        """The payments of the period and a day around it, all that the statement names, and what is posted of them."""
        posted = asyncio.create_task(
            self._entry.sums(JOURNAL, {"currency": currency}, by=("reference",), of="to_funds")
        )
        around = Period(period.first - AROUND, period.last + AROUND)
        ours: dict[str, Known] = {}
        async for rows in self._entry.stream(ROWS, {"at": times_of(around), "currency": currency}, order="at"):
            ours |= {row.payment_id: Known(row.amount, row.state, row.method, row.day) for row in rows}
        named = [reference for reference in dict.fromkeys(row.reference for row in statement) if reference not in ours]
        for start in range(0, len(named), AT_ONCE):
            found = await self._entry.read(ROWS, named[start : start + AT_ONCE])
            ours |= {row.payment_id: Known(row.amount, row.state, row.method, row.day) for row in found.values()}
        # From the whole journal: it may have been posted long before the row's day.
        for (reference,), _, to_funds in await posted:
            if reference in ours:
                ours[reference].posted = to_funds
        return ours
