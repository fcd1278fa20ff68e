"""A lane for what may take long: however slow it gets, it leaves some of a process's threads to everything else."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from django.conf import settings
from django.db import OperationalError
from prometheus_client import Counter

from shop.platform import patience

refusals = Counter("shop_lane_refusals_total", "Catalogue pages not made because all places were slow")


class Busy(OperationalError):
    """No place came free in time. Treated like an outage: an older copy of the page, or 503 with Retry-After."""


class Lane:
    """At most half of this process's threads may be in it at once.

    While those in it are quick, others wait for a moment: that is an ordinary busy second. Once all of them are slow
    (patience.LANE) others are refused at once, so that they do not keep the remaining threads by waiting.
    """

    def __init__(self) -> None:
        self._begun: list[float] = []
        self._left = threading.Condition()

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold a place; also as a decorator. Raises Busy."""
        began = self._enter()
        try:
            yield
        finally:
            with self._left:
                self._begun.remove(began)
                self._left.notify()

    def refuse_if_slow(self) -> None:
        """Raises Busy where one who came for a place now would be refused at once."""
        with self._left:
            if len(self._begun) >= places() and time.monotonic() >= max(self._begun) + patience.LANE:
                _refuse()

    def _enter(self) -> float:
        came = time.monotonic()
        with self._left:
            while len(self._begun) >= places():
                latest = min(max(self._begun) + patience.LANE, came + 2 * patience.LANE)
                if time.monotonic() >= latest:
                    _refuse()
                self._left.wait(latest - time.monotonic())
            now = time.monotonic()
            self._begun.append(now)
            return now


def _refuse() -> NoReturn:
    refusals.inc()
    raise Busy("the lists are slow, and all their places are taken")


def places() -> int:
    return max(1, int(settings.WEB_THREADS) // 2)


# For pages and answers that are the same for everybody, which anyone can ask for in any number.
CATALOGUE = Lane()  # per-pod: which of its own threads are busy
