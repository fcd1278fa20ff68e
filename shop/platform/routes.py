"""The parts of a route's address, for pages that hold dozens of such: finding a route costs more than a row."""

import functools

from django.urls import get_script_prefix, reverse


def around(name: str, stand_in: str | int) -> tuple[str, str]:
    """Return what stands before and after the only argument of a route. `stand_in`: one that the route takes."""
    return _around(name, stand_in, get_script_prefix())


@functools.cache  # per-pod: a calculation from the routes
def _around(name: str, stand_in: str | int, _prefix: str) -> tuple[str, str]:
    before, _, after = reverse(name, args=[stand_in]).rpartition(str(stand_in))
    return before, after
