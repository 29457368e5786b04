"""Round trips shared by tasks."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from shared.store.together import Together


class Line:
    """A server that answers each trip when it is let: a number doubled, an error for a negative one."""

    def __init__(self) -> None:
        self.trips: list[list[int]] = []
        self.let = asyncio.Event()
        self.together: Together[int, int] = Together(self._trip)

    async def _trip(self, asked: Sequence[int]) -> list[int | Exception]:
        self.trips.append(list(asked))
        await self.let.wait()
        if 0 in asked:
            raise ConnectionError
        return [ValueError(str(number)) if number < 0 else 2 * number for number in asked]


async def test_what_is_asked_during_a_trip_goes_together_and_in_order_in_the_next() -> None:
    line = Line()
    first = line.together.ask(1)
    await asyncio.sleep(0)
    rest = [line.together.ask(number) for number in (2, 3, 4)]
    line.let.set()
    assert await first == 2
    assert await asyncio.gather(*rest) == [4, 6, 8]
    assert line.trips == [[1], [2, 3, 4]]


async def test_each_learns_its_own_outcome() -> None:
    line = Line()
    line.let.set()
    outcomes = await asyncio.gather(*map(line.together.ask, (1, -2, 3)), return_exceptions=True)
    assert [outcomes[0], outcomes[2]] == [2, 6]
    assert isinstance(outcomes[1], ValueError)
    assert line.trips == [[1, -2, 3]]


async def test_a_trip_that_fails_tells_all_of_it_and_the_next_one_goes() -> None:
    line = Line()
    line.let.set()
    outcomes = await asyncio.gather(*map(line.together.ask, (0, 1)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [ConnectionError] * 2
    assert await line.together.ask(5) == 10


async def test_who_stops_waiting_spoils_nothing() -> None:
    line = Line()

    async def ask(number: int) -> int:
        return await line.together.ask(number)

    tasks = [asyncio.create_task(ask(number)) for number in (1, 2, 3)]
    await asyncio.sleep(0)
    tasks[1].cancel()
    line.let.set()
    assert (await tasks[0], await tasks[2]) == (2, 6)
    with pytest.raises(asyncio.CancelledError):
        await tasks[1]
    assert line.trips == [[1, 2, 3]]


async def test_settle_waits_for_everything_asked() -> None:
    line = Line()
    await line.together.settle()
    answers = [line.together.ask(1)]
    await asyncio.sleep(0)
    answers.append(line.together.ask(2))
    line.let.set()
    await line.together.settle()
    assert [answer.result() for answer in answers] == [2, 4]
