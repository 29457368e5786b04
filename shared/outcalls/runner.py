"""Makes the calls to vendors that documents ask for: claim, call once, commit the answer (architecture 4)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from opentelemetry.trace import SpanKind
from pydantic import BaseModel

from shared.bus.dead_letters import DeadLetters
from shared.bus.erasure import Erasure
from shared.bus.handlers import AnswerHandler
from shared.bus.pipeline import TRIES, says_why
from shared.bus.publisher import Publisher
from shared.bus.work import Work
from shared.kernel.clock import Clock
from shared.kernel.errors import Away
from shared.kernel.ids import Chance
from shared.outcalls.calls import Call, NotSent, Unclear, Unknown, Unreached
from shared.store.documents import Conflict, Document, Kind, NotUnique, Outcall
from shared.store.stores import Stores
from shared.telemetry import metrics
from shared.telemetry.tracing import Tracing

log = logging.getLogger(__name__)

Adapter = Callable[[Any], Awaitable[Any]]

LOOK_SECONDS = 0.5
"""How often the stores are asked for what has come due; fresh intents are woken at once, without this."""
AT_ONCE = 64
"""Calls under way per service."""
LEASE_MARGIN = timedelta(seconds=2)
"""A claim outlives its call's deadline by this, for the commit of the answer."""
LONGEST_PAUSE = 60.0
"""Seconds between tries of what may be tried again."""


class Runner:
    """Runs the outcalls of one service. Any number of replicas may run: a claim is a conditional write."""

    def __init__(
        self,
        service: str,
        answers: Sequence[AnswerHandler],
        adapters: Mapping[Call[Any, Any], Adapter],
        *,
        settings: Any,
        stores: Stores,
        publisher: Publisher,
        dead_letters: DeadLetters,
        clock: Clock,
        chance: Chance,
        tracing: Tracing,
        erasure: Erasure,
    ) -> None:
        self._service = service
        self._erasure = erasure
        self._answers = {answer.call.name: answer for answer in answers}
        self._adapters = {call.name: adapter for call, adapter in adapters.items()}
        unanswered = self._adapters.keys() ^ self._answers.keys()
        if unanswered:
            raise TypeError(f"{service}: calls without an adapter or an answer handler: {sorted(unanswered)}")
        self._kinds = {answer.kind.name: answer.kind for answer in answers}
        self._settings = settings
        self._stores = stores
        self._publisher = publisher
        self._dead_letters = dead_letters
        self._clock = clock
        self._chance = chance
        self._tracing = tracing
        self._tasks: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._claims: dict[str, datetime] = {}
        """Calls that were claimed in the commit that asked for them and are not begun yet, with the claim's end."""
        self._sleepers: set[asyncio.Task[None]] = set()
        self._room = asyncio.Semaphore(AT_ONCE)
        self._stopped = False
        self.oldest_due_seconds = 0.0
        """How late the latest look found the latest call."""

    async def commit(self, work: Work, inbox_id: str | None = None) -> None:
        """Write the document of a unit of work with all its effects, and begin its calls.

        New calls that can begin at once are claimed in this same write (decision 0070). A claim is known by its
        end, too, so that nobody takes another replica's for their own.
        """
        kind, document = work.held
        for removed, where in work.removals:
            await self._stores.remove(removed, where)
        self._publisher.prune(kind, document)
        new = work.write()
        now = self._clock.now()
        self._claims = {id: until for id, until in self._claims.items() if until > now}
        for call in new:
            if call.due_at <= now and not self._stopped and len(self._tasks) + len(self._claims) < AT_ONCE:
                self._take(call, now)
                self._claims[call.id] = call.due_at
        await self._stores.commit(kind, document, now=work.now, message_id=inbox_id)
        self.wake(kind, document)

    def wake(self, kind: Kind[Any], document: Document) -> None:
        """Make the calls of this document that are ours or due, now; those due before the next look, at their time."""
        now = self._clock.now()
        for call in document.outcalls:
            if self._claims.get(call.id) == call.due_at:
                del self._claims[call.id]
                self._begin(kind, document.id, call.id, call)
                continue
            wait = (call.due_at - now).total_seconds()
            if wait <= 0:
                self._begin(kind, document.id, call.id)
            elif wait < LOOK_SECONDS:
                sleeper = asyncio.get_running_loop().create_task(self._begin_after(wait, kind, document.id, call.id))
                self._sleepers.add(sleeper)
                sleeper.add_done_callback(self._sleepers.discard)

    async def run(self) -> None:
        """Look for ever for what has come due: schedules, retries, and what a crash left behind."""
        while True:
            try:
                await self.look()
            except Away as away:
                log.warning("the runner waits", extra={"subject": away.subject})
            await self._clock.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Begin every call that is due."""
        now = self._clock.now()
        latest = now
        for kind in self._kinds.values():
            for document in await self._stores.of(kind).due(kind.name, now, AT_ONCE):
                for call in document.outcalls:
                    if call.due_at <= now and (kind.name, call.id) not in self._tasks:
                        latest = min(latest, call.due_at)
                        self._begin(kind, document.id, call.id)
        self.oldest_due_seconds = (now - latest).total_seconds()

    async def drain(self, seconds: float) -> None:
        """Begin no more calls and wait for those under way; what is cut off will be found unfinished later."""
        self._stopped = True
        for sleeper in self._sleepers:
            sleeper.cancel()
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while tasks := self.under_way():  # what was claimed already is begun while we wait
            _, late = await asyncio.wait(tasks, timeout=max(0.0, until - loop.time()))
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def under_way(self) -> set[asyncio.Task[None]]:
        """The tasks of calls that are being made now."""
        return set(self._tasks.values())

    def _begin(self, kind: Kind[Any], id: str, call_id: str, claimed: Outcall | None = None) -> None:
        key = (kind.name, call_id)
        if (self._stopped and claimed is None) or key in self._tasks:
            return
        task = asyncio.get_running_loop().create_task(self._run(kind, id, call_id, claimed))
        self._tasks[key] = task
        task.add_done_callback(lambda _: self._tasks.pop(key, None))

    async def _begin_after(self, seconds: float, kind: Kind[Any], id: str, call_id: str) -> None:
        """A place in a vendor's queue may be milliseconds away: half a second for each would be half the rate."""
        await self._clock.sleep(seconds + 0.001)  # a claim a hair too early would be none
        self._begin(kind, id, call_id)

    async def _run(self, kind: Kind[Any], id: str, call_id: str, claimed: Outcall | None) -> None:
        async with self._room:
            try:
                claim = (claimed, False) if claimed else await self._claim(kind, id, call_id)
                if claim is not None:
                    await self._see_through(kind, id, *claim)
            except Away as away:
                log.warning("a call waits", extra={"subject": away.subject})  # the next look begins it again
            except Exception:
                log.exception("an outcall could not be run", extra={"document": kind.name})

    async def _see_through(self, kind: Kind[Any], id: str, call: Outcall, interrupted: bool) -> None:
        with self._tracing.span(
            f"call {call.name}",
            kind=SpanKind.CLIENT,
            parent=call.traceparent,
            attributes={"ruvimbo.attempt": call.attempts},
        ) as span:
            answer_handler = self._answers[call.name]
            request = answer_handler.call.request.model_validate(call.request)
            if interrupted:
                outcome: BaseModel | Unknown | Unreached | datetime = Unknown("interrupted")
            else:
                outcome = await self._make(answer_handler.call, request, call)
            ending = "again" if isinstance(outcome, datetime) else type(outcome).__name__
            span.set_attribute("ruvimbo.outcome", ending)
            metrics.outcalls.add(1, {"service": self._service, "call": call.name, "outcome": ending})
            await self._settle(kind, id, call, request, outcome)

    async def _claim(self, kind: Kind[Any], id: str, call_id: str) -> tuple[Outcall, bool] | None:
        """Make the intent ours; None when it is gone or somebody else's. True: a try was cut off before."""
        while True:
            document = await self._stores.load(kind, id)
            call = next((call for call in document.outcalls if call.id == call_id), None)
            now = self._clock.now()
            if call is None or call.due_at > now:
                return None
            interrupted = call.state == "calling" and not self._answers[call.name].call.repeats
            self._take(call, now)
            self._publisher.prune(kind, document)
            try:
                await self._stores.commit(kind, document, now=now)
            except (Conflict, NotUnique):
                continue
            return call, interrupted

    def _take(self, call: Outcall, now: datetime) -> None:
        call.state = "calling"
        call.attempts += 1
        call.due_at = now + self._answers[call.name].call.deadline + LEASE_MARGIN

    async def _make(
        self, kind: Call[Any, Any], request: BaseModel, call: Outcall
    ) -> BaseModel | Unknown | Unreached | datetime:
        """The outcome of one try, or the time of the next."""
        try:
            async with asyncio.timeout(kind.deadline.total_seconds()):
                answer: BaseModel = await self._adapters[kind.name](request)
        except NotSent as error:
            return self._again(kind, call, error.retry_after) or Unreached(error.reason)
        except Exception as error:  # whatever else went wrong, the vendor may have acted
            reason = error.reason if isinstance(error, Unclear) else says_why(error)
            log.warning("a call's answer is unclear", extra={"call": kind.name, "reason": reason})
            return (self._again(kind, call, None) if kind.repeats else None) or Unknown(reason)
        return answer

    def _again(self, kind: Call[Any, Any], call: Outcall, retry_after: float | None) -> datetime | None:
        now = self._clock.now()
        if now >= call.first_due_at + kind.give_up:
            return None
        pause = min(LONGEST_PAUSE, 0.5 * 2 ** min(call.attempts, 10)) * self._chance.uniform(0.75, 1.25)
        return now + timedelta(seconds=pause if retry_after is None else retry_after)

    async def _settle(
        self,
        kind: Kind[Any],
        id: str,
        claimed: Outcall,
        request: BaseModel,
        outcome: BaseModel | Unknown | Unreached | datetime,
    ) -> None:
        """Commit the outcome to the document, or the time of the next try, however often a race is lost."""
        failures = 0
        wait = 0.1
        while True:
            try:
                return await self._apply(kind, id, claimed, request, outcome)
            except (Conflict, NotUnique):
                await self._clock.sleep(self._chance.uniform(0, 0.02))
            except Away as away:
                # The answer exists only here: keep it until it can be written.
                log.warning("an answer waits", extra={"subject": away.subject})
                await self._clock.sleep(wait)
                wait = min(2 * wait, 5.0)
            except Exception as error:
                failures += 1
                log.exception("an answer handler failed", extra={"call": claimed.name, "try": failures})
                if failures == TRIES:
                    await self._give_up(kind, id, claimed, outcome, error)
                    return None

    async def _apply(
        self,
        kind: Kind[Any],
        id: str,
        claimed: Outcall,
        request: BaseModel,
        outcome: BaseModel | Unknown | Unreached | datetime,
    ) -> None:
        document = await self._stores.load(kind, id, to_commit=True)
        call = next((call for call in document.outcalls if call.id == claimed.id), None)
        if call is None or call.attempts != claimed.attempts:
            return  # the claim ran out and somebody else took it over
        work = self._work(claimed)
        state = work.hold(kind, document)
        try:
            if isinstance(outcome, datetime):
                call.state, call.due_at = "due", outcome
            else:
                document.outcalls.remove(call)
                await self._answers[claimed.name].function(state, request, outcome, work)
            await self.commit(work)
        finally:
            work.end()
        try:
            await self._publisher.publish(kind, document)
        except Away as away:
            log.warning("the sweep will publish", extra={"subject": away.subject})

    async def _give_up(self, kind: Kind[Any], id: str, claimed: Outcall, outcome: Any, error: Exception) -> None:
        """A bug in an answer handler: keep what the vendor said as a dead letter, and free the document of the call."""
        said = outcome.model_dump_json() if isinstance(outcome, BaseModel) else repr(outcome)
        letter = f'{{"document": "{kind.name}/{id}", "call": {claimed.model_dump_json()}, "outcome": {said}}}'
        await self._dead_letters.record(
            handler=f"answered {claimed.name}", reason=says_why(error), body=letter.encode(), attempts=TRIES
        )
        while True:
            document = await self._stores.load(kind, id)
            document.outcalls = [call for call in document.outcalls if call.id != claimed.id]
            try:
                await self._stores.commit(kind, document, now=self._clock.now())
            except (Conflict, NotUnique):
                continue
            return

    def _work(self, call: Outcall) -> Work:
        return Work(
            self._stores,
            service=self._service,
            settings=self._settings,
            now=self._clock.now(),
            message_id=call.id,
            correlation_id=call.correlation_id,
            tracing=self._tracing,
            inbox_id=None,
            erasure=self._erasure,
        )
