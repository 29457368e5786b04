"""Documents in MongoDB, one collection per kind. The only module that imports the driver.

    _id, version, state
    inbox         [{id, at}]: messages handled, up to 8 days back
    outbox        [{id, at, text}]: unsent messages as JSON
    outcalls      [{…}]
    unsent_since  time of the oldest entry of the outbox; missing when it is empty
    due_at        time of the first outcall; missing when there is none
    keep_until    last commit + `keep`; only in kinds that have one
    forget_at     keep_until, while outbox and outcalls are empty: a TTL index removes the document then

Commits of all tasks that come while one bulk write is in flight go together in the next, and so do loads
(measured: that saves more than half of the driver's and the server's work). What was committed last is at hand for
what commits it next, which finds out if it is stale (decision 0071).
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import bson
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorCollection, AsyncIOMotorCursor
from pymongo import ASCENDING, DESCENDING, IndexModel, ReplaceOne, UpdateOne
from pymongo.errors import BulkWriteError, ConnectionFailure, OperationFailure
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from shared.bus.envelope import Envelope
from shared.kernel.errors import Away
from shared.store.at_hand import AtHand
from shared.store.documents import Conflict, Document, Kind, NotUnique, Outcall, Span
from shared.store.together import Together

_Stored = dict[str, Any]

_OPTIONS: CodecOptions[_Stored] = CodecOptions(tz_aware=True, tzinfo=UTC)

_LARGEST = 16 * 2**20
_DUPLICATE_KEY = 11000
BATCH = 500
"""States that `stream` gives at a time."""
_ANY_VALUE = ["string", "number", "bool", "object", "array"]
"""All BSON types that JSON makes, but null."""


@dataclass(frozen=True)
class _Write:
    operation: ReplaceOne[Any] | UpdateOne
    id: str
    replaces: int = 0
    """The version of the stored document that a commit replaces; 0 for a new document and for what is no commit."""


class _Collection:
    """Where the documents of one kind are, with its two lines of round trips."""

    def __init__(self, kind: Kind[Any], collection: AsyncIOMotorCollection[_Stored]) -> None:
        self.kind = kind
        self.collection = collection
        self.loads: Together[str, _Stored | None] = Together(self._load)
        self.writes: Together[_Write, None] = Together(self._write)
        self.at_hand = AtHand()

    async def _load(self, ids: Sequence[str]) -> Sequence[_Stored | Exception | None]:
        try:
            stored = await self.collection.find({"_id": {"$in": ids}}, batch_size=len(ids) + 1).to_list(None)
        except ConnectionFailure as error:
            return [_away(error) for _ in ids]
        found = {document["_id"]: document for document in stored}
        repeated = {id for id, times in Counter(ids).items() if times > 1}
        # Tasks that load the same document together must not share it.
        return [deepcopy(found.get(id)) if id in repeated else found.get(id) for id in ids]

    async def _write(self, writes: Sequence[_Write]) -> Sequence[Exception | None]:
        outcomes: list[Exception | None] = [None] * len(writes)
        try:
            made = await self.collection.bulk_write([write.operation for write in writes], ordered=False)
            upserted = list(made.upserted_ids or ())
        except BulkWriteError as error:
            if error.details["writeConcernErrors"]:
                # Written, but not known to survive an election.
                return [_away(error) for _ in writes]
            for failure in error.details["writeErrors"]:
                outcomes[failure["index"]] = self._failure(failure)
            upserted = [one["index"] for one in error.details["upserted"]]
        except ConnectionFailure as error:
            return [_away(error) for _ in writes]
        except OperationFailure as error:
            if len(writes) == 1:
                return [error]
            # One that the server cannot read, such as JSON nested 200 deep, spoils its bulk: each on its own, then.
            return [(await self._write([write]))[0] for write in writes]
        for index in upserted:
            if writes[index].replaces:
                outcomes[index] = await self._take_back(writes[index])
        return outcomes

    async def _take_back(self, write: _Write) -> Exception:
        """A commit made a document anew that was removed since it was loaded: remove it again, and load again."""
        try:
            await self.collection.delete_one({"_id": write.id, "version": write.replaces + 1})
        except ConnectionFailure as error:
            return _away(error)
        return Conflict(self.kind.name)

    def _failure(self, failure: Mapping[str, Any]) -> Exception:
        if failure["code"] != _DUPLICATE_KEY:
            return OperationFailure(failure["errmsg"], failure["code"])
        return Conflict(self.kind.name) if "_id" in failure["keyPattern"] else NotUnique(self.kind.name)


class MongoStore:
    """The documents of one service, in a database of its own on a replica set (one node is enough)."""

    def __init__(self, client: AsyncIOMotorClient[_Stored] | str, database: str) -> None:
        if isinstance(client, str):
            client = AsyncIOMotorClient(
                client, serverSelectionTimeoutMS=2_000, connectTimeoutMS=2_000, socketTimeoutMS=10_000
            )
        self._client = client
        # Majority on both sides: a message seen by a load must not be unseen again after an election.
        self._database = client.get_database(
            database, _OPTIONS, write_concern=WriteConcern("majority", j=True), read_concern=ReadConcern("majority")
        )
        self._collections: dict[str, _Collection] = {}

    async def prepare(self, kinds: Sequence[Kind[Any]]) -> None:
        for kind in kinds:
            collection = self._database[kind.name]
            with _reaching():
                await collection.create_indexes(_indexes(kind))
            self._collections[kind.name] = _Collection(kind, collection)

    async def load(self, kind: str, id: str, message_id: str | None = None, *, to_commit: bool = False) -> Document:
        place = self._collections[kind]
        document = place.at_hand.take(id) if to_commit else None
        if document is None:
            stored = await place.loads.ask(id)
            if stored is None:
                return Document(kind, id)
            document = _opened(kind, stored)
        document.seen = message_id in document.inbox
        return document

    async def commit(self, document: Document, *, now: datetime, message_id: str | None = None) -> None:
        inbox = document.inbox_after(message_id, now)
        size = await self._write(document, inbox, now)
        document.version, document.inbox = document.version + 1, inbox
        self._collections[document.kind].at_hand.put(document, size)

    async def create(self, documents: Sequence[Document], *, now: datetime) -> list[bool]:
        outcomes = await asyncio.gather(
            *(self._write(document, document.inbox, now) for document in documents), return_exceptions=True
        )
        for document, outcome in zip(documents, outcomes, strict=True):
            if not isinstance(outcome, BaseException):
                document.version += 1
            elif not isinstance(outcome, Conflict | NotUnique):
                raise outcome
        return [not isinstance(outcome, BaseException) for outcome in outcomes]

    async def remove(self, kind: str, where: Mapping[str, Any]) -> int:
        place = self._collections[kind]
        place.kind.check_removal(where)
        place.at_hand.forget()
        with _reaching():
            gone = await place.collection.delete_many(_query(place.kind, where))
        return gone.deleted_count

    async def clear_outbox(self, kind: str, id: str, entries: Sequence[str]) -> None:
        left = {"$not": [{"$in": ["$$this.id", {"$literal": list(entries)}]}]}
        idle = {"$and": [{"$eq": ["$outbox", []]}, {"$eq": ["$outcalls", []]}]}
        place = self._collections[kind]
        place.at_hand.clear_outbox(id, entries)
        dates = {
            "unsent_since": {"$ifNull": [{"$min": "$outbox.at"}, "$$REMOVE"]},
            "forget_at": {"$cond": [idle, "$keep_until", "$$REMOVE"]},
        }
        filtered = {"$filter": {"input": "$outbox", "cond": left}}
        update = UpdateOne({"_id": id}, [{"$set": {"outbox": filtered}}, {"$set": dates}])
        await place.writes.ask(_Write(update, id))

    async def unsent(self, kind: str, before: datetime, limit: int) -> list[Document]:
        found = await self._until(kind, "unsent_since", before, limit)
        return [document for document in found if document.unsent_since and document.unsent_since <= before]

    async def due(self, kind: str, now: datetime, limit: int) -> list[Document]:
        found = await self._until(kind, "due_at", now, limit)
        return [document for document in found if document.due_at and document.due_at <= now]

    async def find(
        self, kind: str, where: Mapping[str, Any], *, order: str | None = None, limit: int = 100, skip: int = 0
    ) -> list[dict[str, Any]]:
        cursor = self._cursor(kind, where, order).limit(limit).skip(skip)
        with _reaching():
            return [stored["state"] for stored in await cursor.to_list(None)]

    async def stream(
        self, kind: str, where: Mapping[str, Any], *, order: str | None = None
    ) -> AsyncIterator[list[dict[str, Any]]]:
        cursor = self._cursor(kind, where, order).batch_size(BATCH)
        while True:
            with _reaching():
                batch = await cursor.to_list(BATCH)
            if not batch:
                return
            yield [stored["state"] for stored in batch]

    async def sums(
        self, kind: str, where: Mapping[str, Any], *, by: Sequence[str], of: str
    ) -> list[tuple[tuple[Any, ...], int, int]]:
        place = self._collections[kind]
        with _reaching():
            found = await place.collection.aggregate(_steps(place.kind, where, by, of)).to_list(None)
        return [
            (tuple(one["_id"].get(str(index)) for index in range(len(by))), one["count"], one["sum"]) for one in found
        ]

    async def ping(self) -> None:
        with _reaching():
            await self._database.command("ping")

    async def close(self) -> None:
        for place in self._collections.values():
            await place.loads.settle()
            await place.writes.settle()
        self._client.close()

    def _cursor(self, kind: str, where: Mapping[str, Any], order: str | None) -> AsyncIOMotorCursor[_Stored]:
        place = self._collections[kind]
        cursor = place.collection.find(_query(place.kind, where, order), {"_id": 0, "state": 1})
        if order is not None:
            cursor = cursor.sort(f"state.{order.removeprefix('-')}", DESCENDING if order.startswith("-") else ASCENDING)
        return cursor

    async def _write(self, document: Document, inbox: Mapping[str, datetime], now: datetime) -> int:
        """Write one document; its size in bytes."""
        place = self._collections[document.kind]
        # Encoded here, so that what cannot be fails its own task and not everybody's bulk.
        encoded = bson.encode(_stored(document, inbox, now, place.kind), codec_options=_OPTIONS)
        if len(encoded) > _LARGEST:
            raise ValueError(f"A {document.kind} document has outgrown MongoDB's 16 MB.")
        # Where another version is stored, or another document was made, the upsert meets its _id.
        before = {"_id": document.id, "version": document.version}
        operation = ReplaceOne[Any](before, RawBSONDocument(encoded), upsert=True)
        await place.writes.ask(_Write(operation, document.id, document.version))
        return len(encoded)

    async def _until(self, kind: str, field: str, at: datetime, limit: int) -> list[Document]:
        """Documents by a time. MongoDB keeps milliseconds: some may come a fraction of one early."""
        cursor = self._collections[kind].collection.find({field: {"$lte": at}}, sort=[(field, ASCENDING)], limit=limit)
        with _reaching():
            return [_opened(kind, stored) for stored in await cursor.to_list(None)]


def _indexes(kind: Kind[Any]) -> list[IndexModel]:
    indexes = [IndexModel([("unsent_since", ASCENDING)], sparse=True), IndexModel([("due_at", ASCENDING)], sparse=True)]
    if kind.keep is not None:
        indexes.append(IndexModel([("forget_at", ASCENDING)], expireAfterSeconds=0))
    for fields in kind.unique:
        present = {f"state.{field}": {"$type": _ANY_VALUE} for field in fields}
        keys = [(f"state.{field}", ASCENDING) for field in fields]
        indexes.append(IndexModel(keys, unique=True, partialFilterExpression=present))
    for fields in kind.indexes:
        indexes.append(IndexModel([(f"state.{field}", ASCENDING) for field in fields]))
    return indexes


def _query(kind: Kind[Any], where: Mapping[str, Any], order: str | None = None) -> dict[str, Any]:
    kind.check_indexed(where, order)
    unique = {field for fields in kind.unique for field in fields}
    query: dict[str, Any] = {}
    for field, value in where.items():
        if isinstance(value, Span):
            query[f"state.{field}"] = _within(value)
        elif value is not None and field in unique:
            # A unique index holds no null: only with the same words in the query may MongoDB use it.
            query[f"state.{field}"] = {"$eq": value, "$type": _ANY_VALUE}
        else:
            query[f"state.{field}"] = {"$eq": value}
    return query


def _steps(kind: Kind[Any], where: Mapping[str, Any], by: Sequence[str], of: str) -> list[dict[str, Any]]:
    """How MongoDB counts and adds up: from the index alone where it holds all fields that are named."""
    group = {
        "_id": {str(index): f"$state.{field}" for index, field in enumerate(by)},
        "count": {"$sum": 1},
        "sum": {"$sum": f"$state.{of}"},
    }
    return [{"$match": _query(kind, where)}, {"$group": group}]


def _within(span: Span) -> dict[str, Any]:
    bounds = {"$gte": span.first, "$lte": span.last}
    return {word: value for word, value in bounds.items() if value is not None} or {"$ne": None}


def _stored(document: Document, inbox: Mapping[str, datetime], now: datetime, kind: Kind[Any]) -> _Stored:
    stored: _Stored = {
        "_id": document.id,
        "version": document.version + 1,
        "state": document.state,
        "inbox": [{"id": id, "at": at} for id, at in inbox.items()],
        "outbox": [
            {"id": entry.id, "at": entry.occurred_at, "text": entry.model_dump_json()} for entry in document.outbox
        ],
        "outcalls": [call.model_dump(mode="json") for call in document.outcalls],
    }
    if document.unsent_since is not None:
        stored["unsent_since"] = document.unsent_since
    if document.due_at is not None:
        stored["due_at"] = document.due_at
    if kind.keep is not None:
        stored["keep_until"] = now + kind.keep
        if not document.outbox and not document.outcalls:
            stored["forget_at"] = stored["keep_until"]
    return stored


def _opened(kind: str, stored: _Stored) -> Document:
    return Document(
        kind,
        stored["_id"],
        stored["version"],
        stored["state"],
        {entry["id"]: entry["at"] for entry in stored["inbox"]},
        [Envelope.model_validate_json(entry["text"]) for entry in stored["outbox"]],
        [Outcall.model_validate(call) for call in stored["outcalls"]],
    )


@contextmanager
def _reaching() -> Iterator[None]:
    try:
        yield
    except ConnectionFailure as error:
        raise _away(error) from error


def _away(error: Exception) -> Away:
    away = Away("MongoDB")
    away.__cause__ = error
    return away
