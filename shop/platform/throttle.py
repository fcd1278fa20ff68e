"""Limits on how often something may be tried, counted for all pods together.

While Redis is away each process counts by itself, with a smaller limit: several processes then let through about what
they would together, and guessing passwords never becomes free.
"""

import hashlib
import math
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass

import redis
from django.core.cache import caches
from django.utils.translation import gettext_lazy as _

from shop.errors import ShopError

LOCAL_SHARE = 3  # while Redis is away a process allows the limit divided by this
LOCAL_ENTRIES = 10_000  # counters a process keeps then; the oldest goes first

# Counting and setting the end in one step: a counter without an end would lock somebody out for ever.
COUNT = """
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return {count, redis.call('TTL', KEYS[1])}
"""


class TooManyTries(ShopError):
    code = "too_many_tries"
    status = 429
    message = _("Too many tries. Wait a moment and try again.")

    def __init__(self, retry_after: int) -> None:
        super().__init__()
        self.retry_after = max(1, retry_after)


@dataclass(frozen=True)
class Limit:
    """At most `times` in `seconds`, counted from the first."""

    name: str
    times: int
    seconds: int


def count(limit: Limit, subject: str) -> None:
    """Count one try of `subject` (an e-mail, an address). Raises TooManyTries beyond the limit."""
    key, allowed = _key(limit, subject), limit.times
    try:
        tries, seconds_left = _count_in_redis(key, limit.seconds)
    except redis.RedisError:
        tries, seconds_left = _here.count(key, limit.seconds)
        allowed = max(1, limit.times // LOCAL_SHARE)
    if tries > allowed:
        raise TooManyTries(seconds_left)


def forget(limit: Limit, subject: str) -> None:
    """Begin to count anew, as after the right password."""
    key = _key(limit, subject)
    _here.forget(key)
    caches["default"].delete(key)


def _key(limit: Limit, subject: str) -> str:
    """Redis does not learn who tried."""
    return f"throttle:{limit.name}:{hashlib.sha256(subject.encode()).hexdigest()[:32]}"


def _count_in_redis(key: str, seconds: int) -> tuple[int, int]:
    client = caches["default"].client  # type: ignore[attr-defined]  # django-redis'
    tries, seconds_left = client.get_client(write=True).eval(COUNT, 1, str(client.make_key(key)), seconds)
    return int(tries), int(seconds_left)


class LocalCounters:
    """Counters of this process, for the time that Redis is away."""

    def __init__(self, entries: int = LOCAL_ENTRIES) -> None:
        self._entries = entries
        self._lock = threading.Lock()
        self._counters: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def count(self, key: str, seconds: int) -> tuple[int, int]:
        """Return how often, with this time, and the seconds until it is forgotten."""
        now = time.monotonic()
        with self._lock:
            tries, ends = self._counters.get(key, (0, 0.0))
            if ends <= now:
                tries, ends = 0, now + seconds
                self._counters.pop(key, None)
            self._counters[key] = (tries + 1, ends)
            while len(self._counters) > self._entries:
                self._counters.popitem(last=False)
        return tries + 1, math.ceil(ends - now)

    def forget(self, key: str) -> None:
        with self._lock:
            self._counters.pop(key, None)


_here = LocalCounters()  # per-pod: counts by itself while Redis is away
