"""Puts messages into the outbox of a document that is about to be committed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from shared.bus.envelope import Envelope
from shared.contracts.base import Message
from shared.kernel.ids import derive_id
from shared.store.documents import Document
from shared.telemetry.tracing import current_traceparent


def say(
    document: Document,
    messages: Sequence[Message],
    *,
    source: str,
    now: datetime,
    correlation_id: str | None = None,
    causation_id: str | None = None,
) -> None:
    """Append messages to the outbox, in order, under ids that belong to the document's next version.

    The same document in the same version says the same things, so doing it twice is seen. Without a
    correlation id a new exchange begins, named after the first message.
    """
    for index, message in enumerate(messages):
        id = derive_id("E", source, document.kind, document.id, document.version + 1, index)
        document.outbox.append(
            Envelope(
                id=id,
                type=message.NAME,
                version=message.VERSION,
                key=message.lane_key,
                source=source,
                occurred_at=now,
                correlation_id=correlation_id or id,
                causation_id=causation_id,
                traceparent=current_traceparent(),
                data=message.model_dump(mode="json"),
            )
        )
