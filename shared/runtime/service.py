"""What a service is made of: the value that each `services/<name>/app.py` returns."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import httpx
import redis.asyncio
from aiohttp import web

from shared.bus.entry import Entry
from shared.kernel.clock import Clock
from shared.kernel.ids import Chance
from shared.outcalls.calls import Call
from shared.runtime.settings import CommonSettings
from shared.store.documents import Kind


@dataclass(frozen=True)
class Tools:
    """What the host lends to a service while it is wired."""

    common: CommonSettings
    clock: Clock
    chance: Chance
    http: Callable[[str, float, bool], httpx.AsyncClient]
    """`http(peer, seconds, tell_trace)`: a client for one vendor (`shared.http.client`); the host closes it."""
    redis: redis.asyncio.Redis
    """Shared counters (rate buckets, breakers); keys begin with the service's name."""
    entry: Callable[[str], Entry]
    """`entry(service)`: what the service's HTTP routes put messages on the bus by."""


@dataclass(frozen=True)
class Service:
    """One service, wired. `calls` gives each kind of outcall the adapter's method that makes it."""

    name: str
    settings: Any
    handlers: ModuleType
    kinds: Sequence[Kind[Any]]
    calls: Mapping[Call[Any, Any], Callable[[Any], Awaitable[Any]]] = field(default_factory=dict)
    routes: Callable[[web.Application], None] | None = None
    """Adds the service's own HTTP routes; live, ready and metrics are there already."""
    health: Mapping[str, Callable[[], Awaitable[Mapping[str, Any]]]] = field(default_factory=dict)
    """Named parts for `/health` beyond the stores and the bus, such as a vendor's circuit state."""
    close: Callable[[], Awaitable[None]] | None = None
