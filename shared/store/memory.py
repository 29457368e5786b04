"""A store in memory, for tests and simulations: the same port, the same suite, no server."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from shared.bus.envelope import Envelope
from shared.store.documents import INBOX_DAYS, Conflict, Document, Kind, NotUnique, Outcall


@dataclass
class _Stored:
    """A document as text, so that nobody can change it behind the store's back."""

    version: int
    state: str
    inbox: dict[str, datetime]
    outbox: list[str]
    outcalls: list[str]


class MemoryStore:
    """Everything is lost with the process. For one event loop."""

    def __init__(self) -> None:
        self._documents: dict[str, dict[str, _Stored]] = {}
        self._kinds: dict[str, Kind[Any]] = {}

    async def prepare(self, kinds: Sequence[Kind[Any]]) -> None:
        for kind in kinds:
            self._kinds[kind.name] = kind
            self._documents.setdefault(kind.name, {})

    async def load(self, kind: str, id: str, message_id: str | None = None) -> Document:
        stored = self._documents[kind].get(id)
        return Document(kind, id) if stored is None else _opened(kind, id, stored, message_id)

    async def commit(self, document: Document, *, now: datetime, message_id: str | None = None) -> None:
        documents = self._documents[document.kind]
        stored = documents.get(document.id)
        if (stored.version if stored else 0) != document.version:
            raise Conflict(document.kind)
        self._check_unique(document)
        oldest = now - timedelta(days=INBOX_DAYS)
        document.inbox = {id: at for id, at in document.inbox.items() if at >= oldest}
        if message_id is not None:
            document.inbox[message_id] = now
        document.version += 1
        documents[document.id] = _Stored(
            document.version,
            json.dumps(document.state),
            dict(document.inbox),
            [entry.model_dump_json() for entry in document.outbox],
            [call.model_dump_json() for call in document.outcalls],
        )

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

    async def clear_outbox(self, kind: str, id: str, entries: Sequence[str]) -> None:
        stored = self._documents[kind].get(id)
        if stored is not None:
            stored.outbox = [entry for entry in stored.outbox if Envelope.model_validate_json(entry).id not in entries]

    async def unsent(self, kind: str, before: datetime, limit: int) -> list[Document]:
        found = [document for document in self.all(kind) if document.outbox]
        found.sort(key=lambda document: min(entry.occurred_at for entry in document.outbox))
        return [document for document in found if min(entry.occurred_at for entry in document.outbox) <= before][:limit]

    async def due(self, kind: str, now: datetime, limit: int) -> list[Document]:
        found = [document for document in self.all(kind) if any(call.due_at <= now for call in document.outcalls)]
        found.sort(key=lambda document: min(call.due_at for call in document.outcalls))
        return found[:limit]

    async def find(
        self, kind: str, where: Mapping[str, Any], *, order: str | None = None, limit: int = 100
    ) -> list[dict[str, Any]]:
        found = [
            document.state
            for document in self.all(kind)
            if all(_value(document.state, field) == value for field, value in where.items())
        ]
        if order is not None:
            field = order.removeprefix("-")
            found.sort(key=lambda state: _value(state, field), reverse=order.startswith("-"))
        return found[:limit]

    async def ping(self) -> None:
        return None

    async def close(self) -> None:
        return None

    def all(self, kind: str) -> list[Document]:
        """Every document of a kind, for tests to look at."""
        return [_opened(kind, id, stored, None) for id, stored in self._documents[kind].items()]

    def _check_unique(self, document: Document) -> None:
        for fields in self._kinds[document.kind].unique:
            values = [_value(document.state, field) for field in fields]
            for id, stored in self._documents[document.kind].items():
                state = json.loads(stored.state)
                if id != document.id and [_value(state, field) for field in fields] == values:
                    raise NotUnique(document.kind)


def _opened(kind: str, id: str, stored: _Stored, message_id: str | None) -> Document:
    return Document(
        kind,
        id,
        stored.version,
        json.loads(stored.state),
        dict(stored.inbox),
        [Envelope.model_validate_json(entry) for entry in stored.outbox],
        [Outcall.model_validate_json(call) for call in stored.outcalls],
        seen=message_id in stored.inbox,
    )


def _value(state: Mapping[str, Any], field: str) -> Any:
    value: Any = state
    for part in field.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value
