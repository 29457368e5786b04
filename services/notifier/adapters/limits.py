"""WhatsApp's limits as state shared by all replicas, in Redis, each decision one script (WhatsApp contract 4.3).

Per number a bucket whose burst and refill together never exceed the rate in any second; a part of the burst is kept
for replies, a part for replies and notices. Per number and person a bucket of 45, one more each 6 seconds. Pauses
stand for a number, a pair, a template or the account. Whoever must wait is told how long: places in the queue of each
purpose are handed out, so that those who wait do not all come back at once.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import redis.asyncio

from services.notifier.domain.refusals import Scope
from shared.contracts.gateway import Address
from shared.contracts.notifier import Purpose
from shared.kernel.clock import Clock

PAIR_BURST = 45
PAIR_SECONDS = 6
"""One message more to a person each so many seconds."""
BURST_SHARE = 0.2
"""Of the rate: so many at once, and the rest as refill. Together they are the rate in the worst second."""
KEPT_FOR_OTHERS: dict[Purpose, float] = {"reply": 0.0, "notice": 0.25, "report": 0.5}
"""The share of the burst that a purpose leaves to those before it."""
LONGEST_LOOK = timedelta(seconds=60)
"""A paused sender looks again after this, so that a pause that was lifted ends."""

# KEYS: bucket of the number, bucket of the pair, then the pauses that apply, each the millisecond of its end.
_TAKE = """
local now, refill, burst, kept = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local place, pair_burst, pair_refill, longest = ARGV[5], tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
for i = 3, #KEYS do
  local ends = tonumber(redis.call('GET', KEYS[i]) or '0')
  if ends > now then return {i - 2, string.format('%d', math.min(ends - now, longest))} end
end
local function level(key, burst, refill)
  local held = redis.call('HMGET', key, 'level', 'at')
  if not held[1] then return burst end
  return math.min(burst, tonumber(held[1]) + math.max(0, now - tonumber(held[2])) * refill)
end
local function keep(key, level, burst, refill)
  redis.call('HSET', key, 'level', string.format('%.6f', level), 'at', string.format('%d', now))
  redis.call('PEXPIRE', key, math.ceil(burst / refill) + 60000)
end
local number, pair = level(KEYS[1], burst, refill), level(KEYS[2], pair_burst, pair_refill)
local short = 1 + kept - number
if short <= 0 and pair >= 1 then
  keep(KEYS[1], number - 1, burst, refill)
  keep(KEYS[2], pair - 1, pair_burst, pair_refill)
  return {0, '0'}
end
local wait = 0
if pair < 1 then wait = math.ceil((1 - pair) / pair_refill) end
if short > 0 then
  local from = math.max(now + short / refill, tonumber(redis.call('HGET', KEYS[1], place) or '0'))
  keep(KEYS[1], number, burst, refill)
  redis.call('HSET', KEYS[1], place, string.format('%.3f', from + 1 / refill))
  wait = math.max(wait, math.ceil(from - now))
end
return {0, string.format('%d', math.max(wait, 1))}
"""

_PAUSE = """
local ends = math.max(tonumber(ARGV[1]), tonumber(redis.call('GET', KEYS[1]) or '0'))
redis.call('SET', KEYS[1], string.format('%d', ends), 'PX', ARGV[2])
return ends
"""

_TEMPLATE = 3
"""The place of the template's own pause among those of `_pauses`."""


@dataclass(frozen=True)
class Verdict:
    """Whether a message may go now: `wait` None means yes. A stopped template is not worth waiting for."""

    wait: float | None = None
    template_stopped: bool = False


class Limits:
    """The limits of all numbers. Raises Redis' errors when it cannot be asked: then nothing may be sent."""

    def __init__(self, client: redis.asyncio.Redis, clock: Clock, per_second: float) -> None:
        self._redis = client
        self._clock = clock
        self._burst = max(1.0, per_second * BURST_SHARE)
        self._refill = max(per_second - self._burst, per_second / 2) / 1000

    async def take(self, address: Address, purpose: Purpose, template: str | None) -> Verdict:
        """Take a token of the number and one of the pair, both or none."""
        number = address.phone_number_id
        keys = [f"notifier:rate:{number}", f"notifier:pair:{_pair(address)}", *_pauses(address, template)]
        kept = KEPT_FOR_OTHERS[purpose] * (self._burst - 1)
        arguments = (
            *(self._now(), self._refill, self._burst, kept, purpose),
            *(PAIR_BURST, 1 / (PAIR_SECONDS * 1000), int(LONGEST_LOOK.total_seconds() * 1000)),
        )
        pause, wait = await self._eval(_TAKE, keys, *arguments)
        if pause == _TEMPLATE and template is not None:
            return Verdict(template_stopped=True)
        return Verdict(wait=float(wait) / 1000 if int(wait) else None)

    async def pause(self, scope: Scope, address: Address, template: str | None, wait: timedelta) -> None:
        """Let everybody in a scope wait; a longer pause that stands already stays."""
        name = {
            "account": "account",
            "number": f"number:{address.phone_number_id}",
            "pair": f"pair:{_pair(address)}",
            "template": f"template:{template}",
            "templates": "templates",
        }.get(scope)
        if name is None or wait <= timedelta(0):
            return
        milliseconds = int(wait.total_seconds() * 1000)
        ends = self._now() + milliseconds
        await self._eval(_PAUSE, [f"notifier:pause:{name}"], ends, milliseconds + 60_000)

    def _now(self) -> int:
        return int(self._clock.now().timestamp() * 1000)

    async def _eval(self, script: str, keys: list[str], *arguments: object) -> Any:
        return await self._redis.eval(script, len(keys), *keys, *(str(argument) for argument in arguments))


def _pauses(address: Address, template: str | None) -> list[str]:
    names = ["account", f"number:{address.phone_number_id}"]
    names += [f"template:{template}", f"pair:{_pair(address)}", "templates"] if template else [f"pair:{_pair(address)}"]
    return [f"notifier:pause:{name}" for name in names]


def _pair(address: Address) -> str:
    """A number and a person, whom the key does not name."""
    person = hashlib.sha256((address.phone or address.bsuid or "").encode()).hexdigest()[:24]
    return f"{address.phone_number_id}:{person}"
