"""The rate at which credex-core may be asked from our address, shared by all replicas (contract 2.7).

The core counts in windows of a minute whose beginning we don't know, so no minute of ours holds more than the limit.
Who has to wait stands in a line that all replicas share: people before the background, then first come, first served.
A place is kept until the waiting call should be back; a call comes back by being tried again (NotSent).
"""

from __future__ import annotations

import redis.asyncio
from redis.exceptions import RedisError

from services.credex.ports import BACKGROUND_PATIENCE, PATIENCE
from shared.kernel.clock import Clock
from shared.kernel.ids import Chance, new_id
from shared.outcalls.calls import NotSent

WINDOW_SECONDS = 60.0
KEPT_FOR_USERS = 4
"""One part in so many is left to what people wait for: what goes on in the background may not use it."""
LATE_SECONDS = 5.0
"""A place is kept for so long after its call should be back: then its process has died, or is too busy."""

_KEYS = ("credex:requests", "credex:hold", "credex:line", "credex:line:until")

# `line` holds who waits by class and time of coming, `until` how long each place is kept.
_TAKE = """
local log, hold, line, until_ = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local now, window, limit, late = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local request, who, class, patience = ARGV[5], ARGV[6], tonumber(ARGV[7]), tonumber(ARGV[8])
for _, gone in ipairs(redis.call('ZRANGEBYSCORE', until_, '-inf', '(' .. ARGV[1])) do
  redis.call('ZREM', line, gone)
  redis.call('ZREM', until_, gone)
end
redis.call('ZADD', line, 'NX', class + now, who)
local ahead = redis.call('ZRANK', line, who)
redis.call('ZREMRANGEBYSCORE', log, '-inf', now - window)
local held = tonumber(redis.call('GET', hold) or '0')
local count = redis.call('ZCARD', log)
local wait = held - now
if wait <= 0 then
  local next = ahead + count - limit
  if next < 0 then
    redis.call('ZREM', line, who)
    redis.call('ZREM', until_, who)
    redis.call('ZADD', log, now, request)
    redis.call('PEXPIRE', log, 2 * window * 1000)
    return '0'
  end
  local frees = redis.call('ZRANGE', log, next, next, 'WITHSCORES')
  -- Who is more than a minute's number away asks for the way again then; with an empty log those ahead are coming.
  wait = frees[2] and frees[2] + window - now or (count > 0 and window or 1)
end
local came = tonumber(redis.call('ZSCORE', line, who)) - class
if now - came >= patience then
  redis.call('ZREM', line, who)
  redis.call('ZREM', until_, who)
else
  redis.call('ZADD', until_, now + wait + late, who)
  redis.call('PEXPIRE', line, math.ceil((wait + window) * 1000))
  redis.call('PEXPIRE', until_, math.ceil((wait + window) * 1000))
end
return tostring(wait)
"""
_CLASSES = {False: 0, True: 10**10}
"""Added to the time of coming, so that everybody in the background stands behind all people."""


class Bucket:
    """Lets requests to the core through, or says when. Safe for concurrent use."""

    def __init__(self, redis: redis.asyncio.Redis, per_minute: int, clock: Clock, chance: Chance) -> None:
        self._redis = redis
        self._limits = {False: per_minute, True: per_minute - max(1, per_minute // KEPT_FOR_USERS)}
        self._clock = clock
        self._chance = chance

    async def take(self, who: str, *, background: bool) -> str:
        """Count one request, and return what to give it back by. `who` names the call, the same at each try.

        Raises NotSent, with the seconds until it may be this call's turn.
        """
        request = new_id("B", self._chance)
        patience = BACKGROUND_PATIENCE if background else PATIENCE
        arguments = (
            self._clock.now().timestamp(),
            WINDOW_SECONDS,
            self._limits[background],
            LATE_SECONDS,
            request,
            who,
            _CLASSES[background],
            patience.total_seconds(),
        )
        try:
            wait = float(await self._redis.eval(_TAKE, len(_KEYS), *_KEYS, *(str(each) for each in arguments)))
        except (RedisError, OSError) as error:
            raise NotSent("the rate bucket cannot be reached", retry_after=1.0) from error
        if wait > 0:
            # Those who wait do not all come back at once.
            raise NotSent("the rate limit", retry_after=wait + self._chance.uniform(0, 1))
        return request

    async def give_back(self, request: str) -> None:
        """The request was not made after all."""
        try:
            await self._redis.zrem(_KEYS[0], request)
        except (RedisError, OSError) as error:
            raise NotSent("the rate bucket cannot be reached", retry_after=1.0) from error

    async def hold(self, seconds: float) -> None:
        """The core itself said to wait: nobody asks it before."""
        until = self._clock.now().timestamp() + seconds
        try:
            await self._redis.set("credex:hold", str(until), ex=max(1, round(seconds) + 1))
        except (RedisError, OSError) as error:
            raise NotSent("the rate bucket cannot be reached", retry_after=seconds) from error
