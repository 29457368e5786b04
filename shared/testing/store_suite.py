"""What every document store must do; each implementation's test module inherits it and gives a `store` fixture."""

from __future__ import annotations

import asyncio
import itertools
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Protocol

import pytest
from pydantic import BaseModel

from shared.bus.envelope import Envelope
from shared.kernel.clock import SystemClock
from shared.kernel.errors import Away
from shared.store.documents import INBOX_DAYS, Conflict, Document, DocumentStore, Kind, Outcall


class Note(BaseModel):
    """A state of which a store knows nothing but its fields."""

    owner: str
    rank: int
    box: dict[str, Any]


NOTES = Kind("notes", Note)
SHORT = Kind("short_lived", Note, keep=timedelta(minutes=1))
TAKEN = Kind("taken", Note, unique=(("owner",), ("rank", "box.colour")))


def now() -> datetime:
    """Whole milliseconds: finer than that no test here looks."""
    at = SystemClock().now()
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def note(id: str = "n1", *, kind: str = "notes", owner: str = "Tariro", rank: int = 1, **box: Any) -> Document:
    """A new document."""
    return Document(kind, id, state={"owner": owner, "rank": rank, "box": box})


def said(id: str, at: datetime, text: str = "hello") -> Envelope:
    """An outbox entry."""
    return Envelope(
        id=id,
        type="test.said",
        version=1,
        key="M1",
        source="test",
        occurred_at=at,
        correlation_id=id,
        data={"text": text, "money": "0.10", "nested": [{"$a.b": None}]},
    )


def call(id: str, due_at: datetime) -> Outcall:
    """An open outcall."""
    return Outcall(
        id=id, name="poll", request={"x": [1, {"$y": "é"}]}, due_at=due_at, first_due_at=due_at, correlation_id="E1"
    )


class StoreSuite:
    """Inherit with a fixture `store: DocumentStore`, prepared with NOTES and SHORT."""

    async def test_a_document_comes_back_as_it_was_committed(self, store: DocumentStore) -> None:
        at = now()
        document = note(text="Mwaramutsa ✓ \u0000 \n", many=[1, 2.5, None, True, {"a": []}], empty={}, big=2**53)
        document.outbox = [said("e1", at), said("e2", at + timedelta(microseconds=1))]
        document.outcalls = [call("c1", at + timedelta(microseconds=7))]
        await store.commit(document, now=at)
        loaded = await store.load("notes", "n1")
        assert document.version == loaded.version == 1
        assert (loaded.kind, loaded.id, loaded.seen) == ("notes", "n1", False)
        assert loaded.state == document.state
        assert loaded.outbox == document.outbox
        assert loaded.outcalls == document.outcalls

    async def test_a_document_never_committed_has_version_0(self, store: DocumentStore) -> None:
        assert await store.load("notes", "nobody", "m1") == Document("notes", "nobody")

    async def test_what_is_changed_after_a_commit_or_a_load_is_not_stored(self, store: DocumentStore) -> None:
        document = note(list=[1])
        await store.commit(document, now=now())
        document.state["box"]["list"].append(2)
        loaded, other = await asyncio.gather(store.load("notes", "n1"), store.load("notes", "n1"))
        loaded.state["box"]["list"].append(3)
        assert other.state["box"]["list"] == [1]
        assert (await store.load("notes", "n1")).state["box"]["list"] == [1]

    async def test_each_commit_replaces_the_whole_document(self, store: DocumentStore) -> None:
        at = now()
        document = note(first=1)
        document.outbox, document.outcalls = [said("e1", at)], [call("c1", at)]
        await store.commit(document, now=at)
        document.state, document.outbox, document.outcalls = {"owner": "B", "rank": 2, "box": {}}, [], []
        await store.commit(document, now=at)
        loaded = await store.load("notes", "n1")
        assert (loaded.version, loaded.state) == (2, document.state)
        assert (loaded.outbox, loaded.outcalls) == ([], [])
        assert await store.unsent("notes", at, 10) == await store.due("notes", at, 10) == []

    async def test_an_old_version_is_refused_and_nothing_is_written(self, store: DocumentStore) -> None:
        at = now()
        await store.commit(note(), now=at)
        stale = await store.load("notes", "n1")
        fresh = await store.load("notes", "n1")
        fresh.state["rank"] = 2
        await store.commit(fresh, now=at)
        stale.state["rank"] = 3
        stale.outbox, stale.outcalls = [said("e1", at)], [call("c1", at)]
        with pytest.raises(Conflict):
            await store.commit(stale, now=at, message_id="m1")
        assert stale.version == 1
        loaded = await store.load("notes", "n1", "m1")
        assert (loaded.version, loaded.state["rank"], loaded.seen) == (2, 2, False)
        assert await store.unsent("notes", at, 10) == await store.due("notes", at, 10) == []

    async def test_a_new_document_is_refused_where_one_exists(self, store: DocumentStore) -> None:
        await store.commit(note(rank=1), now=now())
        with pytest.raises(Conflict):
            await store.commit(note(rank=2), now=now())
        assert (await store.load("notes", "n1")).state["rank"] == 1

    async def test_a_document_that_is_loaded_to_commit_knows_all_of_the_last_commit(self, store: DocumentStore) -> None:
        first = note()
        first.outbox, first.outcalls = [said("E1", now()), said("E2", now())], [call("C1", now())]
        await store.commit(first, now=now(), message_id="m1")
        await store.clear_outbox("notes", "n1", ["E1"])
        first.outbox.clear()
        first.outcalls[0].state = "calling"
        again = await store.load("notes", "n1", "m1", to_commit=True)
        assert (again.version, again.seen, [entry.id for entry in again.outbox]) == (1, True, ["E2"])
        assert [one.state for one in again.outcalls] == ["due"]
        again.state["rank"] = 2
        await store.commit(again, now=now(), message_id="m2")
        assert (await store.load("notes", "n1", "m2")).state["rank"] == 2

    @pytest.mark.parametrize("version", [0, 1])
    async def test_of_commits_at_the_same_time_exactly_one_wins(self, store: DocumentStore, version: int) -> None:
        if version:
            await store.commit(note(), now=now())
        racers = [await store.load("notes", "n1") for _ in range(5)]
        for rank, racer in enumerate(racers):
            racer.state = note(rank=rank).state
        outcomes = await asyncio.gather(*(store.commit(racer, now=now()) for racer in racers), return_exceptions=True)
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Conflict"] * 4 + ["NoneType"]
        loaded = await store.load("notes", "n1")
        assert loaded.version == version + 1
        assert outcomes[loaded.state["rank"]] is None

    async def test_a_message_is_seen_once_its_commit_is_done_and_no_other_is(self, store: DocumentStore) -> None:
        document = await store.load("notes", "n1", "m.1:$x")
        assert not document.seen
        document.state = note().state
        await store.commit(document, now=now(), message_id="m.1:$x")
        await store.commit(document, now=now(), message_id="m2")
        await store.commit(note("n1:m"), now=now(), message_id="1")
        assert (await store.load("notes", "n1", "m.1:$x")).seen
        assert (await store.load("notes", "n1", "m2")).seen
        assert not (await store.load("notes", "n1", "m")).seen
        assert not (await store.load("notes", "n1", "m:1")).seen
        assert not (await store.load("notes", "n2", "m2")).seen
        assert not (await store.load("notes", "n1")).seen

    async def test_a_message_is_remembered_for_8_days_and_not_longer(self, store: DocumentStore) -> None:
        at = now()
        days, minute = timedelta(days=INBOX_DAYS), timedelta(minutes=1)
        await store.commit(note(), now=at - days - minute, message_id="too old")
        await store.commit(await store.load("notes", "n1"), now=at - days + minute, message_id="old")
        await store.commit(await store.load("notes", "n1"), now=at, message_id="new")
        seen = [(await store.load("notes", "n1", id)).seen for id in ("too old", "old", "new")]
        assert seen == [False, True, True]

    async def test_create_writes_what_is_new_and_tells_which(self, store: DocumentStore) -> None:
        at = now()
        await store.commit(note("n2", rank=1), now=at)
        new = [note(f"n{number}", rank=9) for number in (1, 2, 3)]
        new[0].outbox = [said("e1", at)]
        assert await store.create(new, now=at) == [True, False, True]
        assert [document.version for document in new] == [1, 0, 1]
        assert [(await store.load("notes", f"n{number}")).state["rank"] for number in (1, 2, 3)] == [9, 1, 9]
        assert [document.id for document in await store.unsent("notes", at, 10)] == ["n1"]
        assert await store.create([], now=at) == []

    async def test_of_two_who_create_at_the_same_time_each_document_has_one_maker(self, store: DocumentStore) -> None:
        first, second = await asyncio.gather(
            *(store.create([note(f"n{number}") for number in range(20)], now=now()) for _ in range(2))
        )
        assert all(one != other for one, other in zip(first, second, strict=True))

    async def test_one_create_with_the_same_document_twice_writes_it_once(self, store: DocumentStore) -> None:
        assert await store.create([note(rank=1), note(rank=2)], now=now()) == [True, False]
        assert (await store.load("notes", "n1")).state["rank"] == 1

    async def test_clearing_forgets_the_entries_named_and_makes_no_version(self, store: DocumentStore) -> None:
        at = now()
        document = note()
        document.outbox = [said("e1", at), said("e2", at + timedelta(seconds=1)), said("e3", at)]
        document.outcalls = [call("c1", at)]
        await store.commit(document, now=at)
        await store.clear_outbox("notes", "n1", ["e1", "e3", "e9"])
        loaded = await store.load("notes", "n1")
        assert loaded.version == 1
        assert loaded.outbox == [document.outbox[1]]
        assert loaded.outcalls == document.outcalls
        await store.clear_outbox("notes", "n1", ["e2"])
        assert (await store.load("notes", "n1")).outbox == []
        await store.clear_outbox("notes", "nobody", ["e2"])
        assert (await store.load("notes", "nobody")).version == 0

    async def test_a_commit_after_clearing_needs_no_new_load(self, store: DocumentStore) -> None:
        at = now()
        document = note()
        document.outbox = [said("e1", at)]
        await store.commit(document, now=at)
        await store.clear_outbox("notes", "n1", ["e1"])
        document.outbox = [said("e2", at)]
        await store.commit(document, now=at)
        loaded = await store.load("notes", "n1")
        assert (loaded.version, [entry.id for entry in loaded.outbox]) == (2, ["e2"])

    async def test_unsent_gives_the_oldest_first_up_to_a_time_and_a_limit(self, store: DocumentStore) -> None:
        at = now()
        for number, age in enumerate((3, 9, 1, 5)):
            document = note(f"n{number}")
            # The oldest entry counts, wherever it stands.
            document.outbox = [said(f"a{number}", at), said(f"b{number}", at - timedelta(seconds=age))]
            if number == 1:
                document.outbox.append(said("c1", at - timedelta(seconds=4)))
            await store.commit(document, now=at)
        await store.commit(note("quiet"), now=at)

        async def ids(before: datetime, limit: int) -> list[str]:
            return [document.id for document in await store.unsent("notes", before, limit)]

        assert await ids(at, 10) == ["n1", "n3", "n0", "n2"]
        assert await ids(at, 2) == ["n1", "n3"]
        assert await ids(at - timedelta(seconds=5), 10) == ["n1", "n3"]
        assert await store.unsent("short_lived", at, 10) == []
        await store.clear_outbox("notes", "n1", ["b1"])
        assert await ids(at, 10) == ["n3", "n1", "n0", "n2"]
        await store.clear_outbox("notes", "n1", ["a1", "c1"])
        assert await ids(at, 10) == ["n3", "n0", "n2"]
        [oldest] = await store.unsent("notes", at, 1)
        assert oldest == await store.load("notes", "n3")

    async def test_due_gives_the_earliest_first_up_to_a_time_and_a_limit(self, store: DocumentStore) -> None:
        at = now()
        for number, age in enumerate((3, 9, -1, 5)):
            document = note(f"n{number}")
            document.outcalls = [call("later", at + timedelta(hours=1)), call("c", at - timedelta(seconds=age))]
            await store.commit(document, now=at)
        await store.commit(note("quiet"), now=at)

        async def ids(before: datetime, limit: int) -> list[str]:
            return [document.id for document in await store.due("notes", before, limit)]

        assert await ids(at, 10) == ["n1", "n3", "n0"]
        assert await ids(at, 2) == ["n1", "n3"]
        assert await ids(at + timedelta(seconds=1), 10) == ["n1", "n3", "n0", "n2"]
        assert await ids(at - timedelta(seconds=10), 10) == []
        assert await store.due("short_lived", at, 10) == []
        done = await store.load("notes", "n1")
        done.outcalls = []
        await store.commit(done, now=at)
        [earliest] = await store.due("notes", at, 1)
        assert earliest == await store.load("notes", "n3")

    async def test_a_call_is_not_due_a_microsecond_early(self, store: DocumentStore) -> None:
        at = now() + timedelta(microseconds=500)
        document = note()
        document.outcalls = [call("c1", at)]
        await store.commit(document, now=at)
        assert await store.due("notes", at - timedelta(microseconds=1), 10) == []
        assert len(await store.due("notes", at, 10)) == 1

    async def test_a_document_is_forgotten_after_its_time_unless_work_is_open(self, store: DocumentStore) -> None:
        long_ago = now() - timedelta(hours=1)
        ids = ("idle", "unsent", "open call", "young")
        idle, unsent, open_call, young = (note(id, kind="short_lived") for id in ids)
        unsent.outbox = [said("e1", long_ago)]
        open_call.outcalls = [call("c1", now())]
        for document in (idle, unsent, open_call):
            await store.commit(document, now=long_ago)
        await store.commit(young, now=now())
        await self._until_forgotten(store, "idle")
        kept = [(await store.load("short_lived", id)).version for id in ids[1:]]
        assert kept == [1, 1, 1]
        await store.clear_outbox("short_lived", "unsent", ["e1"])
        open_call.outcalls = []
        await store.commit(open_call, now=long_ago)
        await self._until_forgotten(store, "unsent")
        await self._until_forgotten(store, "open call")
        await store.commit(note("idle", kind="short_lived"), now=now())
        assert (await store.load("short_lived", "idle")).version == 1

    async def test_work_that_opens_later_keeps_a_document_that_had_a_time_to_go(self, store: DocumentStore) -> None:
        soon = now() - SHORT.keep + timedelta(seconds=1) if SHORT.keep else now()
        reopened, idle = note("reopened", kind="short_lived"), note("idle", kind="short_lived")
        await store.commit(reopened, now=soon)
        await store.commit(idle, now=soon)
        reopened.outcalls = [call("c1", now())]
        await store.commit(reopened, now=soon)
        await self._until_forgotten(store, "idle")
        assert (await store.load("short_lived", "reopened")).version == 2

    async def test_a_kind_without_keep_is_kept(self, store: DocumentStore) -> None:
        await store.commit(note(), now=now() - timedelta(days=4000))
        await store.commit(note("idle", kind="short_lived"), now=now() - timedelta(days=4000))
        await self._until_forgotten(store, "idle")
        assert (await store.load("notes", "n1")).version == 1

    async def test_a_document_may_weigh_a_megabyte(self, store: DocumentStore) -> None:
        at = now()
        document = note(text="é" * 500_000)
        document.outbox = [said("e1", at, "x" * 1_000_000)]
        await store.commit(document, now=at)
        loaded = await store.load("notes", "n1")
        assert loaded.state == document.state
        await store.clear_outbox("notes", "n1", ["e1"])
        assert (await store.load("notes", "n1")).outbox == []

    async def test_500_commits_at_once_all_land(self, store: DocumentStore) -> None:
        documents = [note(f"n{number}", rank=number) for number in range(500)]
        await asyncio.gather(
            *(store.commit(document, now=now(), message_id=f"m{document.id}") for document in documents)
        )
        loaded = await asyncio.gather(*(store.load("notes", f"n{number}", f"mn{number}") for number in range(500)))
        assert [(document.version, document.state["rank"], document.seen) for document in loaded] == [
            (1, number, True) for number in range(500)
        ]

    async def test_one_commit_that_fails_or_is_cancelled_spoils_no_other(self, store: DocumentStore) -> None:
        await store.commit(note("n3"), now=now())
        bad = note("n5")
        bad.state["box"]["not JSON"] = object()
        documents = [bad if number == 5 else note(f"n{number}") for number in range(10)]
        tasks = [asyncio.create_task(store.commit(document, now=now())) for document in documents]
        await asyncio.sleep(0)
        tasks[7].cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        assert isinstance(outcomes[3], Conflict)
        assert isinstance(outcomes[5], Exception)
        for number in (0, 1, 2, 4, 6, 8, 9):
            assert outcomes[number] is None
            assert (await store.load("notes", f"n{number}")).version == 1
        assert (await store.load("notes", "n5")).version == 0

    async def test_keys_that_look_like_operators_are_plain_data(self, store: DocumentStore) -> None:
        odd: dict[str, Any] = {
            "$set": {"version": 9},
            "a.b": 1,
            "$where": "sleep(1)",
            "": 0,
            ".": {"$": "$"},
            "__proto__": None,
        }
        document = note("$n.1:*", **odd)
        document.outbox = [said("e.$1", now())]
        await store.commit(document, now=now())
        assert (await store.load("notes", "$n.1:*")).state["box"] == odd
        await store.clear_outbox("notes", "$n.1:*", ["$outbox.id"])
        assert len((await store.load("notes", "$n.1:*")).outbox) == 1
        await store.clear_outbox("notes", "$n.1:*", ["e.$1"])
        loaded = await store.load("notes", "$n.1:*")
        assert (loaded.outbox, loaded.version, loaded.state["box"]) == ([], 1, odd)

    async def test_prepare_may_run_again(self, store: DocumentStore) -> None:
        await store.commit(note(), now=now())
        await store.prepare([NOTES, SHORT])
        assert (await store.load("notes", "n1")).version == 1

    async def test_the_server_answers(self, store: DocumentStore) -> None:
        await store.ping()

    async def _until_forgotten(self, store: DocumentStore, id: str) -> None:
        async with asyncio.timeout(20):
            turn = 0
            while (await store.load("short_lived", id)).version:
                turn += 1
                # The store in memory forgets when the kind is written; a server by itself, some time.
                await store.commit(note(f"{id}, {turn}", kind="short_lived"), now=now())
                await asyncio.sleep(0.05)


class Server(Protocol):
    """A server that a test may kill: the store under test is on it."""

    def kill(self) -> None:
        """kill -9; returns when it is gone."""

    def start(self) -> None:
        """Start it on the same port and data; returns when it can be connected to."""


class RestartSuite:
    """For stores on servers: inherit with fixtures `store` and `server`, which no other test uses at the time."""

    async def test_what_was_acknowledged_survives_a_kill_and_the_store_comes_back_by_itself(
        self, store: DocumentStore, server: Server
    ) -> None:
        acknowledged: list[tuple[str, str]] = []
        first = asyncio.Event()

        async def write(writer: int) -> None:
            for number in itertools.count():
                id = f"n{writer}-{number}"
                await store.commit(note(id), now=now(), message_id=f"m{number}")
                acknowledged.append((id, f"m{number}"))
                if len(acknowledged) == 200:
                    first.set()

        writers = [asyncio.create_task(write(number)) for number in range(20)]
        await first.wait()
        server.kill()
        async with asyncio.timeout(10):
            outcomes = await asyncio.gather(*writers, return_exceptions=True)
        assert {type(outcome) for outcome in outcomes} == {Away}
        for act in (store.load("notes", "n0-0", "m0"), store.commit(note("new"), now=now()), store.ping()):
            async with asyncio.timeout(10):
                with pytest.raises(Away):
                    await act
        server.start()
        async with asyncio.timeout(30):
            while True:
                with suppress(Away):
                    await store.commit(await store.load("notes", "after"), now=now())
                    break
        for id, message_id in acknowledged:
            document = await store.load("notes", id, message_id)
            assert (document.version, document.seen) == (1, True)
