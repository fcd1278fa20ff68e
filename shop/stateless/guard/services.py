"""Connections to this machine that no setting names: a pod would find nothing there, or a service of its own."""

import os
import re
from collections.abc import Iterator
from typing import Any

from django.conf import settings

from shop.stateless.places import is_loopback

ADDRESS = re.compile(r"(?:(\w[\w+]*)://)?(?:[^@/\s]*@)?(?:localhost|127(?:\.\d+){3}|0\.0\.0\.0|\[::1\])(?::(\d+))?\b")
USUAL = {"http": 80, "https": 443, "redis": 6379, "postgres": 5432, "postgresql": 5432, "amqp": 5672, "smtp": 25}

_known: frozenset[int | str] = frozenset()


def unknown_service(address: Any) -> str:
    """Return "127.0.0.1:6379" or the path of a socket if the address is local and not configured, otherwise ""."""
    global _known  # noqa: PLW0603 - settings are read again when an address is new
    service, shown = _service(address)
    if not shown or service in _known:
        return ""
    _known = frozenset(_configured())
    return "" if service in _known else shown


def _service(address: Any) -> tuple[int | str, str]:
    if isinstance(address, tuple) and len(address) > 1 and is_loopback(address[0]):
        return int(address[1]), f"{address[0]}:{address[1]}"
    if isinstance(address, str | bytes):
        path = os.fsdecode(address)
        return path, path
    return "", ""


def _configured() -> Iterator[int | str]:
    """Yield the ports of this machine, and the paths, that a setting or the environment names."""
    for name in dir(settings):
        if name.isupper():
            yield from _named(getattr(settings, name, None))
    for prefix in (name.removesuffix("_HOST") for name in dir(settings) if name.endswith("_HOST")):
        yield _port(getattr(settings, f"{prefix}_PORT", 0))
    for value in os.environ.values():
        yield from _named(value)


def _named(value: Any) -> Iterator[int | str]:
    if isinstance(value, str):
        yield value
        yield from (int(port) if port else USUAL.get(scheme, 0) for scheme, port in ADDRESS.findall(value))
    elif isinstance(value, dict):
        yield _port(value.get("PORT", 0))
        for inner in value.values():
            yield from _named(inner)
    elif isinstance(value, list | tuple | set):
        if len(value) == 2:
            yield _port(list(value)[1])  # ("127.0.0.1", 6379)
        for inner in value:
            yield from _named(inner)


def _port(value: Any) -> int:
    return int(value) if str(value).isdigit() else 0
