"""Things that happen later, on a clock that can be moved: tests and the admin page never wait."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from shared.kernel.clock import Clock

Action = Callable[[], Awaitable[None]]


class Timers:
    """A list of due actions over a clock. Times are seconds.

    While `run` is running, due actions start by themselves as the clock goes on. `advance` moves time forward at
    once and carries out each action to its end at its own instant before the next, so what follows is in order.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ahead = 0.0
        self._due: list[tuple[float, int, Action]] = []
        self._order = itertools.count()
        self._changed = asyncio.Event()
        self._stepping = asyncio.Lock()
        self._running: set[asyncio.Task[None]] = set()
        self._sleepers: set[asyncio.Future[None]] = set()

    def now(self) -> datetime:
        """The time of the stand-in, aware and in UTC."""
        return self._clock.now() + timedelta(seconds=self._ahead)

    def pending(self) -> int:
        """How many actions are waiting for their time."""
        return len(self._due)

    def after(self, seconds: float, action: Action) -> None:
        """Carry out `action` when `seconds` have passed."""
        heapq.heappush(self._due, (self._elapsed() + seconds, next(self._order), action))
        self._changed.set()

    async def sleep(self, seconds: float) -> None:
        """Wait on this clock. Returns early when the stand-in stops."""
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        async def wake() -> None:
            if not woken.done():
                woken.set_result(None)

        self._sleepers.add(woken)
        self.after(seconds, wake)
        try:
            await woken
        finally:
            self._sleepers.discard(woken)

    async def advance(self, seconds: float) -> None:
        """Move time forward; returns when all that fell due has been carried out, also what had started before."""
        async with self._stepping:
            await asyncio.gather(*self._running, return_exceptions=True)
            until = self._elapsed() + seconds
            while self._due and self._due[0][0] <= until:
                due, _, action = heapq.heappop(self._due)
                self._ahead += max(due - self._elapsed(), 0.0)
                await action()
            self._ahead += max(until - self._elapsed(), 0.0)
        self._changed.set()

    async def run(self) -> None:
        """Start due actions as the clock goes on, until cancelled."""
        while True:
            self._changed.clear()
            async with self._stepping:
                while self._due and self._due[0][0] <= self._elapsed():
                    started = asyncio.ensure_future(heapq.heappop(self._due)[2]())
                    self._running.add(started)
                    started.add_done_callback(self._running.discard)
                wait = self._due[0][0] - self._elapsed() if self._due else None
            await self._changed_within(wait)

    def forget(self) -> None:
        """Drop everything that was to happen and let every sleeper go on."""
        self._due.clear()
        for woken in self._sleepers:
            if not woken.done():
                woken.set_result(None)

    async def close(self) -> None:
        """Drop what is due and end what is running."""
        self.forget()
        for started in self._running:
            started.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def _elapsed(self) -> float:
        return self._clock.monotonic() + self._ahead

    async def _changed_within(self, seconds: float | None) -> None:
        waits: list[asyncio.Future[Any]] = [asyncio.ensure_future(self._changed.wait())]
        if seconds is not None:
            waits.append(asyncio.ensure_future(self._clock.sleep(seconds)))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
