"""The stores of one service, by the home of a kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from shared.store.documents import Document, DocumentStore, Kind


class Stores:
    """Finds the store of a kind, among the service's own kinds and the pipeline's."""

    def __init__(self, mongo: DocumentStore, redis: DocumentStore) -> None:
        self._stores: dict[str, DocumentStore] = {"mongo": mongo, "redis": redis}
        self.kinds: tuple[Kind[Any], ...] = ()

    async def prepare(self, kinds: Sequence[Kind[Any]]) -> None:
        """Make the indexes of all kinds; told once, before anything is read or written."""
        self.kinds = tuple(kinds)
        for home, store in self._stores.items():
            await store.prepare([kind for kind in kinds if kind.home == home])

    def of(self, kind: Kind[Any]) -> DocumentStore:
        """The store that holds a kind."""
        return self._stores[kind.home]

    async def load(
        self, kind: Kind[Any], id: str, message_id: str | None = None, *, to_commit: bool = False
    ) -> Document:
        return await self.of(kind).load(kind.name, id, message_id, to_commit=to_commit)

    async def commit(
        self, kind: Kind[Any], document: Document, *, now: datetime, message_id: str | None = None
    ) -> None:
        await self.of(kind).commit(document, now=now, message_id=message_id)

    async def remove(self, kind: Kind[Any], where: Mapping[str, Any]) -> int:
        return await self.of(kind).remove(kind.name, where)

    async def find(
        self, kind: Kind[Any], where: Mapping[str, Any], *, order: str | None, limit: int, skip: int = 0
    ) -> list[dict[str, Any]]:
        return await self.of(kind).find(kind.name, where, order=order, limit=limit, skip=skip)

    async def sums(
        self, kind: Kind[Any], where: Mapping[str, Any], *, by: Sequence[str], of: str
    ) -> list[tuple[tuple[Any, ...], int, int]]:
        return await self.of(kind).sums(kind.name, where, by=by, of=of)

    async def ping(self) -> None:
        """Return when every store that a kind lives in answers; raise Away when one does not."""
        for home in sorted({kind.home for kind in self.kinds}):
            await self._stores[home].ping()

    async def close(self) -> None:
        for store in self._stores.values():
            await store.close()
