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
