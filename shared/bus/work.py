"""The unit of work that a handler gets: load one document, change it, say things, ask for calls.

There is no publish, no commit and no vendor in reach; the pipeline does those, once, after the handler.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from typing import Any, Protocol

from shared.bus.erasure import Erasure
from shared.bus.outbox import say
from shared.contracts.base import Message
from shared.kernel.errors import RuvimboError
from shared.kernel.ids import derive_id
from shared.outcalls.calls import Answer, Call, Request
from shared.store.documents import Document, Kind, Outcall, State
from shared.telemetry.tracing import Tracing, current_traceparent


class AlreadyHandled(RuvimboError):
    """The document knows this message: nothing is to be done but to publish what it may not have published."""


class Missing(RuvimboError):
    """A document that must exist does not; `kind` and `id` say which."""

    def __init__(self, kind: str, id: str) -> None:
        self.kind = kind
        self.id = id
        super().__init__(f"There is no {kind} document of that id.")


class Reader(Protocol):
    """What a unit of work reads by: the stores of its service, by kind."""

    async def load(
        self, kind: Kind[Any], id: str, message_id: str | None = None, *, to_commit: bool = False
    ) -> Document: ...

    async def find(
        self, kind: Kind[Any], where: Mapping[str, Any], *, order: str | None, limit: int
    ) -> list[dict[str, Any]]: ...

    async def sums(
        self, kind: Kind[Any], where: Mapping[str, Any], *, by: Sequence[str], of: str
    ) -> list[tuple[tuple[Any, ...], int, int]]: ...


class Work:
    """One handling of one message or answer. Made by the pipeline; handlers only use it.

    `now` is the kernel's time at the start of the handling, `correlation_id` the id of the message that began
    the whole exchange, `message_id` the id of the message at hand (or of the outcall that was answered),
    `settings` the service's own settings object.
    """

    def __init__(
        self,
        reader: Reader,
        *,
        service: str,
        now: datetime,
        message_id: str,
        correlation_id: str,
        tracing: Tracing,
        inbox_id: str | None,
        settings: Any,
        erasure: Erasure,
    ) -> None:
        self.settings = settings
        self.now = now
        self.message_id = message_id
        self.correlation_id = correlation_id
        self._tracing = tracing
        self._joined = ExitStack()
        self._reader = reader
        self._service = service
        self._inbox_id = inbox_id
        self._messages: list[Message] = []
        self._calls: list[tuple[Call[Any, Any], Any, datetime, str | None]] = []
        self._dropped: list[tuple[str, dict[str, Any]]] = []
        self._erasure = erasure
        self.removals: list[tuple[Kind[Any], Mapping[str, Any]]] = []
        """For the pipeline: what to remove before the commit."""
        self.kind: Kind[Any] | None = None
        self.document: Document | None = None
        self._state: Any = None

    async def load(self, kind: Kind[State], id: str) -> State:
        """The state of the document that this work is about; change it in place. Raises Missing."""
        document = await self._take(kind, id)
        if not document.version:
            raise Missing(kind.name, id)
        return self.hold(kind, document)

    async def open(self, kind: Kind[State], id: str, new: Callable[[], State]) -> State:
        """As `load`, but a document that does not exist yet is made by `new` (and created by the commit)."""
        document = await self._take(kind, id)
        if document.version:
            return self.hold(kind, document)
        state = new()
        self._state = state
        return state

    async def exists(self, kind: Kind[Any], id: str) -> bool:
        """Whether there is such a document; it is not taken into this work."""
        return bool((await self._reader.load(kind, id)).version)

    async def read(self, kind: Kind[State], id: str) -> State | None:
        """Another document's state, to look at only: changes to it are not kept."""
        document = await self._reader.load(kind, id)
        return kind.state.model_validate(document.state) if document.version else None

    async def find(
        self, kind: Kind[State], where: Mapping[str, Any], *, order: str | None = None, limit: int = 100
    ) -> list[State]:
        """Other documents' states by indexed fields, to look at only."""
        return [
            kind.state.model_validate(state) for state in await self._reader.find(kind, where, order=order, limit=limit)
        ]

    async def is_erased(self, member: str) -> bool:
        """Whether the person was erased: nothing of them may be kept any more."""
        return await self._erasure.is_erased(member)

    def remove(self, kind: Kind[Any], **where: Any) -> None:
        """Remove all documents whose indexed fields equal `where`, whatever they wait for: for erasure.

        Done before the document of this work is committed, and again whenever the message is handled again.
        """
        self.removals.append((kind, where))

    async def sums(
        self, kind: Kind[Any], where: Mapping[str, Any], *, by: Sequence[str], of: str
    ) -> list[tuple[tuple[Any, ...], int, int]]:
        """Count and sum of `of` per group of equal `by` fields, added up by the store."""
        return await self._reader.sums(kind, where, by=by, of=of)

    def emit(self, *messages: Message) -> None:
        """Say events, ask commands: published in this order once the document is committed."""
        self._messages.extend(messages)

    def call(
        self,
        call: Call[Request, Answer],
        request: Request,
        *,
        due: datetime | None = None,
        traceparent: str | None = None,
    ) -> None:
        """Ask for a call to a vendor, now or at `due`. Needs a document: load or open one in this work.

        `traceparent` is the trace that the call belongs to, where that is not the one of this work.
        """
        self._calls.append((call, request, due or self.now, traceparent))

    def drop_calls(self, call: Call[Any, Any], **members: Any) -> None:
        """Forget calls of this kind (whose request has these members) that are still due; one under way goes on."""
        self._dropped.append((call.name, members))

    def join_trace(self, traceparent: str | None) -> None:
        """Go on in the trace of a document that lives long; the trace of this message is linked (architecture 4)."""
        if traceparent is not None:
            here = current_traceparent()
            self._joined.enter_context(self._tracing.span("joined by a later message", parent=traceparent, link=here))

    @property
    def traceparent(self) -> str | None:
        """What a document stores to let later work join this trace."""
        return current_traceparent()

    # For the pipeline and the runner.

    @property
    def held(self) -> tuple[Kind[Any], Document]:
        """The kind and document that this work is about."""
        if self.kind is None or self.document is None:
            raise RuntimeError("no document in this unit of work")
        return self.kind, self.document

    def end(self) -> None:
        """Leave the traces joined."""
        self._joined.close()

    def hold(self, kind: Kind[State], document: Document) -> State:
        """Take a loaded document as the one that this work is about."""
        self.kind, self.document = kind, document
        state = kind.state.model_validate(document.state)
        self._state = state
        return state

    async def _take(self, kind: Kind[Any], id: str) -> Document:
        if self.document is not None:
            raise RuntimeError(f"a unit of work is about one document; this one has {self.document.kind} already")
        document = await self._reader.load(kind, id, self._inbox_id, to_commit=True)
        self.kind, self.document = kind, document
        if document.seen:
            raise AlreadyHandled
        return document

    @property
    def has_effects(self) -> bool:
        return bool(self.document is not None or self._messages or self._calls or self.removals)

    def write(self) -> list[Outcall]:
        """Put all effects of this work into its document, ready to commit; the calls that are new in it."""
        _, document = self.held
        if self._state is not None:
            document.state = self._state.model_dump(mode="json")
        say(
            document,
            self._messages,
            source=self._service,
            now=self.now,
            correlation_id=self.correlation_id,
            causation_id=self.message_id,
        )
        if self._dropped:
            document.outcalls = [
                call
                for call in document.outcalls
                if call.state != "due"
                or not any(
                    call.name == name and members.items() <= call.request.items() for name, members in self._dropped
                )
            ]
        new = [
            Outcall(
                id=derive_id("C", self._service, document.kind, document.id, document.version + 1, index),
                name=call.name,
                request=request.model_dump(mode="json"),
                due_at=due,
                first_due_at=due,
                correlation_id=self.correlation_id,
                causation_id=self.message_id,
                traceparent=traceparent or current_traceparent(),
            )
            for index, (call, request, due, traceparent) in enumerate(self._calls)
        ]
        document.outcalls += new
        return new
