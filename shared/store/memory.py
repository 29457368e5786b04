"""A store in memory, for tests and simulations: the same port, the same suite, no server."""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right, insort
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from shared.bus.envelope import Envelope
from shared.store.documents import Conflict, Document, Kind, NotUnique, Outcall, Span

_Unique = tuple[tuple[str, ...], str]
"""The fields of a unique index, and their values as JSON."""


_Rank = tuple[int, Any]
_Sorted = tuple[list[_Rank], str]
"""The values of an index, and the document's id."""


@dataclass
class _Stored:
    """A document as text, so that nobody can change it behind the store's back."""

    version: int
    state: str
    inbox: dict[str, datetime]
    outbox: list[tuple[str, datetime, str]]
    """Id, time and text of each entry."""
    outcalls: list[str]
    unique: set[_Unique]
    sorted: dict[tuple[str, ...], _Sorted]
    keep_until: datetime | None


@dataclass
class _Index:
    """Where to find documents of a kind without reading all of them."""

    unsent: dict[str, datetime] = field(default_factory=dict)
    due: dict[str, datetime] = field(default_factory=dict)
    unique: dict[_Unique, str] = field(default_factory=dict)
    sorted: dict[tuple[str, ...], list[_Sorted]] = field(default_factory=dict)
    lists: set[tuple[str, ...]] = field(default_factory=set)
    """Indexes that hold lists: a find by one of their elements reads all documents."""

    def put(self, id: str, stored: _Stored) -> None:
        self.unique.update(dict.fromkeys(stored.unique, id))
        for fields, entry in stored.sorted.items():
            insort(self.sorted.setdefault(fields, []), entry)
            if any(kind == _LIST for kind, _ in entry[0]):
                self.lists.add(fields)

    def drop(self, stored: _Stored) -> None:
        for value in stored.unique:
            del self.unique[value]
        for fields, entry in stored.sorted.items():
            entries = self.sorted[fields]
            del entries[bisect_left(entries, entry)]


_LIST = 4
"""The rank of lists among kinds of values."""
BATCH = 500
"""States that `stream` gives at a time."""


class MemoryStore:
    """Everything is lost with the process. For one event loop. `keep` is looked at when the kind is written."""

    def __init__(self) -> None:
        self._documents: dict[str, dict[str, _Stored]] = {}
        self._indexes: dict[str, _Index] = {}
        self._kinds: dict[str, Kind[Any]] = {}

    async def prepare(self, kinds: Sequence[Kind[Any]]) -> None:
        for kind in kinds:
            self._kinds[kind.name] = kind
            self._documents.setdefault(kind.name, {})
            self._indexes.setdefault(kind.name, _Index())

    async def load(self, kind: str, id: str, message_id: str | None = None, *, to_commit: bool = False) -> Document:
        stored = self._documents[kind].get(id)
        return Document(kind, id) if stored is None else _opened(kind, id, stored, message_id)

    async def commit(self, document: Document, *, now: datetime, message_id: str | None = None) -> None:
        kind = self._kinds[document.kind]
        documents, index = self._documents[document.kind], self._indexes[document.kind]
        if kind.keep is not None:
            self._forget(kind.name, now)
        stored = documents.get(document.id)
        if (stored.version if stored else 0) != document.version:
            raise Conflict(document.kind)
        unique = _unique_values(kind, document.state)
        if any(index.unique.get(value, document.id) != document.id for value in unique):
            raise NotUnique(document.kind)
        inbox = document.inbox_after(message_id, now)
        documents[document.id] = _Stored(
            document.version + 1,
            json.dumps(document.state),
            inbox,
            [(entry.id, entry.occurred_at, entry.model_dump_json()) for entry in document.outbox],
            [call.model_dump_json() for call in document.outcalls],
            unique,
            {fields: (_ranks(document.state, fields), document.id) for fields in kind.indexes},
            None if kind.keep is None else now + kind.keep,
        )
        if stored is not None:
            index.drop(stored)
        index.put(document.id, documents[document.id])
        _note(index.unsent, document.id, document.unsent_since)
        _note(index.due, document.id, document.due_at)
        document.version, document.inbox = document.version + 1, dict(inbox)

    async def create(self, documents: Sequence[Document], *, now: datetime) -> list[bool]:
        written = []
        for document in documents:
            try:
                await self.commit(document, now=now)
            except (Conflict, NotUnique):
                written.append(False)
            else:
                written.append(True)
        return written

    async def remove(self, kind: str, where: Mapping[str, Any]) -> int:
        self._kinds[kind].check_removal(where)
        documents, index = self._documents[kind], self._indexes[kind]
        gone = [id for id, stored in documents.items() if _fits(json.loads(stored.state), where)]
        for id in gone:
            index.drop(documents.pop(id))
            _note(index.unsent, id, None)
            _note(index.due, id, None)
        return len(gone)

    async def clear_outbox(self, kind: str, id: str, entries: Sequence[str]) -> None:
        stored = self._documents[kind].get(id)
        if stored is not None:
            stored.outbox = [entry for entry in stored.outbox if entry[0] not in entries]
            oldest = min((at for _, at, _ in stored.outbox), default=None)
            _note(self._indexes[kind].unsent, id, oldest)

    async def unsent(self, kind: str, before: datetime, limit: int) -> list[Document]:
        found = sorted((since, id) for id, since in self._indexes[kind].unsent.items() if since <= before)
        return self._open(kind, [id for _, id in found[:limit]])

    async def due(self, kind: str, now: datetime, limit: int) -> list[Document]:
        found = sorted((at, id) for id, at in self._indexes[kind].due.items() if at <= now)
        return self._open(kind, [id for _, id in found[:limit]])

    async def find(
        self, kind: str, where: Mapping[str, Any], *, order: str | None = None, limit: int = 100, skip: int = 0
    ) -> list[dict[str, Any]]:
        return list(islice(self._found(kind, where, order), skip, skip + limit))

    async def stream(
        self, kind: str, where: Mapping[str, Any], *, order: str | None = None
    ) -> AsyncIterator[list[dict[str, Any]]]:
        found = self._found(kind, where, order)
        while batch := list(islice(found, BATCH)):
            yield batch

    async def sums(
        self, kind: str, where: Mapping[str, Any], *, by: Sequence[str], of: str
    ) -> list[tuple[tuple[Any, ...], int, int]]:
        groups: dict[tuple[Any, ...], list[int]] = {}
        for state in self._found(kind, where, None):
            groups.setdefault(tuple(_value(state, field) for field in by), []).append(_value(state, of) or 0)
        return [(values, len(numbers), sum(numbers)) for values, numbers in groups.items()]

    async def ping(self) -> None:
        return None

    async def close(self) -> None:
        return None

    def all(self, kind: str) -> list[Document]:
        """Every document of a kind, for tests to look at."""
        return self._open(kind, list(self._documents[kind]))

    def _found(self, kind: str, where: Mapping[str, Any], order: str | None) -> Iterator[dict[str, Any]]:
        """The states that fit, in order; read one by one where an index has them in this order."""
        self._kinds[kind].check_indexed(where, order)
        ordered = self._in_order(kind, where, order)
        ids = list(self._documents[kind]) if ordered is None else ordered
        states = (json.loads(self._documents[kind][id].state) for id in ids)
        found = (state for state in states if _fits(state, where))
        if order is None or ordered is not None:
            return found
        field = order.removeprefix("-")
        return iter(sorted(found, key=lambda state: _rank(_value(state, field)), reverse=order.startswith("-")))

    def _in_order(self, kind: str, where: Mapping[str, Any], order: str | None) -> list[str] | None:
        """The ids of the documents that equal `where`, in order; None when no index has exactly these."""
        index, count = self._indexes[kind], len(where)
        field = None if order is None else order.removeprefix("-")
        if any(isinstance(value, Span) for value in where.values()):
            return None
        for fields in self._kinds[kind].indexes:
            if fields in index.lists:
                continue
            if set(fields[:count]) == set(where) and (field is None or [field] == list(fields[count : count + 1])):
                wanted = [_rank(where[name]) for name in fields[:count]]
                entries = index.sorted.get(fields, [])
                first = bisect_left(entries, wanted, key=lambda entry: entry[0][:count])
                last = bisect_right(entries, wanted, key=lambda entry: entry[0][:count])
                ids = [id for _, id in entries[first:last]]
                return ids[::-1] if (order or "").startswith("-") else ids
        return None

    def _open(self, kind: str, ids: Sequence[str]) -> list[Document]:
        return [_opened(kind, id, self._documents[kind][id], None) for id in ids]

    def _forget(self, kind: str, now: datetime) -> None:
        documents, index = self._documents[kind], self._indexes[kind]
        for id, stored in list(documents.items()):
            idle = not stored.outbox and not stored.outcalls
            if idle and stored.keep_until is not None and stored.keep_until <= now:
                del documents[id]
                index.drop(stored)


def _note(index: dict[str, datetime], id: str, at: datetime | None) -> None:
    if at is None:
        index.pop(id, None)
    else:
        index[id] = at


def _opened(kind: str, id: str, stored: _Stored, message_id: str | None) -> Document:
    return Document(
        kind,
        id,
        stored.version,
        json.loads(stored.state),
        dict(stored.inbox),
        [Envelope.model_validate_json(text) for _, _, text in stored.outbox],
        [Outcall.model_validate_json(call) for call in stored.outcalls],
        seen=message_id in stored.inbox,
    )


def _unique_values(kind: Kind[Any], state: Mapping[str, Any]) -> set[_Unique]:
    found = set()
    for fields in kind.unique:
        values = [_value(state, field) for field in fields]
        if None not in values:
            found.add((fields, json.dumps(values, sort_keys=True)))
    return found


def _value(state: Mapping[str, Any], field: str) -> Any:
    value: Any = state
    for part in field.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _fits(state: Mapping[str, Any], where: Mapping[str, Any]) -> bool:
    return all(_is(_value(state, field), wanted) for field, wanted in where.items())


def _is(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, Span):
        return (
            value is not None
            and (wanted.first is None or value >= wanted.first)
            and (wanted.last is None or value <= wanted.last)
        )
    return bool(value == wanted) or (isinstance(value, list) and wanted in value)


def _rank(value: Any) -> _Rank:
    """What a value is sorted by: as in MongoDB null comes before numbers, these before text, that before the rest."""
    if value is None:
        return 0, 0
    if isinstance(value, int | float) and not isinstance(value, bool):
        return 1, value
    if isinstance(value, str):
        return 2, value
    return _LIST if isinstance(value, list) else 3, json.dumps(value, sort_keys=True)


def _ranks(state: Mapping[str, Any], fields: Sequence[str]) -> list[_Rank]:
    return [_rank(_value(state, field)) for field in fields]
