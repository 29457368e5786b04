"""The first page: today at a glance, the last thirty days as a chart, and what members traded by credex."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any

from aiohttp import web

from services.reporting.domain.calendar import Period
from services.reporting.domain.rows import STATES
from services.reporting.domain.summary import METHOD_NAMES, NOT_SAID, Slice, Sums, by_size, greatest, in_steps
from services.reporting.gather import credex_of, times_of, within
from services.reporting.pages.charts import bars
from services.reporting.pages.desk import Desk, Visit
from services.reporting.store import EXCEPTIONS, GIFTS, ROWS
from shared.store.documents import Span

DAYS = 30
LATEST = 8


class Today:
    """`/finance`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def show(self, visit: Visit) -> web.StreamResponse:
        """The figures."""
        today = self._desk.today
        entry = self._desk.entry
        month = Period(today - timedelta(days=DAYS - 1), today)
        settled = {"day": within(month), "state": "settled"}

        states, parts, waiting, credex, exceptions, latest = await asyncio.gather(
            entry.sums(ROWS, {"day": within(Period(today, today))}, by=("currency", "state"), of="minor"),
            entry.sums(ROWS, settled, by=("currency", "day", "purpose", "method"), of="minor"),
            entry.sums(ROWS, {"state": "needs_review", "day": Span()}, by=("state",), of="minor"),
            credex_of(entry, month),
            entry.find(EXCEPTIONS, {"open": True}, limit=1000),
            entry.find(ROWS, {"at": times_of(month)}, order="-at", limit=LATEST),
        )
        days, purposes, methods = (_by(parts, place) for place in (1, 2, 3))
        currencies = sorted({key[0] for key, _, _ in [*states, *days]})
        gifts = await entry.read(GIFTS, [row.payment_id for row in latest])
        return self._desk.show(
            visit,
            "today.html",
            today=today,
            currencies=[
                {
                    "code": currency,
                    "states": _states(states, currency),
                    "month": self._month(days, currency, month),
                    "purposes": greatest(_parts(purposes, currency)),
                    "methods": greatest(_parts(methods, currency)),
                }
                for currency in currencies
            ],
            credex=credex,
            to_review=sum(count for _, count, _ in waiting),
            exceptions=len(exceptions),
            latest=latest,
            names={id: gift.name for id, gift in gifts.items()},
        )

    def _month(self, days: Sums, currency: str, month: Period) -> dict[str, Any]:
        by_day = {
            date.fromisoformat(day): Slice(day, count, minor) for (code, day), count, minor in days if code == currency
        }
        steps = in_steps(by_day, month)
        return {
            "chart": bars(f"{currency} settled per day over the last {DAYS} days", steps, currency),
            "steps": steps,
            "total": sum(step.minor for step in steps),
            "count": sum(step.count for step in steps),
        }


def _by(parts: Sums, place: int) -> Sums:
    """The sums by currency and one more value: one look at the index gives all three."""
    found: dict[tuple[Any, ...], list[int]] = {}
    for key, count, minor in parts:
        of = found.setdefault((key[0], key[place]), [0, 0])
        of[0] += count
        of[1] += minor
    return [(key, count, minor) for key, (count, minor) in found.items()]


def _states(sums: Sums, currency: str) -> dict[str, Slice]:
    """Today's payments by state, in the order in which states are told of."""
    found = {state: Slice(state, count, minor) for (code, state), count, minor in sums if code == currency}
    return {state: found[state] for state in STATES if state in found}


def _parts(sums: Sums, currency: str) -> list[Slice]:
    """What makes up the total, the greatest first."""
    return by_size(
        [
            Slice(METHOD_NAMES.get(value, value or NOT_SAID), count, minor)
            for (code, value), count, minor in sums
            if code == currency
        ]
    )
