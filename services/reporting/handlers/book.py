"""The event log and the ledger: who numbers, who posts.

Payments' events come in many lanes at once. Each becomes a `LogEvent`, whose one key brings all of them into one
lane: there they are numbered. Each that moves something asks the lane of its journal to post. Two replicas that hold
a lane at the same time, as after a lost connection, want the same document id: the loser decides again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from services.reporting.domain.accounts import Rules, journal_of
from services.reporting.domain.journal import START, JournalEntry, entry_for
from services.reporting.domain.log import LogEntry, Told, entry_after, fact_of, log_id, time_of
from services.reporting.store import JOURNAL, LOG
from shared.bus.handlers import on
from shared.bus.work import Work
from shared.contracts.payments import (
    PaymentCancelled,
    PaymentDisputed,
    PaymentExpired,
    PaymentFailed,
    PaymentInitiated,
    PaymentNeedsReview,
    PaymentRefunded,
    PaymentRejected,
    PaymentSettled,
    PaymentUncertain,
    ReceiptIssued,
)
from shared.contracts.reporting import LogEvent, PostEntry
from shared.store.documents import Conflict, Kind

Found = TypeVar("Found")
Entry = TypeVar("Entry", LogEntry, JournalEntry)


def _logged(message: type[Told]) -> Callable[[Told, Work], Awaitable[None]]:
    @on(message)
    async def log(event: Told, work: Work) -> None:
        work.emit(
            LogEvent(
                event_id=work.message_id,
                event=message.NAME,
                at=time_of(event, work.now),
                fact=fact_of(event, _rules(work)),
            )
        )

    return log


log_initiated = _logged(PaymentInitiated)
log_uncertain = _logged(PaymentUncertain)
log_settled = _logged(PaymentSettled)
log_cancelled = _logged(PaymentCancelled)
log_failed = _logged(PaymentFailed)
log_expired = _logged(PaymentExpired)
log_rejected = _logged(PaymentRejected)
log_disputed = _logged(PaymentDisputed)
log_refunded = _logged(PaymentRefunded)
log_review = _logged(PaymentNeedsReview)
log_receipt = _logged(ReceiptIssued)


@on(LogEvent)
async def log_event(command: LogEvent, work: Work) -> None:
    """Give the event the next number, once, and have it posted when it moves something."""
    known = await work.find(LOG, {"event_id": command.event_id}, limit=1)
    if known:
        await work.load(LOG, log_id(known[0].number))  # perhaps its outbox was not published
        return
    # In this order: an entry that comes in between takes our number, and we decide again.
    last = await _first(work.find(LOG, {}, order="-number", limit=1))
    where = {"currency": journal_of(command.fact)}
    last_of_currency = await _first(work.find(LOG, where, order="-place", limit=1))
    entry = entry_after(last, last_of_currency, command, work.now)
    await _create(LOG, entry, work)
    if entry.place is not None and entry.currency is not None:
        work.emit(PostEntry(currency=entry.currency))


@on(PostEntry)
async def post_entry(command: PostEntry, work: Work) -> None:
    """Post the oldest event that the journal lacks. As many are asked for as there are events: none stays behind."""
    last = await _first(work.find(JOURNAL, {"currency": command.currency}, order="-number", limit=1))
    place = last.number + 1 if last else 1
    logged = await _first(work.find(LOG, {"currency": command.currency, "place": place}, limit=1))
    if logged is None:
        return
    entry = entry_for(logged, last.hash if last else START, _rules(work))
    await _create(JOURNAL, entry, work)


async def _create(kind: Kind[Entry], entry: Entry, work: Work) -> None:
    await work.open(kind, entry.id, lambda: entry)
    if work.held[1].version:
        raise Conflict(kind.name)  # taken since we looked: decide again


async def _first(found: Awaitable[list[Found]]) -> Found | None:
    return next(iter(await found), None)


def _rules(work: Work) -> Rules:
    rules: Rules = work.settings.rules
    return rules
