"""A breaker: once a service is away, callers are refused at once, and one at a time finds out whether it is back.

Its memory is that of a process on purpose: it says what this process has just seen of the network.
"""

import logging
import threading
import time
from dataclasses import dataclass
from types import TracebackType

from prometheus_client import Gauge

logger = logging.getLogger("shop.breaker")
away = Gauge("shop_away", "1 while a process takes a service for away", ["service"], multiprocess_mode="livemax")


@dataclass(frozen=True)
class Slow:
    """Answers that take `seconds` each and `in_all` together, in a row, count as a failure.

    So a service that always answers just before the time-out costs so much and no more.
    """

    seconds: float
    in_all: float


class Breaker:
    """Open after one failure, or several slow answers. `seconds` later one caller may try; a quick answer closes it."""

    def __init__(
        self,
        name: str,
        *,
        away: tuple[type[Exception], ...],
        refusal: type[Exception],
        seconds: float,
        slow: Slow | None = None,
    ) -> None:
        """`away`: errors that mean that the service is away. `refusal`: what callers get while the breaker is open."""
        self.name = name
        self.is_open = False
        self._away = away
        self._refusal = refusal
        self._seconds = seconds
        self._slow = slow
        self._slow_seconds = 0.0
        self._retry_at = 0.0
        self._lock = threading.Lock()
        self._is_tried = False

    def call(self) -> "_Call":
        """Make one call within. Raises the refusal at once while open, unless this is the one that may try."""
        return _Call(self)

    def _admit(self) -> bool:
        """Return whether this caller is the one that tries. Raises the refusal."""
        if not self.is_open:
            return False
        with self._lock:
            if self._is_tried or time.monotonic() < self._retry_at:
                raise self._refusal(f"{self.name} was away a moment ago")
            self._is_tried = True
            return True

    def _answered(self, seconds: float) -> None:
        if self._slow is None or seconds < self._slow.seconds:
            self._slow_seconds = 0.0
            self._close()
            return
        self._slow_seconds += seconds
        if self.is_open or self._slow_seconds >= self._slow.in_all:
            self._failed(f"it took {seconds:.1f} s to answer")

    def _failed(self, reason: str) -> None:
        with self._lock:
            self._retry_at = time.monotonic() + self._seconds
            if not self.is_open:
                logger.warning("%s is away", self.name, extra={"error": reason})
            self.is_open = True
            away.labels(self.name).set(1)

    def _close(self) -> None:
        if self.is_open:
            logger.warning("%s is back", self.name)
            self.is_open = False
            away.labels(self.name).set(0)


class _Call:
    """One call. A class, because a generator would double what the breaker costs a kept page."""

    __slots__ = ("_began", "_breaker", "_is_trial")

    def __init__(self, breaker: Breaker) -> None:
        self._breaker = breaker

    def __enter__(self) -> None:
        self._is_trial = self._breaker._admit()
        self._began = time.monotonic()

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        breaker = self._breaker
        if isinstance(error, breaker._away):
            breaker._failed(str(error))
        elif error is None or isinstance(error, Exception):  # it refused something, so it is there
            breaker._answered(time.monotonic() - self._began)
        if self._is_trial:
            breaker._is_tried = False
