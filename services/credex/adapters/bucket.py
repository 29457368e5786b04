"""The rate at which credex-core may be asked from our address, shared by all replicas (contract 2.7).

The core counts in windows of a minute whose beginning we don't know, so no minute of ours holds more than the limit.
"""

from __future__ import annotations

import redis.asyncio
from redis.exceptions import RedisError

from shared.kernel.clock import Clock
from shared.kernel.ids import Chance, new_id
from shared.outcalls.calls import NotSent

WINDOW_SECONDS = 60.0
KEPT_FOR_USERS = 4
"""One part in so many is left to what people wait for: what goes on in the background may not use it."""

_TAKE = """
local log, hold = KEYS[1], KEYS[2]
local now, window, limit = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local held = tonumber(redis.call('GET', hold) or '0')
if held > now then
  return tostring(held - now)
end
redis.call('ZREMRANGEBYSCORE', log, '-inf', now - window)
local count = redis.call('ZCARD', log)
if count < limit then
  redis.call('ZADD', log, now, ARGV[4])
  redis.call('PEXPIRE', log, 2 * window * 1000)
  return '0'
end
local first = redis.call('ZRANGE', log, count - limit, count - limit, 'WITHSCORES')
return tostring(first[2] + window - now)
"""


class Bucket:
    """Lets requests to the core through, or says when. Safe for concurrent use."""

    def __init__(self, redis: redis.asyncio.Redis, per_minute: int, clock: Clock, chance: Chance) -> None:
        self._redis = redis
        self._limits = {False: per_minute, True: per_minute - max(1, per_minute // KEPT_FOR_USERS)}
        self._clock = clock
        self._chance = chance

    async def take(self, *, background: bool) -> None:
        """Count one request. Raises NotSent, with the seconds until there is room."""
        now = self._clock.now().timestamp()
        arguments = str(now), str(WINDOW_SECONDS), str(self._limits[background]), new_id("B", self._chance)
        try:
            wait = float(await self._redis.eval(_TAKE, 2, "credex:requests", "credex:hold", *arguments))
        except (RedisError, OSError) as error:
            raise NotSent("the rate bucket cannot be reached", retry_after=1.0) from error
        if wait > 0:
            # Those who wait do not all come back at once.
            raise NotSent("the rate limit", retry_after=wait + self._chance.uniform(0, 1))

    async def hold(self, seconds: float) -> None:
        """The core itself said to wait: nobody asks it before."""
        until = self._clock.now().timestamp() + seconds
        try:
            await self._redis.set("credex:hold", str(until), ex=max(1, round(seconds) + 1))
        except (RedisError, OSError) as error:
            raise NotSent("the rate bucket cannot be reached", retry_after=seconds) from error
