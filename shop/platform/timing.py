"""What one request took, for the browser's own tools: the Server-Timing header, where SHOP_SHOW_POD is on.

Statements and trips are those that bench/ counts from outside and tests/ keep budgets of.
"""

import time
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import redis

PLACE = "shop.timing"  # where in the WSGI environment the request's Timing is
_current: ContextVar["Timing | None"] = ContextVar("timing", default=None)


@dataclass
class Timing:
    """Of one request: how often others were asked, and seconds waited for them."""

    began_at: float = field(default_factory=time.perf_counter)
    statements: int = 0
    sql: float = 0.0
    trips: int = 0
    redis: float = 0.0

    def header(self) -> str:
        """The value of Server-Timing, in ms (W3C, Server Timing); `app` is all but the waiting."""
        total = time.perf_counter() - self.began_at
        return ", ".join(
            [
                f"app;dur={_ms(total - self.sql - self.redis)}",
                f'sql;dur={_ms(self.sql)};desc="{self.statements} statements"',
                f'redis;dur={_ms(self.redis)};desc="{self.trips} trips"',
                f"total;dur={_ms(total)}",
            ]
        )

    def count_statement(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """A wrapper for `connection.execute_wrapper`."""
        began_at = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.statements += 1
            self.sql += time.perf_counter() - began_at


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:.2f}"


def begin(place: dict[str, Any]) -> Timing:
    """Begin to time the request with this WSGI environment, or go on if that has begun."""
    timing: Timing = place.setdefault(PLACE, Timing())
    _current.set(timing)
    return timing


def trip(seconds: float) -> None:
    """Count a trip to Redis that took so long."""
    if timing := _current.get():
        timing.trips += 1
        timing.redis += seconds


class _Timed:
    """A connection to Redis that tells the current request of each trip."""

    def send_packed_command(self, *args: Any, **options: Any) -> Any:
        if timing := _current.get():
            timing.trips += 1
        return super().send_packed_command(*args, **options)  # type: ignore[misc]

    def read_response(self, *args: Any, **options: Any) -> Any:
        began_at = time.perf_counter()
        try:
            return super().read_response(*args, **options)  # type: ignore[misc]
        finally:
            if timing := _current.get():
                timing.redis += time.perf_counter() - began_at


class TimedConnection(_Timed, redis.Connection):
    pass


class TimedSSLConnection(_Timed, redis.SSLConnection):
    pass


def pool_options(address: str, *, timed: bool) -> Mapping[str, Any]:
    """Return what a pool for this address is made with, so that its trips are counted if they shall be."""
    if not timed:
        return {}
    return {"connection_class": TimedSSLConnection if address.startswith("rediss:") else TimedConnection}
