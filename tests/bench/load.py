"""Load: requests over kept connections at a fixed rate or as fast as they are answered.

The client does as little as HTTP allows (about a third of aiohttp's CPU), so that it is not what is measured.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from time import perf_counter
from types import TracebackType
from typing import Self

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]

ANSWER_SECONDS = 20
"""WhatsApp waits about as long."""
NO_ANSWER = 0
"""Stands for the status of a request that was not answered."""


class Client:
    """Posts to one server on loopback; as many connections as requests under way."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._idle: list[Connection] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for _, writer in self._idle:
            writer.close()

    async def post(self, request: bytes) -> int:
        """The status of the answer to a whole request; NO_ANSWER when the connection broke or time ran out."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                connection = self._idle.pop() if self._idle else await self._connect()
                status = await _exchange(connection, request)
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            return NO_ANSWER
        self._idle.append(connection)
        return status

    async def _connect(self) -> Connection:
        return await asyncio.open_connection("127.0.0.1", self._port)


async def at_rate(per_second: float, seconds: float, act: Callable[[int, float], Awaitable[None]]) -> None:
    """Begin `act(number, due)` at its time, whether or not those before have ended; returns when all have.

    `due` is when it should begin: a wait counted from there holds what a late start would hide.
    """
    began = perf_counter()
    async with asyncio.TaskGroup() as tasks:
        for number in range(round(per_second * seconds)):
            due = began + number / per_second
            await asyncio.sleep(max(0.0, due - perf_counter()))
            tasks.create_task(_run(act(number, due)))


async def as_fast_as_answered(at_once: int, seconds: float, act: Callable[[], Awaitable[None]]) -> None:
    """Keep `at_once` of `act` under way for `seconds`; returns when the last has ended."""
    until = perf_counter() + seconds

    async def one_after_another() -> None:
        while perf_counter() < until:
            await act()

    async with asyncio.TaskGroup() as tasks:
        for _ in range(at_once):
            tasks.create_task(one_after_another())


async def _run(awaitable: Awaitable[None]) -> None:
    await awaitable


async def _exchange(connection: Connection, request: bytes) -> int:
    reader, writer = connection
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
    if length:
        await reader.readexactly(int(length))
    return int(head[9:12])
