"""Figures that are made once a minute, not once a page."""

import time
from collections.abc import Callable
from typing import Any

from django.core.cache import cache

KEPT = 60  # seconds
SLOW = 0.05  # seconds


def kept(key: str, make: Callable[[], Any], *, unless_quick: bool = False) -> Any:
    """Return what Redis keeps under `key`; without Redis it is made each time.

    `unless_quick`: what is made in less than SLOW is made anew each time, and so is always true.
    """
    found = cache.get(key)
    if found is None:
        begun_at = time.monotonic()
        found = make()
        if not unless_quick or time.monotonic() - begun_at > SLOW:
            cache.set(key, found, KEPT)
    return found
