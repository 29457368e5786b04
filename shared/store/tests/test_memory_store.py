"""The store in memory against the suite of all stores that search."""

from __future__ import annotations

import pytest

from shared.store.memory import MemoryStore
from shared.testing.search_suite import LISTED, SearchSuite
from shared.testing.store_suite import NOTES, SHORT, TAKEN


class TestMemoryStore(SearchSuite):
    @pytest.fixture
    async def store(self) -> MemoryStore:
        store = MemoryStore()
        await store.prepare([NOTES, SHORT, LISTED, TAKEN])
        return store
