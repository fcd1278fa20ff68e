"""Figures that are made once a minute, not once a page."""

from collections.abc import Callable
from typing import Any

from django.core.cache import cache

KEPT = 60  # seconds


def kept(key: str, make: Callable[[], Any]) -> Any:
    """Return what Redis keeps under `key`; without Redis it is made each time."""
    found = cache.get(key)
    if found is None:
        found = make()
        cache.set(key, found, KEPT)
    return found
