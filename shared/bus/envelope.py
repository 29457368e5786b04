"""The envelope of a message on the bus: who said what, when, and because of what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from shared.bus.lanes import slot_of
from shared.contracts.base import Message
from shared.contracts.registry import message_type


class Envelope(BaseModel):
    """A message on its way. `id` is the same whenever the same cause makes the same message again."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    type: str
    """`service.name`, as the contract declares it."""
    version: int
    key: str
    """Messages of one key are handled in order."""
    source: str
    """The service that said it."""
    occurred_at: datetime
    correlation_id: str
    """The id of the message that began it all."""
    causation_id: str | None = None
    """The id of the message, or the name of the outcall, that caused this one."""
    traceparent: str | None = None
    """W3C trace context of the work that emitted it."""
    data: dict[str, Any]

    @property
    def routing_key(self) -> str:
        """`service.name.slot`: what exchanges route by."""
        return f"{self.type}.{slot_of(self.key)}"

    def message(self) -> Message:
        """The typed message inside. Raises UnknownMessage, or pydantic's ValidationError."""
        return message_type(self.type, self.version).model_validate(self.data)


def wrap(
    message: Message,
    *,
    id: str,
    source: str,
    occurred_at: datetime,
    cause: Envelope | None = None,
    correlation_id: str | None = None,
    causation_id: str | None = None,
    traceparent: str | None = None,
) -> Envelope:
    """Put a message into its envelope. With a `cause` the correlation goes on; without one it begins here."""
    if cause is not None:
        correlation_id, causation_id = cause.correlation_id, cause.id
    return Envelope(
        id=id,
        type=message.NAME,
        version=message.VERSION,
        key=message.lane_key,
        source=source,
        occurred_at=occurred_at,
        correlation_id=correlation_id or id,
        causation_id=causation_id,
        traceparent=traceparent,
        data=message.model_dump(mode="json"),
    )
