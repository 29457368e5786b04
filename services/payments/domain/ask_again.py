"""When to ask the provider again: schedules that widen, told by times alone, so that a restart forgets nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import accumulate

from services.payments.domain.payment import Payment

LAST = timedelta(hours=24)
"""After this the provider is asked a last time, by poll and by trace (Paynow contract 4.1)."""
LATE = timedelta(hours=48)
"""Up to this a last trace that brought no answer is made again."""


def _schedule(first_seconds: Iterable[int]) -> Sequence[timedelta]:
    """Growing pauses for five minutes, then every five minutes to an hour, then hourly to `LATE`."""
    first = list(accumulate(first_seconds))
    later = (*range(600, 3600, 300), *range(3600, int(LATE.total_seconds()) + 1, 3600))
    return [timedelta(seconds=seconds) for seconds in (*first, *later)]


POLLS = _schedule((5, 8, 13, 20, 30, 30, 45, 60, 60))
"""Times after `asked_since` at which a payment that waits for its payer is polled (contract 4.1)."""
TRACES = _schedule((10, 20, 45, 60, 60, 60))
"""Times after `asked_since` at which a lost answer is looked for: first after 5 to 15 seconds (contract 4.2)."""


def is_over(payment: Payment, now: datetime) -> bool:
    """Whether the schedule of polls is over: what is left is one trace that is answered."""
    return payment.asked_since is not None and now >= payment.asked_since + LAST


def next_question(payment: Payment, now: datetime, *, polled: bool) -> datetime | None:
    """When to poll a payment that waits for its payer, or else to trace it; None when there is nothing left to ask.

    `polled`: a poll was just made, so that the trace at the end may follow at once.
    """
    since = payment.asked_since or payment.requested_at
    if payment.state == "awaiting_payer":
        if not is_over(payment, now):
            return _next(POLLS, since, now)
        return now if polled else _next(TRACES, since, now)
    return None if is_over(payment, now) else _next(TRACES, since, now)


def _next(schedule: Sequence[timedelta], since: datetime, now: datetime) -> datetime | None:
    """The first time of the schedule that is still to come."""
    return next((since + pause for pause in schedule if since + pause > now), None)
