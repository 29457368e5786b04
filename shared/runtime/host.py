"""Runs one service or all six in one process, until told to stop.

Order of the start: stores, broker, handlers, then HTTP; of the stop: not ready, no new messages, lanes and
calls drained, the rest flushed and closed (architecture 4, "Stop").
"""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import httpx
from opentelemetry.sdk.trace import SpanProcessor
from redis.exceptions import RedisError

from shared.bus.memory import MemoryTransport
from shared.bus.rabbit import RabbitTransport
from shared.bus.transport import Transport
from shared.contracts.registry import SERVICES
from shared.http.client import make_client
from shared.http.server import Server
from shared.kernel.clock import SystemClock
from shared.kernel.errors import Away, Misconfigured
from shared.kernel.ids import system_chance
from shared.runtime.health import add_health_routes, heartbeat_of
from shared.runtime.running import Make, Running
from shared.runtime.service import Tools
from shared.runtime.settings import CommonSettings
from shared.store.mongo import MongoStore
from shared.store.redis import RedisStore, connect
from shared.store.stores import Stores
from shared.telemetry.logs import start_logging
from shared.telemetry.metrics import start_metrics
from shared.telemetry.pseudonyms import Pseudonyms
from shared.telemetry.tracing import Tracing, otlp_processor

log = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 5.0
HEARTBEAT_LIFE_SECONDS = 20
DRAIN_SECONDS = 10.0
YOUNG_OBJECTS = 10_000
"""How many more objects there must be before the garbage collector looks at the young ones; Python's own is 700."""


class Host:
    """The process. `makes` are the wiring functions of the services to run, by name."""

    def __init__(self, makes: Mapping[str, Make], common: CommonSettings) -> None:
        if common.amqp_url is None and set(makes) != set(SERVICES):
            raise Misconfigured("AMQP_URL is not set; without RabbitMQ all six services run in one process.")
        self._makes = makes
        self._common = common
        self._clock = SystemClock()
        self._chance = system_chance()
        self._processor: SpanProcessor | None = None
        if common.otel_exporter_otlp_endpoint:
            self._processor = otlp_processor(common.otel_exporter_otlp_endpoint)
        self._redis = connect(common.redis_url.get_secret_value())
        self._transport: Transport = (
            RabbitTransport(common.amqp_url.get_secret_value(), common.lanes) if common.amqp_url else MemoryTransport()
        )
        self._clients: list[httpx.AsyncClient] = []
        self._running: dict[str, Running] = {}
        self._servers: list[Server] = []
        self._heart: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Start, serve until SIGTERM or SIGINT, stop in order."""
        told_to_stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, told_to_stop.set)
        try:
            starting = loop.create_task(self._start())
            stopping = loop.create_task(told_to_stop.wait())
            await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                starting.result()
                _spare_what_stays()
                log.info("ready", extra={"services": sorted(self._makes)})
                await stopping
            else:
                starting.cancel()
                with suppress(asyncio.CancelledError):
                    await starting
        finally:
            await self._stop()
        log.info("stopped")

    async def _start(self) -> None:
        services = {name: self._wire(name, make) for name, make in self._makes.items()}
        await self._until_there(self._transport.start)
        for name, service in services.items():
            running = self._running[name]
            await self._until_there(lambda: running.begin(service))  # noqa: B023 awaited in this turn
        await self._beat()
        for name, service in reversed(services.items()):  # the gateway last: when it answers, all do
            running = self._running[name]
            server = Server(name, running.tracing, self._clock, host=self._common.host, port=self._common.port_of(name))
            add_health_routes(server.app, running)
            if service.routes is not None:
                service.routes(server.app)
            await server.start()
            self._servers.append(server)
        self._heart = asyncio.get_running_loop().create_task(self._go_on_beating())

    def _wire(self, name: str, make: Make) -> Any:
        tracing = Tracing(name, self._processor)
        running = Running(
            name,
            stores=Stores(
                MongoStore(
                    self._common.mongo_url.get_secret_value(),
                    f"{self._common.mongo_database_prefix}_{name}",
                ),
                RedisStore(self._redis, f"{name}:"),
            ),
            transport=self._transport,
            clock=self._clock,
            chance=self._chance,
            tracing=tracing,
            pseudonyms=Pseudonyms(self._common.log_hash_key.get_secret_value()),
        )
        self._running[name] = running
        return make(
            Tools(
                common=self._common,
                clock=self._clock,
                chance=self._chance,
                http=self._client,
                redis=self._redis,
                entry=lambda service: self._running[service].entry,
            )
        )

    def _client(self, peer: str, seconds: float, tell_trace: bool) -> httpx.AsyncClient:
        client = make_client(peer, seconds, tell_trace=tell_trace)
        self._clients.append(client)
        return client

    async def _until_there(self, begin: Any) -> None:
        """Wait for servers that come up later than we do."""
        while True:
            try:
                await begin()
            except Away as away:
                log.warning("the start waits", extra={"subject": away.subject})
                await self._clock.sleep(0.5)
            else:
                return

    async def _beat(self) -> None:
        """Write each service's heartbeat, from which the gateway tells the health of all."""
        for name, running in self._running.items():
            beat = await heartbeat_of(running, self._transport, self._clock)
            with suppress(RedisError, OSError):
                await self._redis.set(f"heartbeat:{name}", json.dumps(beat), ex=HEARTBEAT_LIFE_SECONDS)

    async def _go_on_beating(self) -> None:
        while True:
            await self._clock.sleep(HEARTBEAT_SECONDS)
            await self._beat()

    async def _stop(self) -> None:
        if self._heart is not None:
            self._heart.cancel()
        await asyncio.gather(*(server.stop() for server in self._servers))
        await self._transport.stop_consuming(DRAIN_SECONDS)
        await asyncio.gather(*(running.drain(DRAIN_SECONDS) for running in self._running.values()))
        await self._transport.close()
        for client in self._clients:
            await client.aclose()
        for running in self._running.values():
            await running.stores.close()
            running.tracing.flush()
        await self._redis.aclose()
        if self._processor is not None:
            await asyncio.to_thread(self._processor.shutdown)


def _spare_what_stays() -> None:
    """Keep the garbage collector from what was loaded to start, and let it look less often (decision 0072)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, *gc.get_threshold()[1:])


async def serve(makes: Mapping[str, Make], common: CommonSettings, only: Sequence[str]) -> None:
    """Run the named services, or all when none is named."""
    start_logging(common.debug, common.log_file)
    start_metrics()
    await Host({name: makes[name] for name in only or SERVICES}, common).run()
