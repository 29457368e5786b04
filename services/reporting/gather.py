"""Reads what a report or a page says from the read models. Beside adapters, since pages use it too."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime, time
from typing import Any

from services.reporting.domain.calendar import Period
from services.reporting.domain.credexes import Credex
from services.reporting.domain.gifts import Gift
from services.reporting.domain.rows import STATES, PaymentRow
from services.reporting.domain.summary import (
    METHOD_NAMES,
    NOT_SAID,
    CredexVolume,
    CurrencySummary,
    Slice,
    Summary,
    by_size,
    credex_volumes,
    imtt_of,
)
from services.reporting.domain.taken_back import is_taken_back, taken_back
from services.reporting.settings import ReportingSettings
from services.reporting.store import CREDEXES, GIFTS, ROWS
from shared.bus.entry import Entry
from shared.bus.work import Work
from shared.kernel.clock import HARARE
from shared.store.documents import Span

TOP_DONORS = 10
ATTENTION = ("needs_review", "disputed", "open", "refunded")
MOST_ATTENTION = 60
"""Of each state and currency, in a printed report; the other files have all payments."""


def within(period: Period) -> Span:
    """The period's days, as the read models are searched."""
    return Span(period.first.isoformat(), period.last.isoformat())


def times_of(period: Period) -> Span:
    """The period's times in UTC as the read models keep them, text that sorts by time."""
    first = datetime.combine(period.first, time(), HARARE).astimezone(UTC)
    last = datetime.combine(period.last, time.max, HARARE).astimezone(UTC)
    return Span(f"{first:%Y-%m-%dT%H:%M:%S}", f"{last:%Y-%m-%dT%H:%M:%S.%fZ}")


async def gather(entry: Entry, settings: ReportingSettings, period: Period, made_at: datetime) -> Summary:
    """The figures of a period."""
    day = {"day": within(period)}
    settled = {**day, "state": "settled"}
    found: dict[str, CurrencySummary] = {}
    for (currency, state), count, minor in await entry.sums(ROWS, day, by=("currency", "state"), of="minor"):
        summary = found.setdefault(currency, CurrencySummary(currency, {}))
        summary.states[state] = Slice(state, count, minor)
    ways: list[tuple[str, str, Callable[[Any], str]]] = [
        ("purpose", "by_purpose", _said),
        ("method", "by_method", lambda method: METHOD_NAMES.get(method, method)),
        ("congregation", "by_congregation", _said),
        ("province", "by_province", _said),
    ]
    for by, place, name in ways:
        for (currency, value), count, minor in await entry.sums(ROWS, settled, by=("currency", by), of="minor"):
            getattr(found[currency], place).append(Slice(name(value), count, minor))
    for (currency, on), count, minor in await entry.sums(ROWS, settled, by=("currency", "day"), of="minor"):
        found[currency].by_day[date.fromisoformat(on)] = Slice(on, count, minor)
    for (currency, cause), count, minor in await entry.sums(
        ROWS, {**day, "state": "failed"}, by=("currency", "cause"), of="minor"
    ):
        found[currency].failures.append(Slice((cause or NOT_SAID).replace("_", " "), count, minor))
    await _add_donors(entry, period, found)
    await _add_attention(entry, day, found)
    for currency, sentence in taken_back(await taken_back_of(entry, period)).items():
        found.setdefault(currency, CurrencySummary(currency, {})).taken_back = sentence
    for summary in found.values():
        for place in ("by_purpose", "by_method", "by_congregation", "by_province", "failures"):
            setattr(summary, place, by_size(getattr(summary, place)))
        summary.states = {state: summary.states[state] for state in STATES if state in summary.states}
        summary.imtt = imtt_of(summary.by_day, summary.currency, settings.imtt)
    currencies = tuple(found[currency] for currency in sorted(found))
    return Summary(settings.organisation_name, period, made_at, currencies, await credex_of(entry, period))


async def credex_of(entry: Entry | Work, period: Period) -> tuple[CredexVolume, ...]:
    """The volumes of credex in a period, by denomination."""
    by = ("denomination", "outcome")
    sums = (entry.sums(CREDEXES, {day: within(period)}, by=by, of="units") for day in ("made", "ended"))
    return credex_volumes(*await asyncio.gather(*sums))


async def credexes_of(entry: Entry, period: Period) -> AsyncIterator[list[Credex]]:
    """Every credex that was offered in a period, then those that only ended in it, in batches."""
    days = within(period)
    async for offered in entry.stream(CREDEXES, {"made": days}, order="made"):
        yield offered
    async for ended in entry.stream(CREDEXES, {"ended": days}, order="ended"):
        yield [one for one in ended if one.made is None or one.made not in period]


async def taken_back_of(entry: Entry, period: Period) -> list[PaymentRow]:
    """Payments that settled in the period and were refunded or disputed after its end."""
    found: list[PaymentRow] = []
    async for gifts in entry.stream(GIFTS, {"counts": 0, "day": within(period)}):
        rows = await entry.read(ROWS, [gift.payment_id for gift in gifts])
        found += [row for row in rows.values() if is_taken_back(row, period)]
    return found


async def donors_of(entry: Entry, period: Period) -> dict[str, list[tuple[str | None, Slice]]]:
    """Every donor of the period by currency, the greatest first, as (member, slice without a name)."""
    found: dict[str, list[tuple[str | None, Slice]]] = {}
    sums = await entry.sums(GIFTS, {"counts": 1, "day": within(period)}, by=("currency", "member"), of="minor")
    for (currency, member), count, minor in sums:
        found.setdefault(currency, []).append((member, Slice("", count, minor)))
    for donors in found.values():
        donors.sort(key=lambda donor: (-donor[1].minor, donor[0] or ""))
    return found


async def name_of(entry: Entry, member: str | None) -> str:
    """What a donor is called on their latest gift with a name."""
    if member is None:
        return "(erased)"
    gifts = await entry.find(GIFTS, {"member": member}, limit=20)
    names = [gift.name for gift in sorted(gifts, key=lambda gift: gift.day, reverse=True) if gift.name]
    return names[0] if names else "(no name)"


Payments = list[tuple[PaymentRow, Gift | None]]


async def rows_of(entry: Entry, period: Period, **only: str) -> AsyncIterator[Payments]:
    """Every payment of the period by time, in batches, with its gift where there is one. `only`: equal fields.

    The next batch is read while one is written: both wait for others most of the time.
    """

    async def read() -> Payments | None:
        rows = await anext(batches, None)
        if rows is None:
            return None
        gifts = await entry.read(GIFTS, [row.payment_id for row in rows if row.state in {"settled", "refunded"}])
        return [(row, gifts.get(row.payment_id)) for row in rows]

    batches = entry.stream(ROWS, {"at": times_of(period), **only}, order="at")
    following = asyncio.create_task(read())
    try:
        while (payments := await following) is not None:
            following = asyncio.create_task(read())
            yield payments
    finally:
        following.cancel()


def _said(value: Any) -> str:
    return str(value or NOT_SAID)


async def _add_donors(entry: Entry, period: Period, found: dict[str, CurrencySummary]) -> None:
    for currency, donors in (await donors_of(entry, period)).items():
        known = [donor for donor in donors if donor[0] is not None][:TOP_DONORS]
        if currency in found:
            found[currency].top_donors = [
                Slice(await name_of(entry, member), one.count, one.minor) for member, one in known
            ]


async def _add_attention(entry: Entry, day: dict[str, Span], found: dict[str, CurrencySummary]) -> None:
    for summary in found.values():
        for state in ATTENTION:
            if state not in summary.states:
                continue
            where = {**day, "state": state, "currency": summary.currency}
            rows = await entry.find(ROWS, where, order="-day", limit=MOST_ATTENTION)
            summary.attention += rows
            summary.attention_left_out += summary.states[state].count - len(rows)
