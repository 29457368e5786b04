"""The one pipeline that every message goes through: handle, commit, publish, then acknowledge (architecture 4)."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any, Protocol

from opentelemetry.trace import SpanKind
from pydantic import BaseModel, ValidationError

from shared.bus.dead_letters import DeadLetters
from shared.bus.envelope import Envelope
from shared.bus.erasure import Erasure
from shared.bus.handlers import Handler
from shared.bus.publisher import Publisher
from shared.bus.work import AlreadyHandled, Work
from shared.contracts.base import Message
from shared.contracts.registry import UnknownMessage
from shared.kernel.clock import Clock
from shared.kernel.errors import Away
from shared.kernel.ids import Chance
from shared.store.documents import Conflict, Document, Kind, NotUnique
from shared.store.stores import Stores
from shared.telemetry import metrics
from shared.telemetry.pseudonyms import Pseudonyms
from shared.telemetry.tracing import Tracing, current_traceparent, trace_id_of

log = logging.getLogger(__name__)

TRIES = 3
"""How often a handler that fails by a bug is tried before its message becomes a dead letter."""
LONGEST_WAIT = 5.0
"""Seconds between tries while a store or the broker is away."""


class Nothing(BaseModel):
    """The state of a document that only remembers that a message was handled."""


HANDLED = Kind("handled", Nothing, home="redis", keep=timedelta(days=8))
"""For handlers without an aggregate: a document per message id."""


def says_why(error: Exception) -> str:
    """An error for operators: its type, and its place rather than its text, which may be personal."""
    return type(error).__name__


class Calls(Protocol):
    """The runner: commits a unit of work and makes the calls that it asks for."""

    async def commit(self, work: Work, inbox_id: str | None = None) -> None: ...

    def wake(self, kind: Kind[Any], document: Document) -> None: ...


class Pipeline:
    """Handles the messages of one service. `deliver` is what a transport calls."""

    def __init__(
        self,
        service: str,
        handlers: Sequence[Handler],
        *,
        settings: Any,
        stores: Stores,
        publisher: Publisher,
        dead_letters: DeadLetters,
        clock: Clock,
        chance: Chance,
        tracing: Tracing,
        pseudonyms: Pseudonyms,
        erasure: Erasure,
        calls: Calls,
    ) -> None:
        self._service = service
        self._handlers: dict[str, list[Handler]] = {}
        for handler in handlers:
            self._handlers.setdefault(handler.message.NAME, []).append(handler)
        self._settings = settings
        self._stores = stores
        self._publisher = publisher
        self._dead_letters = dead_letters
        self._clock = clock
        self._chance = chance
        self._tracing = tracing
        self._pseudonyms = pseudonyms
        self._erasure = erasure
        self._calls = calls
        self.waiting_for: str | None = None
        """The dependency that a lane waits for now, which makes the service not ready."""

    async def deliver(self, body: bytes) -> None:
        """Handle one message as it came; returns when it may be acknowledged."""
        try:
            envelope = Envelope.model_validate_json(body)
            message = envelope.message()
        except (ValidationError, UnknownMessage) as error:
            await self._bury("decode", error, body, 1, None, None)
            return
        began = self._clock.monotonic()
        handlers = self._handlers.get(envelope.type, ())
        if handlers and not await self._may_be_handled(envelope, message, body):
            return
        for handler in handlers:
            with self._tracing.span(
                f"{self._service} {handler.name}",
                kind=SpanKind.CONSUMER,
                parent=envelope.traceparent,
                attributes={
                    "messaging.system": "ruvimbo",
                    "messaging.operation.type": "process",
                    "messaging.message.id": envelope.id,
                    "messaging.destination.name": envelope.type,
                    "ruvimbo.key": self._pseudonyms.of(envelope.key),
                },
            ):
                handle = partial(self._handle, handler, envelope, message)
                if await self._see_through(handler.name, handle, envelope, body):
                    metrics.handled.add(1, {"service": self._service, "handler": handler.name})
        metrics.handling_seconds.record(
            self._clock.monotonic() - began, {"service": self._service, "message": envelope.type}
        )

    async def _may_be_handled(self, envelope: Envelope, message: Message, body: bytes) -> bool:
        """Whether the message is about nobody who was erased; asked once for all handlers."""
        stopped = True

        async def ask() -> None:
            nonlocal stopped
            stopped = await self._erasure.stops(message, self._clock.now())

        return await self._see_through("erasure", ask, envelope, body) and not stopped

    async def _see_through(
        self, name: str, act: Callable[[], Awaitable[None]], envelope: Envelope, body: bytes
    ) -> bool:
        """Try until it is done (True) or dead. A store or broker that is away is waited for: order is kept."""
        failures = 0
        while True:
            try:
                await self._when_all_is_there(act)
            except Exception as error:  # a bug in a handler must not stop its lane
                failures += 1
                log.exception("a handler failed", extra={"handler": name, "try": failures})
                if failures == TRIES:
                    await self._bury(name, error, body, failures, current_traceparent(), envelope)
                    return False
            else:
                return True

    async def _handle(self, handler: Handler, envelope: Envelope, message: Message) -> None:
        inbox_id = f"{envelope.id}/{handler.name}"
        work = Work(
            self._stores,
            service=self._service,
            settings=self._settings,
            now=self._clock.now(),
            message_id=envelope.id,
            correlation_id=envelope.correlation_id,
            tracing=self._tracing,
            inbox_id=inbox_id,
            erasure=self._erasure,
        )
        try:
            try:
                await handler.function(message, work)
                if not work.has_effects:
                    return
                if work.document is None:
                    await work.open(HANDLED, inbox_id, Nothing)
                await self._calls.commit(work, inbox_id)
            except AlreadyHandled:
                # Delivered again: perhaps its outbox was not published, and its calls were not begun.
                self._calls.wake(*work.held)
            kind, document = work.held
            await self._publisher.publish(kind, document)
        finally:
            work.end()

    async def _when_all_is_there(self, act: Callable[[], Awaitable[None]]) -> None:
        """Run `act`, again after a lost race, and again while something that we depend on is away."""
        wait = 0.1
        while True:
            try:
                await act()
            except (Conflict, NotUnique):
                await self._clock.sleep(self._chance.uniform(0, 0.02))
            except Away as away:
                self.waiting_for = away.subject
                log.warning("a lane waits", extra={"subject": away.subject})
                await self._clock.sleep(wait)
                wait = min(2 * wait, LONGEST_WAIT)
            else:
                self.waiting_for = None
                return

    async def _bury(
        self,
        handler: str,
        error: Exception,
        body: bytes,
        attempts: int,
        traceparent: str | None,
        envelope: Envelope | None,
    ) -> None:
        async def record() -> None:
            await self._dead_letters.record(
                handler=handler,
                reason=says_why(error),
                body=body,
                attempts=attempts,
                trace_id=trace_id_of(traceparent),
                envelope=envelope,
            )

        await self._when_all_is_there(record)
        metrics.dead_lettered.add(1, {"service": self._service, "handler": handler})
        log.error("a message became a dead letter", extra={"handler": handler, "reason": says_why(error)})
