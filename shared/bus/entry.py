"""How a service turns something that arrived by HTTP into messages: persist, then answer (architecture 4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from pydantic import BaseModel

from shared.contracts.base import Message
from shared.store.documents import Kind


@dataclass(frozen=True)
class Arrival:
    """One thing that arrived: it is kept as document `id` (its content id) of `kind`, once, and said as `messages`."""

    kind: Kind[Any]
    id: str
    state: BaseModel
    messages: Sequence[Message]


class Entry(Protocol):
    """The edge of the bus for a service's HTTP routes and its reads of its own documents."""

    async def accept(self, arrivals: Sequence[Arrival]) -> int:
        """Write those arrivals that are new, all in one round trip with fsync; returns how many were new.

        Their messages are published afterwards, in the background and until it succeeds: a broker that is away
        does not matter here. Raises Away when the store is: then nothing is promised.
        """

    async def read(self, kind: Kind[Any], id: str) -> Any | None:
        """The state of a document of the service, or None."""
