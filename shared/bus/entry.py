"""How a service turns something that arrived by HTTP into messages: persist, then answer (architecture 4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from pydantic import BaseModel

from shared.contracts.base import Message
from shared.store.documents import Kind, State


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

    async def read(self, kind: Kind[State], ids: Sequence[str]) -> dict[str, State]:
        """The states of those documents of the service that exist, by id."""

    async def create(self, kind: Kind[State], states: Mapping[str, State]) -> set[str]:
        """Write those documents that don't exist yet, with no messages; returns the ids written."""

    async def change(self, kind: Kind[State], id: str, function: Callable[[State], Sequence[Message]]) -> State:
        """Change one document in place and say the messages returned; `function` runs again on a lost race.

        Raises Missing when there is no such document. Returns the state as committed.
        """
