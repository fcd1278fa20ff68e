"""A Redis client that gives up quickly and, once Redis is away, does not ask again for a moment.

Without this each call of each request would wait for its own time-out. The breaker's memory is per process on
purpose: it says what this process has just seen of the network.
"""

import logging
import threading
import time
from typing import Any

import redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

logger = logging.getLogger("shop.redis")

OPEN_SECONDS = 1.0  # how long nothing is asked after a failure; also the most it takes to notice the return
AWAY = (RedisConnectionError, RedisTimeoutError, redis.exceptions.BusyLoadingError)


class Breaker:
    """Open after one failure: callers are refused at once. Each OPEN_SECONDS one caller may try; success closes it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._retry_at = 0.0
        self.is_open = False

    def allows(self) -> bool:
        if not self.is_open:
            return True
        with self._lock:
            now = time.monotonic()
            if now < self._retry_at:
                return False
            self._retry_at = now + OPEN_SECONDS
            return True

    def failed(self, error: Exception) -> None:
        with self._lock:
            self._retry_at = time.monotonic() + OPEN_SECONDS
            if not self.is_open:
                logger.warning("redis is away", extra={"error": str(error)})
            self.is_open = True

    def succeeded(self) -> None:
        if self.is_open:
            logger.warning("redis is back")
            self.is_open = False


_breakers: dict[str, Breaker] = {}


def breaker_for(pool: redis.ConnectionPool) -> Breaker:
    """One breaker for each server that this process talks to."""
    address = f"{pool.connection_kwargs.get('host')}:{pool.connection_kwargs.get('port')}"
    return _breakers.setdefault(address, Breaker())  # per-pod: a breaker knows what its own process sees


class GuardedRedis(redis.Redis):
    """redis.Redis behind a breaker. Raises redis' ConnectionError at once while the breaker is open."""

    def execute_command(self, *args: Any, **options: Any) -> Any:
        breaker = breaker_for(self.connection_pool)
        if not breaker.allows():
            raise RedisConnectionError("redis was away a moment ago")
        try:
            answer = super().execute_command(*args, **options)  # type: ignore[no-untyped-call]
        except AWAY as error:
            breaker.failed(error)
            raise
        breaker.succeeded()
        return answer
