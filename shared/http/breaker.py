"""A circuit breaker around one vendor, shared by all processes: who is known to be down is not asked (product 6).

    async with breaker:                      # raises CircuitOpen while the circuit is open
        response = await client.post(…)

Five failures in a row open the circuit for 60 seconds; then one call is let through as a trial, and its outcome
closes the circuit or opens it again. Without Redis nothing is known of the others, and calls are made.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from typing import Any, Literal, cast

import redis.asyncio
from redis.exceptions import RedisError

from shared.kernel.clock import Clock
from shared.kernel.errors import RuvimboError

log = logging.getLogger(__name__)

FAILURES = 5
"""In a row, to open the circuit."""
OPEN_SECONDS = 60
"""How long the circuit stays open before a trial."""
TRIAL_SECONDS = 60
"""After this a trial whose end nobody told counts as lost: its process has died."""
AFTER_TRIAL_SECONDS = 5
"""When to ask again, for those who come while a trial is made: its outcome is known by then, as a rule."""
CLOSED_SECONDS = 0.5
"""How long a circuit without a failure counts as closed: so late may the failures of other processes be seen."""
_KEPT_SECONDS = 24 * 3600

CircuitState = Literal["closed", "open", "half_open"]

# A hash: `failures`, and once they are enough `open_until` and `trial_until` in milliseconds. No hash: closed.
# Admits with 0 where nothing has failed and -1 where something has; otherwise the milliseconds to wait.
_ADMIT = """
local circuit, now, trial = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2])
local open_until = tonumber(redis.call('HGET', circuit, 'open_until') or '')
if not open_until then return redis.call('EXISTS', circuit) == 1 and -1 or 0 end
if now < open_until then return open_until - now end
local trial_until = tonumber(redis.call('HGET', circuit, 'trial_until') or '0')
if now < trial_until then return math.min(trial_until - now, tonumber(ARGV[3])) end
redis.call('HSET', circuit, 'trial_until', string.format('%d', now + trial))
return -1
"""
_FAILED = """
local circuit, now = KEYS[1], tonumber(ARGV[1])
local failures = redis.call('HINCRBY', circuit, 'failures', 1)
if failures >= tonumber(ARGV[2]) then
  redis.call('HSET', circuit, 'open_until', string.format('%d', now + tonumber(ARGV[3])))
end
redis.call('EXPIRE', circuit, ARGV[4])
return failures
"""


class CircuitOpen(RuvimboError):
    """The vendor is known to be down and was not asked; `retry_after` seconds from now it may be."""

    def __init__(self, peer: str, retry_after: float) -> None:
        self.peer = peer
        self.retry_after = retry_after
        super().__init__(f"{peer} is known to be down; it is asked again in {retry_after:.0f} seconds.")


class Breaker:
    """The circuit of one vendor. `name` is the service and the vendor, `payments:paynow`; safe for concurrent use.

    An exception that leaves the block is a failure, also when the call was cut off by its deadline; so raise inside
    it only what speaks of the vendor's health.
    """

    def __init__(self, name: str, client: redis.asyncio.Redis, clock: Clock) -> None:
        self._name = name
        self._key = f"{name.partition(':')[0]}:breaker:{name.partition(':')[2]}"
        self._redis = client
        self._clock = clock
        self._failures_known = False
        """Whether a success has failures to forget."""
        self._closed_until = 0.0

    async def __aenter__(self) -> None:
        if self._clock.monotonic() < self._closed_until:
            return
        waits = await self._eval(_ADMIT, self._now(), TRIAL_SECONDS * 1000, AFTER_TRIAL_SECONDS * 1000)
        if waits > 0:
            raise CircuitOpen(self._name, waits / 1000)
        if waits < 0:
            self._failures_known = True
        else:
            self._closed_until = self._clock.monotonic() + CLOSED_SECONDS

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if kind is None:
            if self._failures_known:
                self._failures_known = False
                await self._ask(self._redis.delete(self._key))
        elif issubclass(kind, Exception | asyncio.CancelledError):
            self._failures_known = True
            self._closed_until = 0.0
            failures = await self._eval(_FAILED, self._now(), FAILURES, OPEN_SECONDS * 1000, _KEPT_SECONDS)
            if failures >= FAILURES:
                log.error("a circuit is open", extra={"peer": self._name, "failures": failures})

    async def state(self) -> CircuitState:
        """Whether calls are made, not made, or tried. `closed` also when Redis cannot be asked."""
        found = await self._ask(self._redis.hmget(self._key, ["open_until"]))
        if not found or found[0] is None:
            return "closed"
        return "open" if self._now() < int(found[0]) else "half_open"

    async def health(self) -> dict[str, Any]:
        """The part of the heartbeat from which the gateway tells `circuit_state` (product 7)."""
        state = await self.state()
        return {"ok": state != "open", "circuit_state": state}

    def _now(self) -> int:
        return int(self._clock.now().timestamp() * 1000)

    async def _eval(self, script: str, *arguments: int) -> int:
        answer = await self._ask(self._redis.eval(script, 1, self._key, *(str(argument) for argument in arguments)))
        return 0 if answer is None else int(answer)

    async def _ask(self, asking: Awaitable[Any] | Any) -> Any:
        try:
            return await cast(Awaitable[Any], asking)
        except (RedisError, OSError):
            log.warning("a circuit cannot be shared now", extra={"peer": self._name})
            return None
