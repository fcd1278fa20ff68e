"""Caches that can tell their keys: Redis, through django-redis or through Django's own backend."""

import re
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from typing import Any, Protocol


class KeyList(Protocol):
    def keys(self, prefix: str) -> Iterator[str]:
        """Yield the keys that begin with this, as the cache's users call them."""

    def seconds_to_live(self, key: str) -> float | None:
        """Return None if it is kept for ever."""

    def reach(self) -> None:
        """Raises one of errors() if the cache is away, even if it is set to keep silent about that."""


class DjangoRedis:
    """The package django-redis."""

    def __init__(self, cache: Any) -> None:
        self.cache = cache

    def keys(self, prefix: str) -> Iterator[str]:
        yield from self.cache.iter_keys(f"{prefix}*")

    def seconds_to_live(self, key: str) -> float | None:
        seconds: float | None = self.cache.ttl(key)
        return seconds

    def reach(self) -> None:
        with suppress(NotImplementedError):  # several servers behind one client
            self.cache.client.get_client(write=True).ping()


class DjangosOwn:
    """django.core.cache.backends.redis, which has no method for it: its client is asked."""

    def __init__(self, cache: Any) -> None:
        self.cache = cache

    def keys(self, prefix: str) -> Iterator[str]:
        stored = self.cache.make_key(prefix)
        pattern = re.sub(r"([*?\[\]\\])", r"\\\1", stored) + "*"
        for key in self.cache._cache.get_client().scan_iter(match=pattern):
            yield prefix + key.decode().removeprefix(stored)

    def seconds_to_live(self, key: str) -> float | None:
        milliseconds: int = self.cache._cache.get_client().pttl(self.cache.make_key(key))
        return None if milliseconds == -1 else max(milliseconds, 0) / 1000

    def reach(self) -> None:
        self.cache._cache.get_client(write=True).ping()


def errors() -> Iterator[type[Exception]]:
    """Yield what these raise when they are away."""
    for module, name in (("redis.exceptions", "RedisError"), ("django_redis.exceptions", "ConnectionInterrupted")):
        with suppress(ImportError):
            yield getattr(import_module(module), name)


def key_list(cache: Any) -> KeyList | None:
    """Return how to list the keys of a cache; None if there is no way."""
    if hasattr(cache, "iter_keys"):
        return DjangoRedis(cache)
    from django.core.cache.backends.redis import RedisCache

    return DjangosOwn(cache) if isinstance(cache, RedisCache) else None
