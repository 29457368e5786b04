"""Dead letters: what could not be handled, kept as documents with the reason, to look at and to replay."""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import BaseModel

from shared.bus.envelope import Envelope
from shared.kernel.clock import Clock
from shared.kernel.ids import derive_id
from shared.store.documents import Conflict, Document, Kind, NotUnique
from shared.store.stores import Stores


class DeadLetter(BaseModel):
    """One message, webhook body or vendor's answer that stopped here.

    `body` is what came over the wire and may hold personal data: it stays in this store, 90 days.
    """

    service: str
    handler: str
    """The function that failed, or the place that could not read the body."""
    reason: str
    """The error's type and, for our own errors, its sentence."""
    attempts: int
    recorded_at: datetime
    trace_id: str | None
    message_id: str | None
    message_type: str | None
    body: str
    replayed_at: datetime | None = None


DEAD_LETTERS = Kind("dead_letters", DeadLetter, indexes=(("service", "recorded_at"),), keep=timedelta(days=90))


class DeadLetters:
    """Where a service leaves what it cannot handle."""

    def __init__(self, service: str, stores: Stores, clock: Clock) -> None:
        self._service = service
        self._stores = stores
        self._clock = clock

    async def record(
        self,
        *,
        handler: str,
        reason: str,
        body: bytes,
        attempts: int = 1,
        trace_id: str | None = None,
        envelope: Envelope | None = None,
    ) -> str:
        """Keep one; the same body at the same handler is kept once. Returns its id. Raises Away."""
        now = self._clock.now()
        letter = DeadLetter(
            service=self._service,
            handler=handler,
            reason=reason,
            attempts=attempts,
            recorded_at=now,
            trace_id=trace_id,
            message_id=envelope.id if envelope else None,
            message_type=envelope.type if envelope else None,
            body=body.decode(errors="replace"),
        )
        id = _id_of(letter)
        document = Document(DEAD_LETTERS.name, id, state=letter.model_dump(mode="json"))
        await self._stores.of(DEAD_LETTERS).create([document], now=now)
        return id

    async def newest(self, limit: int = 50) -> list[tuple[str, DeadLetter]]:
        """The newest dead letters of this service, with their ids."""
        found = await self._stores.find(DEAD_LETTERS, {"service": self._service}, order="-recorded_at", limit=limit)
        letters = [DeadLetter.model_validate(state) for state in found]
        return [(_id_of(letter), letter) for letter in letters]

    async def one(self, id: str) -> DeadLetter | None:
        """The dead letter of an id."""
        document = await self._stores.load(DEAD_LETTERS, id)
        return DeadLetter.model_validate(document.state) if document.version else None

    async def replay(self, id: str) -> bool:
        """Put a dead message back on the bus: the sweeper publishes it. False when there is none, or no message in it.

        Whoever handled it already knows it by its id; only the handler that failed runs.
        """
        while True:
            document = await self._stores.load(DEAD_LETTERS, id)
            if not document.version or not document.state["message_id"]:
                return False
            envelope = Envelope.model_validate_json(document.state["body"])
            document.state["replayed_at"] = self._clock.now().isoformat()
            document.outbox = [envelope]
            try:
                await self._stores.commit(DEAD_LETTERS, document, now=self._clock.now())
            except (Conflict, NotUnique):
                continue
            return True


def _id_of(letter: DeadLetter) -> str:
    """The same body at the same handler is the same dead letter."""
    return derive_id("D", letter.service, letter.handler, letter.body)
