"""The runner: each intent is called once, and what happened to a lost answer is never guessed."""

from __future__ import annotations

import asyncio
import types
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest
from pydantic import BaseModel

from shared.bus.dead_letters import DEAD_LETTERS
from shared.bus.handlers import answered, on
from shared.bus.work import Work
from shared.contracts.credex import CredexUnavailable, OpenDashboard
from shared.kernel.errors import Away
from shared.kernel.ids import MemberId
from shared.outcalls.calls import Call, NotSent, Unclear, Unknown, Unreached
from shared.runtime.service import Service, Tools
from shared.store.documents import Document, Kind
from shared.store.memory import MemoryStore
from shared.store.stores import Stores
from shared.testing.harness import Harness

MEMBER = MemberId("M-1")


class Asked(BaseModel):
    number: int


class Answer(BaseModel):
    number: int


class Book(BaseModel):
    outcomes: list[str] = []
    at: list[datetime] = []


BOOKS = Kind("books", Book)
Adapter = Callable[[Asked], Awaitable[Answer]]


def call_of(*, repeats: bool) -> Call[Asked, Answer]:
    return Call(
        "vendor.ask",
        Asked,
        Answer,
        deadline=timedelta(seconds=5),
        repeats=repeats,
        give_up=timedelta(seconds=30),
    )


def service_of(
    call: Call[Asked, Answer], adapter: Adapter, wait: float = 0.0, *, broken: bool = False
) -> Callable[[Tools], Service]:
    """A service that asks the vendor once per message and writes down the outcome."""
    module = types.ModuleType("handlers")

    @on(OpenDashboard)
    async def ask(message: OpenDashboard, work: Work) -> None:
        await work.open(BOOKS, message.member, Book)
        work.call(call, Asked(number=7), due=work.now + timedelta(seconds=wait))

    @answered(call, BOOKS)
    async def note(book: Book, request: Asked, outcome: Answer | Unknown | Unreached, work: Work) -> None:
        if broken:
            raise ValueError
        book.outcomes.append(f"{type(outcome).__name__} of {request.number}")
        book.at.append(work.now)
        work.emit(CredexUnavailable(member=MEMBER, reason="not_yet"))

    module.ask, module.note = ask, note  # type: ignore[attr-defined]
    return lambda tools: Service("credex", None, module, (BOOKS,), {call: adapter})


class Vendor:
    """A vendor that does as its script says, call by call, and answers after the script's end."""

    def __init__(self, *script: Exception) -> None:
        self.script = list(script)
        self.calls = 0

    async def ask(self, request: Asked) -> Answer:
        self.calls += 1
        if self.script:
            raise self.script.pop(0)
        return Answer(number=request.number)


async def run(vendor: Vendor, *, repeats: bool, seconds: float = 60.0, wait: float = 0.0) -> Book:
    async with Harness({"credex": service_of(call_of(repeats=repeats), vendor.ask, wait)}) as harness:
        await harness.say(OpenDashboard(member=MEMBER))
        await harness.advance(seconds)
        book = await harness.state("credex", BOOKS, MEMBER)
        assert book is not None
        assert len(harness.all(CredexUnavailable)) == len(book.outcomes)
        return book


async def test_an_answer_is_committed_once_though_every_message_comes_twice() -> None:
    vendor = Vendor()
    assert (await run(vendor, repeats=False)).outcomes == ["Answer of 7"]
    assert vendor.calls == 1


async def test_a_call_that_was_certainly_not_sent_is_made_again() -> None:
    vendor = Vendor(NotSent("refused"), NotSent("refused", retry_after=3))
    assert (await run(vendor, repeats=False)).outcomes == ["Answer of 7"]
    assert vendor.calls == 3


@pytest.mark.parametrize("error", [Unclear("reset"), TimeoutError(), ValueError("anything else")])
async def test_a_lost_answer_is_unknown_and_never_asked_for_again(error: Exception) -> None:
    vendor = Vendor(error)
    assert (await run(vendor, repeats=False)).outcomes == ["Unknown of 7"]
    assert vendor.calls == 1


async def test_a_read_is_repeated_when_its_answer_is_lost() -> None:
    vendor = Vendor(Unclear("reset"), Unclear("reset"))
    assert (await run(vendor, repeats=True)).outcomes == ["Answer of 7"]
    assert vendor.calls == 3


async def test_what_stays_unreachable_is_given_up() -> None:
    vendor = Vendor(*[NotSent("refused") for _ in range(100)])
    assert (await run(vendor, repeats=False, seconds=120)).outcomes == ["Unreached of 7"]


async def test_a_call_that_can_begin_at_once_costs_no_write_but_its_answer() -> None:
    async with Harness({"credex": service_of(call_of(repeats=False), Vendor().ask)}) as harness:
        await harness.say(OpenDashboard(member=MEMBER))
        assert (await harness.running["credex"].stores.load(BOOKS, MEMBER)).version == 2


class Forgetful(MemoryStore):
    """Writes the first document, but the answer is lost on its way."""

    lost = False

    async def commit(self, document: Document, *, now: datetime, message_id: str | None = None) -> None:
        await super().commit(document, now=now, message_id=message_id)
        if not self.lost:
            self.lost = True
            raise Away("the store")


async def test_a_call_is_made_once_though_the_answer_to_its_commit_was_lost() -> None:
    vendor = Vendor()
    made = {"credex": service_of(call_of(repeats=False), vendor.ask)}
    async with Harness(made, stores=lambda: Stores(Forgetful(), MemoryStore())) as harness:
        await harness.say(OpenDashboard(member=MEMBER))
        book = await harness.state("credex", BOOKS, MEMBER)
    assert (vendor.calls, book and book.outcomes) == (1, ["Answer of 7"])


async def test_a_call_waits_for_its_due_time() -> None:
    vendor = Vendor()
    assert (await run(vendor, repeats=False, seconds=9, wait=10)).outcomes == []
    assert vendor.calls == 0
    assert (await run(vendor, repeats=False, seconds=11, wait=10)).outcomes == ["Answer of 7"]


class SlowStore(MemoryStore):
    """Others have their turn between a read and the write that builds on it."""

    async def load(self, kind: str, id: str, message_id: str | None = None, *, to_commit: bool = False) -> Document:
        document = await super().load(kind, id, message_id, to_commit=to_commit)
        for _ in range(20):
            await asyncio.sleep(0)
        return document


async def test_of_several_replicas_one_makes_the_call_that_is_due() -> None:
    vendor, stores = Vendor(), Stores(SlowStore(), MemoryStore())
    services = {"credex": service_of(call_of(repeats=True), vendor.ask, wait=20)}
    async with Harness(services, stores=lambda: stores) as one, Harness(services, stores=lambda: stores) as other:
        await one.say(OpenDashboard(member=MEMBER))
        await asyncio.gather(one.advance(60), other.advance(60))
        book = await other.state("credex", BOOKS, MEMBER)
        assert book is not None
        assert (vendor.calls, book.outcomes) == (1, ["Answer of 7"])


async def test_a_call_found_half_done_after_a_crash_is_unknown() -> None:
    vendor = Vendor()
    call = call_of(repeats=False)
    async with Harness({"credex": service_of(call, vendor.ask, 1000)}) as harness:
        await harness.say(OpenDashboard(member=MEMBER))
        stores = harness.running["credex"].stores
        document = await stores.load(BOOKS, MEMBER)
        # As a process leaves it that was killed after its claim.
        document.outcalls[0].state = "calling"
        document.outcalls[0].due_at = harness.clock.now() + timedelta(seconds=7)
        await stores.commit(BOOKS, document, now=harness.clock.now())
        await harness.advance(6)
        assert vendor.calls == 0
        await harness.advance(3)
        book = await harness.state("credex", BOOKS, MEMBER)
        assert book is not None
        assert book.outcomes == ["Unknown of 7"]
        assert vendor.calls == 0


async def test_an_answer_handler_that_fails_leaves_a_dead_letter_and_no_open_call() -> None:
    vendor = Vendor()
    call = call_of(repeats=False)
    async with Harness({"credex": service_of(call, vendor.ask, broken=True)}) as harness:
        await harness.say(OpenDashboard(member=MEMBER))
        await harness.advance(60)
        [letter] = harness.documents("credex", DEAD_LETTERS)
        assert letter.state["handler"] == "answered vendor.ask"
        assert '"number":7' in letter.state["body"].replace(" ", "")
        assert (await harness.running["credex"].stores.load(BOOKS, MEMBER)).outcalls == []
        assert vendor.calls == 1


async def test_a_call_without_an_adapter_is_an_error_of_wiring() -> None:
    make = service_of(call_of(repeats=False), Vendor().ask)

    def without(tools: Tools) -> Service:
        service = make(tools)
        return Service("credex", None, service.handlers, service.kinds)

    with pytest.raises(TypeError, match=r"vendor\.ask"):
        await Harness({"credex": without}).__aenter__()


@pytest.mark.parametrize("wait", [0.05, 0.12, 0.21, 0.33, 0.45])
async def test_a_call_that_is_due_before_the_next_look_is_made_at_its_time(wait: float) -> None:
    """Places in a vendor's queue are milliseconds apart; at half a second each the rate was never reached."""
    asked: list[datetime] = []
    made: list[datetime] = []

    class Noting(Vendor):
        async def ask(self, request: Asked) -> Answer:
            made.append(harness.clock.now())
            return await super().ask(request)

    async with Harness({"credex": service_of(call_of(repeats=False), Noting().ask, wait)}) as harness:
        for number in range(5):
            asked.append(harness.clock.now())
            await harness.say(OpenDashboard(member=MemberId(f"M-{number}")))
            await harness.advance(0.7, step=0.01)
    late = [(after - before).total_seconds() - wait for before, after in zip(asked, made, strict=True)]
    assert all(-0.001 <= seconds < 0.03 for seconds in late), late
