"""The port of all stores: documents that carry their own inbox, outbox and outcalls.

One conditional write of one document is the only transaction there is (architecture 4). `commit` compares
`version`; whoever lost the race loads again. The state, the ids of the messages handled, the messages to
publish and the calls to make change together or not at all.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic, Literal, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict

from shared.bus.envelope import Envelope
from shared.kernel.errors import RuvimboError

State = TypeVar("State", bound=BaseModel)


@dataclass(frozen=True)
class Span:
    """In a `find`: values from `first` to `last`, both included; None leaves that end open. Null is in no span."""

    first: Any = None
    last: Any = None


INBOX_DAYS = 8
"""WhatsApp repeats a webhook for up to seven days (WhatsApp contract 1.3)."""


@dataclass(frozen=True)
class Kind(Generic[State]):
    """A kind of document of one service.

    `home` says which store holds it. `unique` and `indexes` are tuples of state fields (dotted for nested
    ones); they exist in `mongo` and in memory only. A field that is null repeats nothing. `keep` lets the store
    forget a document that long after its last commit, but never one with an unsent outbox or an open outcall.
    """

    name: str
    state: type[State]
    home: Literal["mongo", "redis"] = "mongo"
    unique: tuple[tuple[str, ...], ...] = ()
    indexes: tuple[tuple[str, ...], ...] = ()
    keep: timedelta | None = None

    def check_indexed(self, where: Mapping[str, Any], order: str | None) -> None:
        """Raise TypeError when no index serves a `find`: it would read all documents of the kind."""
        spans = [name for name, value in where.items() if isinstance(value, Span)]
        if any(set(fields) == set(where) for fields in self.unique) and None not in where.values() and not spans:
            return
        field = None if order is None else order.removeprefix("-")
        if spans:
            if len(spans) == 1 and any(_serves(fields, spans[0], where, field) for fields in self.indexes):
                return
            raise TypeError(f"{self.name} has no index for {sorted(where)} with a span of {spans}, ordered by {order}")
        for fields in self.indexes:
            after = fields[len(where) : len(where) + 1]
            if set(fields[: len(where)]) == set(where) and (field is None or field in (*where, *after)):
                return
        if where or order:
            raise TypeError(f"{self.name} has no index for {sorted(where)} ordered by {order}")

    def check_removal(self, where: Mapping[str, Any]) -> None:
        """Raise TypeError when a removal names no field: it would empty the kind; or when no index serves it."""
        if not where:
            raise TypeError(f"{self.name}: say by which fields to remove")
        self.check_indexed(where, None)


def _serves(fields: tuple[str, ...], span: str, where: Mapping[str, Any], order: str | None) -> bool:
    """Whether an index finds a span: after equal fields; those after it are compared in the index, too."""
    if span not in fields:
        return False
    before = fields[: fields.index(span)]
    return set(before) <= set(where) <= set(fields) and (order is None or order in fields)


class Outcall(BaseModel):
    """An intent to call a vendor, or a call under way. `due` → `calling` → gone, when its answer is committed."""

    model_config = ConfigDict(extra="ignore")

    id: str
    name: str
    """The name of its Call kind."""
    request: dict[str, Any]
    due_at: datetime
    """`due`: when to make the call. `calling`: when the try under way counts as lost."""
    state: Literal["due", "calling"] = "due"
    first_due_at: datetime
    attempts: int = 0
    correlation_id: str
    causation_id: str | None = None
    traceparent: str | None = None


@dataclass
class Document:
    """One stored document. `version` 0: not stored yet. `state` is JSON as pydantic makes it (`mode="json"`)."""

    kind: str
    id: str
    version: int = 0
    state: dict[str, Any] = field(default_factory=dict)
    inbox: dict[str, datetime] = field(default_factory=dict)
    """Ids of messages handled and when; stores that keep them elsewhere leave it empty."""
    outbox: list[Envelope] = field(default_factory=list)
    outcalls: list[Outcall] = field(default_factory=list)
    seen: bool = False
    """Whether the message id given to `load` was handled by this document before."""

    @property
    def unsent_since(self) -> datetime | None:
        """When the oldest unsent message occurred."""
        return min((entry.occurred_at for entry in self.outbox), default=None)

    @property
    def due_at(self) -> datetime | None:
        """When the first outcall comes due."""
        return min((call.due_at for call in self.outcalls), default=None)

    def inbox_after(self, message_id: str | None, now: datetime) -> dict[str, datetime]:
        """The inbox with `message_id` handled `now`, without what is too old to come again."""
        oldest = now - timedelta(days=INBOX_DAYS)
        inbox = {id: at for id, at in self.inbox.items() if at >= oldest}
        return inbox if message_id is None else {**inbox, message_id: now}


class Conflict(RuvimboError):
    """Somebody else committed the document since it was loaded: load again."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        super().__init__(f"A {kind} document was changed at the same time.")


class NotUnique(RuvimboError):
    """The state repeats a value that another document of the kind has in its `unique` fields: decide again."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        super().__init__(f"A {kind} document with the same unique value exists.")


class DocumentStore(Protocol):
    """A store of one service. Every method raises `Away` when the server cannot be reached.

    Safe for concurrent use by tasks of one event loop; several processes may use the same store. What `commit`
    and `create` have acknowledged survives a kill of the server.
    """

    async def prepare(self, kinds: Sequence[Kind[Any]]) -> None:
        """Make the indexes of these kinds; told once, before anything else."""

    async def load(self, kind: str, id: str, message_id: str | None = None, *, to_commit: bool = False) -> Document:
        """The document as last committed, or one of version 0. `seen` tells of `message_id`.

        With `to_commit` it may be as this process committed it last: only for what ends in a commit, which raises
        Conflict if that is stale; the load after that is fresh.
        """

    async def commit(self, document: Document, *, now: datetime, message_id: str | None = None) -> None:
        """Write all of the document if its stored version is still `document.version`, as version + 1.

        Sets `document.version` to the new one. `message_id` is noted as handled at `now` in the same write, and
        ids noted more than 8 days before `now` are dropped. Raises Conflict or NotUnique; then nothing was written.
        """

    async def create(self, documents: Sequence[Document], *, now: datetime) -> list[bool]:
        """Write those of the documents that don't exist yet, all in one round trip; True for each written."""

    async def remove(self, kind: str, where: Mapping[str, Any]) -> int:
        """Remove the documents that `find` would give by `where`, with their unsent outbox and their calls.

        How many they were. Only where `find` works, and never by an empty `where`. A document that was loaded before
        cannot be committed any more, but a new one can.
        """

    async def clear_outbox(self, kind: str, id: str, entries: Sequence[str]) -> None:
        """Forget published outbox entries by their ids. No new version: a race may only cause a publish again."""

    async def unsent(self, kind: str, before: datetime, limit: int) -> list[Document]:
        """Documents whose oldest outbox entry `occurred_at` a time at or before `before`, oldest first."""

    async def due(self, kind: str, now: datetime, limit: int) -> list[Document]:
        """Documents with an outcall whose `due_at` has come, earliest first."""

    async def find(
        self, kind: str, where: Mapping[str, Any], *, order: str | None = None, limit: int = 100, skip: int = 0
    ) -> list[dict[str, Any]]:
        """States of documents whose fields equal `where` (a list holds the value; one may be within a Span).

        Ordered by a field (`-field`: descending), without the first `skip`. Only on stores of `home="mongo"` and in
        memory; fields must be indexed.
        """

    def stream(
        self, kind: str, where: Mapping[str, Any], *, order: str | None = None
    ) -> AsyncIterator[list[dict[str, Any]]]:
        """As `find`, but all of them, in batches: what is too much to hold at once."""

    async def sums(
        self, kind: str, where: Mapping[str, Any], *, by: Sequence[str], of: str
    ) -> list[tuple[tuple[Any, ...], int, int]]:
        """Per group of equal `by` fields: (their values, how many documents, the sum of the whole number `of`).

        Of the documents that `find` would give; in no order. Fast when one index holds all fields that are named.
        """

    async def ping(self) -> None:
        """Return when the server answers; raise Away when it does not."""

    async def close(self) -> None: ...
