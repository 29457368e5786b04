"""The payments table: search, filter, sort, pages, export; and one payment's trail."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol
from urllib.parse import urlencode

from aiohttp import web

from services.reporting.domain.calendar import Period
from services.reporting.domain.gifts import Gift
from services.reporting.domain.rows import STATES, PaymentRow
from services.reporting.domain.summary import METHOD_NAMES
from services.reporting.domain.taken_back import taken_back
from services.reporting.domain.words import words_of
from services.reporting.gather import rows_of, taken_back_of, times_of, within
from services.reporting.pages.desk import Desk, Visit
from services.reporting.store import EXCEPTIONS, GIFTS, JOURNAL, LOG, ROWS
from shared.kernel.money import DECIMALS

PER_PAGE = 50
MOST_FOUND = 500
"""Payments that a search for words looks at, the newest first."""
SORTS = {"-at": "Newest first", "at": "Oldest first", "-minor": "Largest first", "minor": "Smallest first"}
FILTERS = {"state": STATES, "currency": sorted(DECIMALS), "method": sorted(METHOD_NAMES)}


class Writer(Protocol):
    """Writes payments into a file (the adapter is given by app.py)."""

    def add(self, payments: Iterable[tuple[PaymentRow, Gift | None]]) -> None: ...

    def close(self) -> None: ...


class Payments:
    """`/finance/payments…`."""

    def __init__(self, desk: Desk, export: Callable[[Path], Writer]) -> None:
        self._desk = desk
        self._export = export

    async def table(self, visit: Visit) -> web.StreamResponse:
        """One page of the table."""
        query = visit.request.query
        period = self._desk.period(query, days=30)
        only = _filters(query)
        sort = query.get("sort", "-at") if query.get("sort") in SORTS else "-at"
        number = max(1, int(query.get("page", "1")) if query.get("page", "1").isdecimal() else 1)
        search = query.get("q", "").strip()[:100]
        if search:
            rows = await self._search(search, period, only, sort)
            totals = _totals(rows)
            shown = rows[(number - 1) * PER_PAGE : number * PER_PAGE]
        else:
            where = {"at": times_of(period), **only}
            skip = (number - 1) * PER_PAGE
            shown = await self._desk.entry.find(ROWS, where, order=sort, limit=PER_PAGE, skip=skip)
            totals = await self._desk.entry.sums(ROWS, where, by=("currency", "state"), of="minor")
        count = sum(counted for _, counted, _ in totals)
        gifts = await self._desk.entry.read(GIFTS, [row.payment_id for row in shown])
        kept = {"q": search, "first": str(period.first), "last": str(period.last), "sort": sort, **only}
        return self._desk.show(
            visit,
            "payments.html",
            rows=shown,
            names={id: gift.name for id, gift in gifts.items()},
            count=count,
            cut=search and len(rows) >= MOST_FOUND,
            settled=[
                (currency, counted, minor) for (currency, state), counted, minor in sorted(totals) if state == "settled"
            ],
            taken_back=[] if search else await self._taken_back(period, only),
            period=period,
            search=search,
            only=only,
            sort=sort,
            sorts=SORTS,
            filters=FILTERS,
            number=number,
            pages=max(1, -(-count // PER_PAGE)),
            here_query=urlencode({name: value for name, value in kept.items() if value}),
        )

    async def export(self, visit: Visit) -> web.StreamResponse:
        """The payments of the filter as CSV (all words of a search count there, too)."""
        query = visit.request.query
        period, only, search = self._desk.period(query, days=30), _filters(query), query.get("q", "").strip()[:100]
        with TemporaryDirectory(prefix="export-") as folder:
            path = Path(folder) / "payments.csv"
            writer = self._export(path)
            if search:
                rows = await self._search(search, period, only, "at")
                gifts = await self._desk.entry.read(GIFTS, [row.payment_id for row in rows])
                await asyncio.to_thread(writer.add, [(row, gifts.get(row.payment_id)) for row in rows])
            else:
                async for batch in rows_of(self._desk.entry, period, **only):
                    await asyncio.to_thread(writer.add, batch)
            await asyncio.to_thread(writer.close)
            content = await asyncio.to_thread(path.read_bytes)
        await self._desk.note(visit, f"exported payments of {period}")
        name = f"payments-{period.in_file_names}.csv"
        return web.Response(
            body=content,
            content_type="text/csv",
            charset="utf-8",
            headers={"content-disposition": f'attachment; filename="{name}"'},
        )

    async def one(self, visit: Visit) -> web.StreamResponse:
        """One payment's trail, its entries in the ledger, and the way to its trace."""
        id = visit.request.match_info["id"]
        row = (await self._desk.entry.read(ROWS, [id])).get(id)
        if row is None:
            raise web.HTTPNotFound
        logged = await self._desk.entry.find(LOG, {"fact.payment_id": id})
        places = [f"{entry.currency}-{entry.place:012}" for entry in logged if entry.place is not None]
        entries = await self._desk.entry.read(JOURNAL, places)
        gift = (await self._desk.entry.read(GIFTS, [id])).get(id)
        traces = self._desk.settings.traces_url
        return self._desk.show(
            visit,
            "payment.html",
            row=row,
            gift=gift,
            entries=sorted(entries.values(), key=lambda entry: entry.number),
            exceptions=await self._desk.entry.find(EXCEPTIONS, {"reference": id}),
            trace=f"{traces}{row.trace_id}" if traces and row.trace_id else None,
        )

    async def _taken_back(self, period: Period, only: dict[str, str]) -> list[str]:
        """Why what settled in the period is less than it was, in a sentence per currency."""
        if only.get("state", "settled") != "settled":
            return []
        fits = {name: value for name, value in only.items() if name != "state"}
        rows = await taken_back_of(self._desk.entry, period)
        return list(taken_back(row for row in rows if _has(row, fits)).values())

    async def _search(self, text: str, period: Period, only: dict[str, str], sort: str) -> list[PaymentRow]:
        """Payments that have all the words: in reference, receipt, purpose, place, or their donor's name."""
        exact = text.lower().split()
        words = list(dict.fromkeys([*exact, *words_of(text)]))
        if not words:
            return []
        entry = self._desk.entry
        found: dict[str, PaymentRow] = {}
        names: dict[str, list[str]] = {}
        for word in words:
            where = {"words": word, "at": times_of(period)}
            for row in await entry.find(ROWS, where, order="-at", limit=MOST_FOUND):
                found[row.payment_id] = row
            gifts = await entry.find(GIFTS, {"words": word, "day": within(period)}, order="-day", limit=MOST_FOUND)
            names |= {gift.payment_id: gift.words for gift in gifts}
        missing = [id for id in names if id not in found]
        found |= await entry.read(ROWS, missing)
        for id, gift in (await entry.read(GIFTS, [id for id in found if id not in names])).items():
            names[id] = gift.words

        def has_all(row: PaymentRow) -> bool:
            mine = {*row.words, *names.get(row.payment_id, ())}
            return all(word in mine or set(words_of(word)) <= mine for word in exact)

        rows = [row for row in found.values() if has_all(row) and _has(row, only)]
        rows.sort(key=lambda row: getattr(row, sort.removeprefix("-")), reverse=sort.startswith("-"))
        return rows[:MOST_FOUND]


def _filters(query: Any) -> dict[str, str]:
    return {name: query[name] for name, allowed in FILTERS.items() if query.get(name) in allowed}


def _has(row: PaymentRow, only: dict[str, str]) -> bool:
    return all(getattr(row, name) == value for name, value in only.items())


def _totals(rows: list[PaymentRow]) -> list[tuple[tuple[Any, ...], int, int]]:
    found: dict[tuple[str, str], list[int]] = {}
    for row in rows:
        found.setdefault((row.currency, row.state), []).append(row.minor)
    return [(key, len(minors), sum(minors)) for key, minors in found.items()]
