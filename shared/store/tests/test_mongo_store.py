"""The store in MongoDB against the suite of all stores that search, and what only a server can do: restart."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo.errors import OperationFailure

from deploy.local.mongo import MongoServer
from shared.store.documents import Conflict
from shared.store.mongo import MongoStore
from shared.testing.search_suite import LISTED, SearchSuite
from shared.testing.store_suite import NOTES, SHORT, TAKEN, RestartSuite, note, now


class TestMongoStore(SearchSuite):
    @pytest.fixture
    async def store(self, mongo_url: str, mongo_database: str) -> AsyncIterator[MongoStore]:
        async for store in _store(mongo_url, mongo_database):
            yield store

    async def test_one_document_that_is_too_large_spoils_no_other(self, store: MongoStore) -> None:
        huge, small = note("n1", text="x" * 17_000_000), note("n2")
        outcomes = await asyncio.gather(
            store.commit(huge, now=now()), store.commit(small, now=now()), return_exceptions=True
        )
        assert str(outcomes[0]) == "A notes document has outgrown MongoDB's 16 MB."
        assert outcomes[1] is None

    async def test_one_document_that_the_server_cannot_read_spoils_no_other(self, store: MongoStore) -> None:
        deep, good = note("n1", deep=json.loads("[" * 250 + "]" * 250)), note("n2")
        outcomes = await asyncio.gather(
            store.commit(good, now=now()), store.commit(deep, now=now()), return_exceptions=True
        )
        assert outcomes[0] is None
        assert isinstance(outcomes[1], OperationFailure)
        assert (await store.load("notes", "n1")).version == 0
        assert (await store.load("notes", "n2")).version == 1

    async def test_a_stale_document_at_hand_is_refused_once_and_then_fresh(
        self, store: MongoStore, mongo_url: str, mongo_database: str
    ) -> None:
        await store.commit(note(), now=now())
        async for other in _store(mongo_url, mongo_database):
            theirs = await other.load("notes", "n1")
            theirs.state["rank"] = 2
            await other.commit(theirs, now=now())
        stale = await store.load("notes", "n1", to_commit=True)
        assert (stale.version, (await store.load("notes", "n1")).version) == (1, 2)
        with pytest.raises(Conflict):
            await store.commit(stale, now=now())
        fresh = await store.load("notes", "n1", to_commit=True)
        assert (fresh.version, fresh.state["rank"]) == (2, 2)

    async def test_no_search_reads_documents_that_it_does_not_want(self, store: MongoStore, mongo_url: str) -> None:
        await store.commit(note(kind="taken", colour="red"), now=now())
        await store.commit(note(kind="listed"), now=now())
        admin = AsyncIOMotorClient[dict[str, Any]](mongo_url).admin
        await admin.command("setParameter", 1, notablescan=True)
        try:
            for where in ({"owner": "Tariro"}, {"rank": 1, "box.colour": "red"}):
                assert len(await store.find("taken", where)) == 1
            assert len(await store.find("listed", {"owner": "Tariro"}, order="rank")) == 1
            assert len(await store.find("listed", {"owner": "Tariro", "rank": 1})) == 1
            assert len(await store.find("listed", {"box.colour": None})) == 1
            assert len(await store.find("listed", {}, order="-box.colour")) == 1
            assert await store.unsent("notes", now(), 1) == await store.due("notes", now(), 1) == []
        finally:
            await admin.command("setParameter", 1, notablescan=False)
            admin.client.close()


class TestMongoRestart(RestartSuite):
    @pytest.fixture
    async def server(self, mortal_mongo: MongoServer) -> MongoServer:
        return mortal_mongo

    @pytest.fixture
    async def store(self, server: MongoServer) -> AsyncIterator[MongoStore]:
        async for store in _store(server.url, "restart"):
            yield store


async def _store(url: str, database: str) -> AsyncIterator[MongoStore]:
    store = MongoStore(url, database)
    await store.prepare([NOTES, SHORT, LISTED, TAKEN])
    yield store
    await store.close()
