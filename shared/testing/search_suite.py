"""What a document store must do that can also be searched: all of StoreSuite, and this."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from shared.store.documents import Conflict, Document, DocumentStore, Kind, NotUnique, Span
from shared.testing.store_suite import Note, StoreSuite, call, note, now, said

LISTED = Kind("listed", Note, indexes=(("owner", "rank"), ("rank",), ("box.colour",)))


class SearchSuite(StoreSuite):
    """For stores that also search and keep unique: the fixture prepares LISTED and TAKEN as well."""

    async def test_find_gives_the_states_whose_fields_equal(self, store: DocumentStore) -> None:
        for number, owner in enumerate(["Tariro", "Chipo", "Tariro", "tariro"]):
            await store.commit(
                note(f"n{number}", kind="listed", owner=owner, rank=10 - number, colour={"of": number}), now=now()
            )
        found = await store.find("listed", {"owner": "Tariro"}, order="rank")
        assert [state["rank"] for state in found] == [8, 10]
        assert found[1] == note(owner="Tariro", rank=10, colour={"of": 0}).state
        assert await store.find("listed", {"rank": 9, "owner": "Tariro"}) == []
        [state] = await store.find("listed", {"box.colour": {"of": 3}})
        assert state["owner"] == "tariro"

    async def test_remove_takes_what_find_gives_with_outbox_calls_and_unique_values(self, store: DocumentStore) -> None:
        for number, owner in enumerate(["Tariro", "Chipo", "Tariro"]):
            await store.commit(note(f"n{number}", kind="listed", owner=owner, rank=number, colour=["red"]), now=now())
        waiting = note("n9", kind="listed", owner="Tariro", rank=9, colour=["red", "blue"])
        waiting.outbox, waiting.outcalls = [said("E1", now())], [call("C1", now())]
        await store.commit(waiting, now=now())
        assert await store.remove("listed", {"owner": "Tariro"}) == 3
        assert [state["owner"] for state in await store.find("listed", {})] == ["Chipo"]
        assert [await store.unsent("listed", now(), 9), await store.due("listed", now(), 9)] == [[], []]
        assert (await store.load("listed", "n9")).version == 0
        assert await store.remove("listed", {"owner": "Tariro"}) == 0
        assert await store.remove("listed", {"box.colour": "red"}) == 1
        await store.commit(note("n9", kind="listed", owner="Rudo", rank=1), now=now())
        assert [state["owner"] for state in await store.find("listed", {"rank": 1})] == ["Rudo"]
        for where in ({}, {"box.size": 1}):
            with pytest.raises(TypeError):
                await store.remove("listed", where)

    async def test_what_was_removed_is_not_brought_back_by_who_loaded_it_before(self, store: DocumentStore) -> None:
        await store.commit(note(kind="listed"), now=now())
        held = await store.load("listed", "n1", to_commit=True)
        await store.remove("listed", {"owner": "Tariro"})
        outcomes = await asyncio.gather(
            store.commit(held, now=now()),
            store.commit(note("n2", kind="listed"), now=now()),
            return_exceptions=True,
        )
        assert [type(outcome) for outcome in outcomes] == [Conflict, type(None)]
        assert [(await store.load("listed", id)).version for id in ("n1", "n2")] == [0, 1]

    async def test_find_orders_both_ways_and_stops_at_the_limit(self, store: DocumentStore) -> None:
        for rank in (5, 3, 9, 7, 1):
            await store.commit(note(f"n{rank}", kind="listed", rank=rank), now=now())

        async def ranks(order: str, limit: int = 100) -> list[int]:
            return [state["rank"] for state in await store.find("listed", {}, order=order, limit=limit)]

        assert await ranks("rank") == [1, 3, 5, 7, 9]
        assert await ranks("-rank") == [9, 7, 5, 3, 1]
        assert await ranks("-rank", 2) == [9, 7]
        assert len(await store.find("listed", {}, limit=3)) == 3

    async def test_find_takes_null_for_missing_and_puts_it_first(self, store: DocumentStore) -> None:
        for id, box in (("n1", {"colour": "red"}), ("n2", {"colour": None}), ("n3", dict[str, Any]())):
            await store.commit(note(id, kind="listed", rank=int(id[1]), **box), now=now())
        found = await store.find("listed", {"box.colour": None})
        assert sorted(state["rank"] for state in found) == [2, 3]
        ordered = await store.find("listed", {}, order="box.colour")
        assert ordered[-1]["rank"] == 1

    async def test_find_takes_a_span_of_values_and_skips(self, store: DocumentStore) -> None:
        for rank in (5, 3, 9, 7, 1):
            await store.commit(note(f"n{rank}", kind="listed", owner="T" if rank > 1 else "U", rank=rank), now=now())

        async def ranks(where: dict[str, Any], **how: Any) -> list[int]:
            return [state["rank"] for state in await store.find("listed", where, order="-rank", **how)]

        assert await ranks({"rank": Span(3, 7)}) == [7, 5, 3]
        assert await ranks({"rank": Span(3)}, skip=1, limit=2) == [7, 5]
        assert await ranks({"rank": Span(None, 3)}) == [3, 1]
        assert await ranks({"owner": "T", "rank": Span(None, 7)}) == [7, 5, 3]
        assert await ranks({"owner": "T", "rank": Span()}) == [9, 7, 5, 3]
        assert len(await store.find("listed", {"owner": Span("T"), "rank": 3})) == 1
        for where in ({"rank": 1, "box.colour": Span(1)}, {"owner": Span("T"), "rank": Span(1)}):
            with pytest.raises(TypeError, match="no index"):
                await store.find("listed", where)

    async def test_find_looks_into_lists(self, store: DocumentStore) -> None:
        await store.commit(note(kind="listed", colour=["red", "blue"]), now=now())
        assert len(await store.find("listed", {"box.colour": "blue"})) == 1
        assert await store.find("listed", {"box.colour": "green"}) == []

    async def test_a_stream_gives_every_document_once_in_order(self, store: DocumentStore) -> None:
        await asyncio.gather(
            *(store.commit(note(f"n{rank}", kind="listed", rank=rank), now=now()) for rank in range(1201))
        )
        batches = [batch async for batch in store.stream("listed", {"rank": Span(1)}, order="rank")]
        assert [state["rank"] for batch in batches for state in batch] == list(range(1, 1201))
        assert len(batches) > 1
        assert [batch async for batch in store.stream("listed", {"owner": "nobody"})] == []

    async def test_sums_count_and_add_per_group_without_losing_a_cent(self, store: DocumentStore) -> None:
        for number, (owner, rank) in enumerate((("T", 2**53), ("T", 1), ("U", 7), ("V", 3))):
            await store.commit(note(f"n{number}", kind="listed", owner=owner, rank=rank), now=now())
        sums = await store.sums("listed", {"rank": Span(None, 2**53)}, by=("owner", "box.colour"), of="rank")
        assert sorted(sums) == [(("T", None), 2, 2**53 + 1), (("U", None), 1, 7), (("V", None), 1, 3)]
        assert await store.sums("listed", {"owner": "nobody"}, by=("owner",), of="rank") == []

    async def test_a_value_that_looks_like_an_operator_is_only_a_value(self, store: DocumentStore) -> None:
        await store.commit(note(kind="listed", owner="Tariro"), now=now())
        assert await store.find("listed", {"owner": {"$ne": ""}}) == []
        assert await store.find("listed", {"owner": "$owner"}) == []

    async def test_a_search_without_an_index_is_a_programming_error(self, store: DocumentStore) -> None:
        with pytest.raises(TypeError, match="listed has no index"):
            await store.find("listed", {"box.size": 1})
        with pytest.raises(TypeError, match="ordered by -owner"):
            await store.find("listed", {"rank": 1}, order="-owner")

    async def test_a_unique_value_cannot_be_taken_twice(self, store: DocumentStore) -> None:
        first, second = note("n1", kind="taken", rank=1), note("n2", kind="taken", rank=2)
        await store.commit(first, now=now())
        second.outbox = [said("e1", now())]
        with pytest.raises(NotUnique):
            await store.commit(second, now=now(), message_id="m1")
        assert await store.load("taken", "n2", "m1") == Document("taken", "n2")
        second.state["owner"] = "Chipo"
        await store.commit(second, now=now())
        second.state["owner"] = "Tariro"
        with pytest.raises(NotUnique):
            await store.commit(second, now=now())
        assert (await store.load("taken", "n2")).state["owner"] == "Chipo"
        assert second.version == 1

    async def test_a_unique_value_may_stay_and_may_be_taken_once_it_is_free(self, store: DocumentStore) -> None:
        first, second = note("n1", kind="taken"), note("n2", kind="taken")
        await store.commit(first, now=now())
        await store.commit(first, now=now())
        first.state["owner"] = "Chipo"
        await store.commit(first, now=now())
        await store.commit(second, now=now())
        [state] = await store.find("taken", {"owner": "Tariro"})
        assert state == second.state

    async def test_fields_that_are_unique_together_may_repeat_alone(self, store: DocumentStore) -> None:
        await store.commit(note("n1", kind="taken", owner="a", rank=1, colour="red"), now=now())
        await store.commit(note("n2", kind="taken", owner="b", rank=1, colour="blue"), now=now())
        await store.commit(note("n3", kind="taken", owner="c", rank=2, colour="red"), now=now())
        with pytest.raises(NotUnique):
            await store.commit(note("n4", kind="taken", owner="d", rank=1, colour="red"), now=now())
        [state] = await store.find("taken", {"rank": 1, "box.colour": "blue"})
        assert state["owner"] == "b"

    async def test_null_repeats_nothing(self, store: DocumentStore) -> None:
        await store.commit(note("n1", kind="taken", owner="a", rank=1, colour=None), now=now())
        await store.commit(note("n2", kind="taken", owner="b", rank=1, colour=None), now=now())
        await store.commit(note("n3", kind="taken", owner="c", rank=1), now=now())

    async def test_of_those_who_take_a_value_at_the_same_time_one_gets_it(self, store: DocumentStore) -> None:
        racers = [note(f"n{number}", kind="taken") for number in range(5)]
        outcomes = await asyncio.gather(*(store.commit(racer, now=now()) for racer in racers), return_exceptions=True)
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NoneType"] + ["NotUnique"] * 4

    async def test_create_leaves_out_what_repeats_a_unique_value(self, store: DocumentStore) -> None:
        new = [note("n1", kind="taken", owner="a"), note("n2", kind="taken", owner="a"), note("n3", kind="taken")]
        assert await store.create(new, now=now()) == [True, False, True]
