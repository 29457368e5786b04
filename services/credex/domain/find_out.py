"""What became of a create whose answer was lost: what is new at the core and looks like it (product 3).

One candidate is it, two or a doubtful one are for people; none, seen twice with a pause between, means that the core
never did it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from services.credex.domain.answer import Answer
from services.credex.domain.issue import Issue
from shared.contracts.credex_parts import LedgerEntry, PendingOffer

FIRST_LOOK = timedelta(seconds=5)
BETWEEN_LOOKS = timedelta(seconds=60)
"""A slow core may still be at it: absence counts when it is seen twice, this far apart."""
GIVE_UP = timedelta(hours=24)
"""After this long without an answer people must look."""
HUSTLER = 3


@dataclass(frozen=True)
class Verdict:
    """`made`, by `ids[0]` if it is known; `review`, with the candidates; `absent` so far."""

    result: Literal["made", "review", "absent"]
    ids: tuple[str, ...] = ()


def verdict(issue: Issue, account_id: str, answer: Answer, known_ids: set[str]) -> Verdict:
    """What the pending list and the ledger say. `known_ids`: credexes that are somebody else's."""
    account = answer.account(account_id)
    known = known_ids | set(issue.noted_ids)
    pending = [
        offer.credex_id
        for offer in (account.pending_out if account else ())
        if offer.credex_id not in known and _is_like(issue, offer)
    ]
    accepted = [
        entry
        for entry in (answer.ledger.entries if answer.ledger else ())
        if entry.credex_id not in known and _was_like(issue, entry)
    ]
    ids = tuple(dict.fromkeys([*pending, *(entry.credex_id for entry in accepted)]))
    doubtful = any(_is_doubtful(issue, entry) for entry in accepted)
    if issue.offer is None:
        # The charge is accepted before the tier changes: only both together are an upgrade (contract 3.13).
        upgraded = answer.standing is not None and answer.standing.tier >= HUSTLER
        if upgraded:
            return Verdict("made", ids if len(ids) == 1 else ())
        return Verdict("review", ids) if ids else Verdict("absent")
    if len(ids) == 1 and not doubtful:
        return Verdict("made", ids)
    return Verdict("review", ids) if ids else Verdict("absent")


def is_absent_for_good(issue: Issue, now: datetime) -> bool:
    """Note that nothing was found; whether that was so before, long enough ago."""
    if issue.absent_since is None:
        issue.absent_since = now
        return False
    return now - issue.absent_since >= BETWEEN_LOOKS


def _is_like(issue: Issue, offer: PendingOffer) -> bool:
    same_face = offer.amount == abs(issue.amount) and offer.secured == issue.secured
    if issue.offer is None:
        return same_face
    return same_face and offer.counterparty == issue.counterparty and offer.due_date == issue.due_date


def _was_like(issue: Issue, entry: LedgerEntry) -> bool:
    """Whether an accepted credex fits: the ledger tells neither security nor due date."""
    given = entry.amount.amount < 0 and abs(entry.amount) == abs(issue.amount)
    if not given or (issue.offer is not None and entry.counterparty != issue.counterparty):
        return False
    if issue.noted_at is None:
        return True
    if entry.at is not None:
        return entry.at >= issue.noted_at
    return entry.day is None or entry.day >= issue.noted_at.date()


def _is_doubtful(issue: Issue, entry: LedgerEntry) -> bool:
    """Accepted on the day, or in the very instant, of asking: nobody knows whether before or after."""
    if issue.noted_at is None:
        return True
    if entry.at is not None:
        return entry.at == issue.noted_at
    return entry.day in {None, issue.noted_at.date()}
