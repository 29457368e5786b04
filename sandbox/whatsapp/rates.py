"""How fast a number may talk (WhatsApp contract 4.3), and how fast it did: the stand-in measures what it is told."""

from __future__ import annotations

from collections import Counter, deque
from datetime import datetime
from typing import Any

from sandbox.whatsapp.limits import Refused

PAIR_BURST = 45.0
PAIR_PER_SECOND = 1 / 6
NUMBER_PER_SECOND = 80.0


class Bucket:
    """A token bucket over the stand-in's clock."""

    def __init__(self, burst: float, per_second: float) -> None:
        self._burst = burst
        self._per_second = per_second
        self._tokens = burst
        self._at: datetime | None = None

    def take(self, now: datetime) -> bool:
        """One token, if there is one."""
        if self._at is not None:
            self._tokens = min(self._burst, self._tokens + (now - self._at).total_seconds() * self._per_second)
        self._at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


class Rates:
    """The buckets of all numbers and pairs."""

    def __init__(self) -> None:
        self._numbers: dict[str, Bucket] = {}
        self._pairs: dict[tuple[str, str], Bucket] = {}
        self._latest: dict[str, deque[float]] = {}
        self._most: Counter[str] = Counter()
        self._refused: Counter[int] = Counter()

    def heard(self, number_id: str, now: datetime) -> None:
        """A message came in: inbound and outbound share a number's throughput."""
        self._number(number_id).take(now)

    def check(self, number_id: str, person: str, now: datetime) -> None:
        """A message goes out. Raises Refused when the number or the pair is too fast."""
        if not self._number(number_id).take(now):
            self._refused[130429] += 1
            raise Refused(130429, "more than 80 messages a second")
        pair = self._pairs.setdefault((number_id, person), Bucket(PAIR_BURST, PAIR_PER_SECOND))
        if not pair.take(now):
            self._refused[131056] += 1
            raise Refused(131056, "too many messages to this person in a short time")
        self._measure(number_id, now.timestamp())

    def figures(self) -> dict[str, Any]:
        """The most messages of each number in any second, and how many were refused for their pace, by code."""
        refused = {str(code): count for code, count in sorted(self._refused.items())}
        return {"most_in_a_second": dict(self._most), "refused_for_pace": refused}

    def forget(self) -> None:
        """Buckets are full again, nothing was measured."""
        self.__init__()  # type: ignore[misc]  # a fresh one in its place

    def _number(self, number_id: str) -> Bucket:
        return self._numbers.setdefault(number_id, Bucket(NUMBER_PER_SECOND, NUMBER_PER_SECOND))

    def _measure(self, number_id: str, at: float) -> None:
        latest = self._latest.setdefault(number_id, deque())
        latest.append(at)
        while at - latest[0] >= 1:
            latest.popleft()
        self._most[number_id] = max(self._most[number_id], len(latest))
