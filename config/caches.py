"""Turn the address of a Redis into an entry of Django's CACHES."""

from typing import Any

from shop.platform import patience, timing


def redis_cache(address: str, *, prefix: str, timed: bool) -> dict[str, Any]:
    """Return the entry for redis://host:port/database. `timed`: its commands are counted in Server-Timing."""
    return {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": address,
        "KEY_PREFIX": prefix,
        "OPTIONS": {
            "REDIS_CLIENT_CLASS": "shop.platform.cache.GuardedRedis",
            "SERIALIZER": "django_redis.serializers.json.JSONSerializer",  # who can write Redis must not run code here
            "IGNORE_EXCEPTIONS": True,
            "SOCKET_CONNECT_TIMEOUT": patience.REDIS_CONNECT,
            "SOCKET_TIMEOUT": patience.REDIS_ANSWER,
            "CONNECTION_POOL_KWARGS": {"max_connections": 20, **timing.pool_options(address, timed=timed)},
        },
    }
