"""What happens on the phones, numbered, for whoever watches them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from shared.kernel.ids import system_chance

Json = dict[str, Any]


@dataclass(frozen=True)
class Event:
    """One thing that happened. Events that carry a bubble are numbered; the others cannot be asked for again."""

    name: str
    data: Json
    number: int | None = None


def new_epoch() -> str:
    return f"{system_chance().getrandbits(32):08x}"


@dataclass
class Feed:
    """The watchers, and the number of the last change. Numbers count within an epoch: from a start or reset on."""

    epoch: str = field(default_factory=new_epoch)
    last: int = 0
    watchers: set[asyncio.Queue[Event | None]] = field(default_factory=set)

    def next(self) -> int:
        """A number for one more change."""
        self.last += 1
        return self.last

    def tell(self, name: str, data: Json, number: int | None = None) -> None:
        self._put(Event(name, data, number))

    def begin_anew(self) -> None:
        """All that was told is void: watchers start from nothing."""
        self.epoch, self.last = new_epoch(), 0
        self.tell("reset", {"epoch": self.epoch})

    def end(self) -> None:
        """No more events: every stream ends."""
        self._put(None)

    def _put(self, event: Event | None) -> None:
        for watcher in self.watchers:
            watcher.put_nowait(event)
