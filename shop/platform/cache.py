"""A Redis client that gives up quickly and, once Redis is away, does not ask again for a moment.

Without this each call of each request would wait for its own time-out.
"""

from typing import Any

import redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from shop.platform import patience
from shop.platform.breaker import Breaker, Slow

AWAY = (RedisConnectionError, RedisTimeoutError, redis.exceptions.BusyLoadingError)
SLOW = Slow(patience.REDIS_SLOW, patience.REDIS_SLOW_IN_ALL)

_breakers: dict[str, Breaker] = {}


def breaker_for(pool: redis.ConnectionPool) -> Breaker:
    """One breaker for each server that this process talks to."""
    address = f"{pool.connection_kwargs.get('host')}:{pool.connection_kwargs.get('port')}"
    if address not in _breakers:
        made = Breaker("redis", away=AWAY, refusal=RedisConnectionError, seconds=patience.REDIS_AWAY, slow=SLOW)
        _breakers.setdefault(address, made)  # per-pod: a breaker knows what its own process sees
    return _breakers[address]


class GuardedRedis(redis.Redis):
    """redis.Redis behind a breaker. Raises redis' ConnectionError at once while the breaker is open."""

    def execute_command(self, *args: Any, **options: Any) -> Any:
        with breaker_for(self.connection_pool).call():
            return super().execute_command(*args, **options)  # type: ignore[no-untyped-call]
