"""Documents in Valkey or Redis: a hash each, written by one script; all tasks share each round trip and its fsync.

Keys, after the service's prefix (no kind has `:` or `/` in its name):

    {kind}:{id}                       hash: version, state, outbox, outcalls, keep_until
    {kind}/inbox:{length}:{id}:{message}   there while the message id is remembered
    {kind}/unsent, {kind}/due         sorted sets of ids by microseconds: indexes of the hashes

The server must run `appendfsync always` and `noeviction` (architecture 5). A script touches several keys: one
primary with replicas, not a cluster.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha1
from typing import Any

import redis.asyncio
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import (
    ConnectionError,
    NoScriptError,
    OutOfMemoryError,
    ReadOnlyError,
    ResponseError,
    TimeoutError,
)
from redis.maint_notifications import MaintNotificationsConfig

from shared.bus.envelope import Envelope
from shared.kernel.errors import Away
from shared.store.documents import INBOX_DAYS, Conflict, Document, Kind, Outcall
from shared.store.together import Together

_AWAY = (ConnectionError, TimeoutError, OSError, OutOfMemoryError, ReadOnlyError)
"""No server, one that loads its data, one that is full, one that has just become a replica."""

SECONDS = 5.0
"""How long a round trip may take."""


@dataclass(frozen=True)
class _Script:
    text: str
    sha: str


def _script(text: str) -> _Script:
    return _Script(text, sha1(text.encode(), usedforsecurity=False).hexdigest())


_COMMIT = _script("""
local document, unsent, due, inbox = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local id, version, state, outbox, outcalls = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local unsent_since, due_at, keep_until, remember_until = ARGV[6], ARGV[7], ARGV[8], ARGV[9]
if (redis.call('HGET', document, 'version') or '0') ~= version then
  return 0
end
redis.call('HSET', document, 'version', string.format('%d', version + 1), 'state', state,
  'outbox', outbox, 'outcalls', outcalls, 'keep_until', keep_until)
local function index(key, at)
  if at == '' then redis.call('ZREM', key, id) else redis.call('ZADD', key, at, id) end
end
index(unsent, unsent_since)
index(due, due_at)
if keep_until ~= '' and unsent_since == '' and due_at == '' then
  redis.call('PEXPIREAT', document, keep_until)
else
  redis.call('PERSIST', document)
end
if inbox then
  redis.call('SET', inbox, '', 'PXAT', remember_until)
end
return 1
""")

# The outbox is a JSON list of [id, microseconds, text]: strings only, so that Lua's JSON gives back what it took.
_CLEAR = _script("""
local document, unsent = KEYS[1], KEYS[2]
local stored = redis.call('HMGET', document, 'outbox', 'outcalls', 'keep_until')
if not stored[1] then
  return 0
end
local gone, left, oldest = {}, {}, nil
for i = 2, #ARGV do
  gone[ARGV[i]] = true
end
for _, entry in ipairs(cjson.decode(stored[1])) do
  if not gone[entry[1]] then
    left[#left + 1] = entry
    if not oldest or tonumber(entry[2]) < tonumber(oldest) then oldest = entry[2] end
  end
end
if oldest then
  redis.call('HSET', document, 'outbox', cjson.encode(left))
  redis.call('ZADD', unsent, oldest, ARGV[1])
  return 0
end
redis.call('HSET', document, 'outbox', '[]')
redis.call('ZREM', unsent, ARGV[1])
if stored[2] == '[]' and stored[3] ~= '' then
  redis.call('PEXPIREAT', document, stored[3])
end
return 1
""")

_FIELDS = ("version", "state", "outbox", "outcalls")

_Command = tuple[Any, ...]


def connect(url: str) -> redis.asyncio.Redis:
    """A client that says soon that the server is away: our own lanes wait and try again, in order."""
    return redis.asyncio.Redis.from_url(
        url,
        socket_timeout=SECONDS,
        socket_connect_timeout=2.0,
        retry=Retry(NoBackoff(), 0),
        # With them on, redis-py takes connections from its pool that the server has closed (redis-py 8.1, measured).
        maint_notifications_config=MaintNotificationsConfig(enabled=False),
    )


class RedisStore:
    """The documents of one service on a client that it shares; `close` leaves the client open."""

    def __init__(self, client: redis.asyncio.Redis, prefix: str) -> None:
        self._client = client
        self._prefix = prefix
        self._kinds: dict[str, Kind[Any]] = {}
        self._line: Together[_Command, Any] = Together(self._round_trip)

    async def prepare(self, kinds: Sequence[Kind[Any]]) -> None:
        for kind in kinds:
            if kind.unique or kind.indexes:
                raise TypeError(f"{kind.name}: a kind in Redis has neither unique fields nor indexes")
            self._kinds[kind.name] = kind
        await self._line.ask(("PING",))

    async def load(self, kind: str, id: str, message_id: str | None = None, *, to_commit: bool = False) -> Document:
        fields = self._line.ask(("HMGET", self._key(kind, id), *_FIELDS))
        if message_id is None:
            return _opened(kind, id, await fields)
        # The inbox after the document: what is committed in between then shows as seen, never as new to do.
        seen = self._line.ask(("EXISTS", self._inbox_key(kind, id, message_id)))
        await asyncio.gather(fields, seen)
        document = _opened(kind, id, fields.result())
        document.seen = bool(seen.result())
        return document

    async def commit(self, document: Document, *, now: datetime, message_id: str | None = None) -> None:
        written = await self._line.ask(self._commit(document, now, message_id))
        if not written:
            raise Conflict(document.kind)
        document.version += 1

    async def create(self, documents: Sequence[Document], *, now: datetime) -> list[bool]:
        answers = await asyncio.gather(*(self._line.ask(self._commit(document, now, None)) for document in documents))
        for document, written in zip(documents, answers, strict=True):
            document.version += written
        return [bool(written) for written in answers]

    async def remove(self, kind: str, where: Mapping[str, Any]) -> int:
        raise _by_id_only(kind)

    async def clear_outbox(self, kind: str, id: str, entries: Sequence[str]) -> None:
        await self._line.ask(("EVALSHA", _CLEAR.sha, 2, self._key(kind, id), self._index(kind, "unsent"), id, *entries))

    async def unsent(self, kind: str, before: datetime, limit: int) -> list[Document]:
        found = await self._until(kind, "unsent", before, limit)
        return [document for document in found if document.outbox]

    async def due(self, kind: str, now: datetime, limit: int) -> list[Document]:
        found = await self._until(kind, "due", now, limit)
        return [document for document in found if document.outcalls]

    async def find(
        self, kind: str, where: Mapping[str, Any], *, order: str | None = None, limit: int = 100, skip: int = 0
    ) -> list[dict[str, Any]]:
        raise _by_id_only(kind)

    def stream(
        self, kind: str, where: Mapping[str, Any], *, order: str | None = None
    ) -> AsyncIterator[list[dict[str, Any]]]:
        raise _by_id_only(kind)

    async def sums(
        self, kind: str, where: Mapping[str, Any], *, by: Sequence[str], of: str
    ) -> list[tuple[tuple[Any, ...], int, int]]:
        raise _by_id_only(kind)

    async def ping(self) -> None:
        await self._line.ask(("PING",))

    async def close(self) -> None:
        await self._line.settle()

    def _commit(self, document: Document, now: datetime, message_id: str | None) -> _Command:
        kind = self._kinds[document.kind]
        keys = [
            self._key(kind.name, document.id),
            self._index(kind.name, "unsent"),
            self._index(kind.name, "due"),
        ]
        if message_id is not None:
            keys.append(self._inbox_key(kind.name, document.id, message_id))
        return (
            *("EVALSHA", _COMMIT.sha, len(keys), *keys),
            document.id,
            document.version,
            json.dumps(document.state),
            json.dumps(
                [[entry.id, str(_micros(entry.occurred_at)), entry.model_dump_json()] for entry in document.outbox]
            ),
            json.dumps([call.model_dump(mode="json") for call in document.outcalls]),
            _micros(document.unsent_since),
            _micros(document.due_at),
            "" if kind.keep is None else _millis(now + kind.keep),
            _millis(now + timedelta(days=INBOX_DAYS)),
        )

    async def _until(self, kind: str, index: str, at: datetime, limit: int) -> list[Document]:
        key = self._index(kind, index)
        ids = await self._line.ask(("ZRANGE", key, "-inf", _micros(at), "BYSCORE", "LIMIT", 0, limit))
        return await asyncio.gather(*(self.load(kind, id.decode()) for id in ids))

    async def _round_trip(self, commands: Sequence[_Command]) -> Sequence[Any]:
        try:
            answers = await self._pipelined(commands)
            unknown = [number for number, answer in enumerate(answers) if isinstance(answer, NoScriptError)]
            if unknown:
                # A server that has restarted has forgotten the scripts (measured); none of these commands was done.
                await self._pipelined([("SCRIPT LOAD", script.text) for script in (_COMMIT, _CLEAR)])
                again = await self._pipelined([commands[number] for number in unknown])
                for number, answer in zip(unknown, again, strict=True):
                    answers[number] = answer
        except _AWAY as error:
            return [_away(error) for _ in commands]
        return [_away(answer) if _is_away(answer) else answer for answer in answers]

    async def _pipelined(self, commands: Sequence[_Command]) -> list[Any]:
        async with self._client.pipeline(transaction=False) as pipeline:
            for command in commands:
                pipeline.execute_command(*command)
            return await pipeline.execute(raise_on_error=False)

    # Encoded here, so that an id which cannot be fails its own task and not everybody's round trip.

    def _key(self, kind: str, id: str) -> bytes:
        return f"{self._prefix}{kind}:{id}".encode()

    def _inbox_key(self, kind: str, id: str, message_id: str) -> bytes:
        # The length tells where the document's id ends: both ids may contain anything.
        return f"{self._prefix}{kind}/inbox:{len(id)}:{id}:{message_id}".encode()

    def _index(self, kind: str, index: str) -> bytes:
        return f"{self._prefix}{kind}/{index}".encode()


def _opened(kind: str, id: str, fields: Sequence[bytes | None]) -> Document:
    version, state, outbox, outcalls = fields
    if version is None or state is None or outbox is None or outcalls is None:
        return Document(kind, id)
    return Document(
        kind,
        id,
        int(version),
        json.loads(state),
        outbox=[Envelope.model_validate_json(text) for _, _, text in json.loads(outbox)],
        outcalls=[Outcall.model_validate(call) for call in json.loads(outcalls)],
    )


def _micros(at: datetime | None) -> int | str:
    """Microseconds since 1970, which a sorted set holds exactly; "" for never."""
    return "" if at is None else (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def _millis(at: datetime) -> int:
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def _is_away(answer: Any) -> bool:
    # MISCONF: the server cannot write to its disk and therefore takes no writes.
    return isinstance(answer, _AWAY) or (isinstance(answer, ResponseError) and str(answer).startswith("MISCONF"))


def _away(error: Exception) -> Away:
    away = Away("Redis")
    away.__cause__ = error
    return away


def _by_id_only(kind: str) -> TypeError:
    return TypeError(f"{kind} lives in Redis, which finds documents by id only; give it home='mongo'")
