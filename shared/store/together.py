"""Gathers what concurrent tasks ask of a server into few round trips (measured: group commit, auto-pipelining)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")


class Together(Generic[Asked, Answer]):
    """What is asked while one round trip is under way goes together in the next.

    `trip` makes one round trip and returns, for each thing asked, its answer or its error. A task that stops
    waiting changes nothing for the others: what it asked is still done.
    """

    def __init__(self, trip: Callable[[Sequence[Asked]], Awaitable[Sequence[Answer | Exception]]]) -> None:
        self._trip = trip
        self._waiting: list[tuple[Asked, asyncio.Future[Answer]]] = []
        self._travels: asyncio.Task[None] | None = None

    def ask(self, asked: Asked) -> asyncio.Future[Answer]:
        """The answer to come. What one task asks without awaiting in between goes in order, in one trip."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Answer] = loop.create_future()
        self._waiting.append((asked, answer))
        if self._travels is None:
            self._travels = loop.create_task(self._travel())
        return answer

    async def settle(self) -> None:
        """Wait until everything asked is answered."""
        if self._travels is not None:
            await asyncio.wait({self._travels})

    async def _travel(self) -> None:
        while self._waiting:
            group, self._waiting = self._waiting, []
            try:
                answers = await self._trip([asked for asked, _ in group])
            except Exception as error:
                answers = [error] * len(group)
            for (_, waiter), answer in zip(group, answers, strict=True):
                if waiter.done():
                    continue
                if isinstance(answer, Exception):
                    waiter.set_exception(answer)
                else:
                    waiter.set_result(answer)
        self._travels = None
