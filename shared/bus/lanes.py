"""Lanes: what keeps the messages of one key in order while other keys go on side by side (architecture 4).

A key falls into one of 64 fixed slots; a service's lanes are sets of slots, one queue each. Inside a lane
`KeyedTasks` runs the messages of one key one after another.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Awaitable, Callable

SLOTS = 64


def slot_of(key: str) -> int:
    """The slot of a key: fixed for ever, since it is part of the routing key of messages under way."""
    return zlib.crc32(key.encode()) % SLOTS


def lane_of(slot: int, lanes: int) -> int:
    """The lane, of `lanes` in all, that a slot belongs to."""
    return slot % lanes


class KeyedTasks:
    """Runs jobs of our own tasks: one after another per key, other keys at the same time.

    The tasks are kept here and not by whoever submits them: aiormq cancels its consumer callbacks when the
    connection drops, and between a commit and its publish that would lose a reply (measured: 20 of 2 705).
    """

    def __init__(self, at_once: int = 64) -> None:
        self._room = asyncio.Semaphore(at_once)
        self._tails: dict[str, asyncio.Task[None]] = {}
        self._running: set[asyncio.Task[None]] = set()

    def submit(self, key: str, job: Callable[[], Awaitable[None]]) -> None:
        """Run `job` after all jobs submitted before it under the same key."""
        before = self._tails.get(key)
        task = asyncio.get_running_loop().create_task(self._run(before, job))
        self._tails[key] = task
        self._running.add(task)
        task.add_done_callback(lambda done: self._forget(key, done))

    async def drain(self, seconds: float) -> None:
        """Wait for what runs, at most `seconds`; what is left is cancelled and will be delivered again."""
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _run(self, before: asyncio.Task[None] | None, job: Callable[[], Awaitable[None]]) -> None:
        if before is not None:
            await asyncio.wait([before])
        async with self._room:
            await job()

    def _forget(self, key: str, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if self._tails.get(key) is task:
            del self._tails[key]
