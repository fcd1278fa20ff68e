"""A pytest plugin that is loaded before Django is: starts the services that the tests need and names them in the
environment.

Services that the environment names already are used as they are. Everything is made in a temporary directory and ends
with the test run, also when that is killed. `fleet()` starts web processes over the same services.
"""

import atexit
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from config.local.balancer import media_from
from config.local.commands import StaticFiles
from config.local.fleet import Fleet
from config.local.guard import Guard
from config.local.process import Place
from config.local.secret_files import signing_key
from config.local.services import Services
from config.local.store import HASHED
from tests import distribution

pytest_plugins = ["shop.stateless.guard.fixtures"]

# As the Makefile says: where Python may keep nothing, each process that a test starts compiles all libraries.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

directory = Path(tempfile.mkdtemp(prefix="shop-tests-"))
place = Place(directory, f"{directory}/run:{secrets.token_hex(8)}")
running: Services


def _start() -> Services:
    guard = Guard(place, remove=True)
    services = Services(place, secret=_secret, durable=False)
    atexit.register(_stop, services, guard)
    services.start()
    services.wait_all()
    if "postgres" in services.processes:
        _choose_plans_by_what_tests_say(services)
    return services


def _choose_plans_by_what_tests_say(services: Services) -> None:
    """Statistics would come at some moment of a run, and with them other plans: here nobody makes them but a test."""
    with psycopg.connect(services.postgres.admin_url, autocommit=True) as server:
        server.execute("ALTER SYSTEM SET autovacuum = off")
        server.execute("SELECT pg_reload_conf()")


def _secret(name: str) -> str:
    return f"test-{name.lower()}"


def _stop(services: Services, guard: Guard) -> None:
    """At once: nothing in them is kept."""
    services.kill()
    guard.dismiss()
    shutil.rmtree(directory, ignore_errors=True)


def _environment(services: Services) -> dict[str, str]:
    return {
        "SECRET_KEY": "a key for tests only, which signs nothing of value",
        "JWT_SIGNING_KEY": signing_key(),
        "ALLOWED_HOSTS": "testserver,127.0.0.1,localhost",
        "PUBLIC_URL": "http://testserver",
        "EMAIL_URL": f"eml://{directory / 'mail'}",
        "CARD_PROVIDER_KEY": _secret("CARD_PROVIDER_KEY"),
        "CARD_WEBHOOK_SECRET": _secret("CARD_WEBHOOK_SECRET"),
        "STATICFILES_STORAGE": "django.contrib.staticfiles.storage.StaticFilesStorage",
        "LOG_LEVEL": "WARNING",
        "STATELESS_GUARD": "raise",
        "HEARTBEAT_FILE": str(directory / "heartbeat"),
        **services.environment,
    }


if distribution.hands_out():
    distribution.let_settings_load()
    StaticFiles(place.make(), {**os.environ, "STATICFILES_STORAGE": HASHED}).wait()  # once, before others look
else:
    distribution.forget_nowhere()
    distribution.share_ports()
    running = _start()
    for _name, _value in _environment(running).items():
        os.environ.setdefault(_name, _value)


def room() -> Path:
    """A new directory that PostgreSQL's own user may enter: pytest shuts its own to others when the next run starts."""
    return Path(tempfile.mkdtemp(dir=directory))


def fleet(
    name: str,
    database: Mapping[str, object],
    *,
    web: int = 3,
    relays: int = 0,
    workers: int = 0,
    environment: Mapping[str, str] | None = None,
) -> Fleet:
    """Return a fleet that is not started yet, on the database of `settings.DATABASES["default"]`.

    Of a DATABASE_URL in `environment`, as `proxied()` gives, everything but the path is kept. The fleet sees committed
    rows only: the test needs `@pytest.mark.django_db(transaction=True)`. Its files, such as the logs, are in
    `directory / name`.
    """
    there = Place(directory / name, place.mark)
    own = {
        "STATICFILES_STORAGE": HASHED,
        "SHOP_SHOW_POD": "1",
        "LOG_LEVEL": "INFO",
    }
    media = media_from(running.media) if running.media else ""
    _collected(own["STATICFILES_STORAGE"])
    given = own | dict(environment or {})
    address = urlsplit(given.get("DATABASE_URL") or os.environ["DATABASE_URL"])
    given["DATABASE_URL"] = address._replace(path=f"/{database['NAME']}").geturl()
    return Fleet(there, given, web=web, relays=relays, workers=workers, media=media)


@contextmanager
def started(pods: Fleet) -> Iterator[Fleet]:
    """A fleet with all its processes up; they are killed at the end."""
    try:
        pods.start()
        pods.wait()
        yield pods
    finally:
        pods.end()


@cache
def _collected(storage: str) -> None:
    StaticFiles(place, {**os.environ, "STATICFILES_STORAGE": storage}).wait()


@pytest.fixture(scope="session")
def testpay() -> str:
    """The address of the test card provider."""
    return os.environ["CARD_PROVIDER_URL"]
