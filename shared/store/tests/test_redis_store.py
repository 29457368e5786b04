"""The store in Valkey against the suite of all stores, and what only a server can do: restart, forget a script."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from deploy.local.valkey import ValkeyServer
from shared.kernel.errors import Away
from shared.store.documents import Kind
from shared.store.redis import RedisStore, connect
from shared.testing.store_suite import NOTES, SHORT, TAKEN, Note, RestartSuite, StoreSuite, note, now


class TestRedisStore(StoreSuite):
    @pytest.fixture
    async def store(self, valkey_url: str, key_prefix: str) -> AsyncIterator[RedisStore]:
        async for store in _store(valkey_url, key_prefix):
            yield store

    async def test_scripts_that_the_server_forgot_are_loaded_again(self, store: RedisStore, valkey_url: str) -> None:
        client = connect(valkey_url)
        await client.script_flush()
        await client.aclose()
        documents = [note(f"n{number}") for number in range(5)]
        await asyncio.gather(*(store.commit(document, now=now()) for document in documents))
        assert [document.version for document in documents] == [1] * 5

    async def test_kinds_that_need_a_search_are_refused(self, store: RedisStore) -> None:
        with pytest.raises(TypeError, match="neither unique fields nor indexes"):
            await store.prepare([TAKEN])
        with pytest.raises(TypeError, match="finds documents by id only"):
            await store.find("notes", {"owner": "Tariro"})

    async def test_two_services_on_one_server_do_not_meet(self, store: RedisStore, valkey_url: str) -> None:
        client = connect(valkey_url)
        other = RedisStore(client, "other:")
        await other.prepare([Kind("notes", Note)])
        await store.commit(note(), now=now())
        assert (await other.load("notes", "n1")).version == 0
        await client.aclose()


class TestRedisRestart(RestartSuite):
    @pytest.fixture
    async def server(self, mortal_valkey: ValkeyServer) -> ValkeyServer:
        return mortal_valkey

    @pytest.fixture
    async def store(self, server: ValkeyServer) -> AsyncIterator[RedisStore]:
        async for store in _store(server.url, "t:"):
            yield store

    async def test_after_a_restart_no_connection_of_the_old_server_is_used(
        self, store: RedisStore, server: ValkeyServer
    ) -> None:
        async with connect(server.url) as client, connect(server.url) as another:
            stores = [RedisStore(client, f"{number}:") for number in range(5)]
            await asyncio.gather(*(each.ping() for each in stores))  # at once, so that each has a connection
            server.kill()
            server.start()
            await another.ping()  # meanwhile the loop sees that those are closed
            for each in stores:
                await each.ping()

    async def test_a_server_that_is_full_takes_no_commit_and_loses_none(
        self, store: RedisStore, server: ValkeyServer
    ) -> None:
        document = note()
        await store.commit(document, now=now(), message_id="m1")
        client = connect(server.url)
        await client.config_set("maxmemory", "1")
        with pytest.raises(Away):
            await store.commit(document, now=now(), message_id="m2")
        await client.config_set("maxmemory", "0")
        await client.aclose()
        loaded = await store.load("notes", "n1", "m2")
        assert (loaded.version, loaded.seen) == (1, False)
        await store.commit(document, now=now(), message_id="m2")


async def _store(url: str, prefix: str) -> AsyncIterator[RedisStore]:
    client = connect(url)
    store = RedisStore(client, prefix)
    await store.prepare([NOTES, SHORT])
    yield store
    await store.close()
    await client.aclose()
