"""What the gateway's handlers need from outside: the heartbeats of all services."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Protocol

from pydantic import BaseModel

from shared.contracts.gateway import ServiceHealth
from shared.outcalls.calls import Call


class LookAround(BaseModel):
    """See how every service is."""


class Seen(BaseModel):
    """How they are."""

    status: str
    services: tuple[ServiceHealth, ...]


LOOK_AROUND = Call(
    "gateway.look_around",
    LookAround,
    Seen,
    deadline=timedelta(seconds=5),
    repeats=True,
    give_up=timedelta(minutes=1),
)


class Heartbeats(Protocol):
    """Where the page /health looks."""

    async def read(self) -> Mapping[str, Mapping[str, Any]]: ...
