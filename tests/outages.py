"""Services behind a proxy that can refuse, hold, delay and cut: for fleets whose dependency goes away on purpose."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import redis

from config.local import ports
from config.local.proxy import Proxy
from shop.platform import storage

# Which settings lead to a service. All of one service share its address.
VARIABLES = {
    "redis": ("REDIS_URL", "REDIS_SESSIONS_URL"),
    "sqs": ("AWS_ENDPOINT_URL_SQS", "SQS_QUEUE_BASE_URL"),
    "s3": ("AWS_ENDPOINT_URL_S3",),
    "postgres": ("DATABASE_URL",),
    "testpay": ("CARD_PROVIDER_URL",),
}


@contextmanager
def proxied(*services: str) -> Iterator[tuple[dict[str, Proxy], dict[str, str]]]:
    """Yield a proxy for each service and the environment that leads through them, to be given to `fleet()`."""
    made: dict[str, Proxy] = {}
    environment: dict[str, str] = {}
    try:
        for name in services:
            address = urlsplit(os.environ[VARIABLES[name][0]])
            made[name] = Proxy(address.port or 0)
            environment |= {variable: redirected(variable, made[name]) for variable in VARIABLES[name]}
        yield made, environment
    finally:
        for proxy in made.values():
            proxy.close()


def redirected(variable: str, proxy: Proxy) -> str:
    """Return the environment variable's address with the proxy's port in it."""
    address = urlsplit(os.environ[variable])
    account, at, _host = address.netloc.rpartition("@")
    return address._replace(netloc=f"{account}{at}{ports.HOST}:{proxy.port}").geturl()


@contextmanager
def storage_behind_proxy(settings: Any) -> Iterator[Proxy]:
    """Let the media storage of this process go through a proxy, and forget afterwards that it was away."""
    with proxied("s3") as (proxies, environment):
        default = settings.STORAGES["default"]
        options = {**default["OPTIONS"], "endpoint_url": environment["AWS_ENDPOINT_URL_S3"]}
        settings.STORAGES = {**settings.STORAGES, "default": {**default, "OPTIONS": options}}
        try:
            yield proxies["s3"]
        finally:
            storage.breaker.is_open = False


def redis_server(number: int = 0, *, port: int | None = None) -> redis.Redis:
    """Return a client of one of Redis' databases, around proxies and breakers. `port`: of another server."""
    address = urlsplit(os.environ["REDIS_URL"])
    return redis.Redis(host=address.hostname or "", port=port or address.port or 0, db=number)


@contextmanager
def full_redis() -> Iterator[None]:
    """Redis takes nothing new: it answers writes with an error."""
    server = redis_server()
    usual = server.config_get("maxmemory*")
    server.config_set("maxmemory-policy", "noeviction")
    server.config_set("maxmemory", 1)
    try:
        yield
    finally:
        for name in ("maxmemory", "maxmemory-policy"):
            server.config_set(name, usual[name])
