"""A pytest plugin that is loaded before Django is: starts the services that the tests need and names them in the
environment.

Services that the environment names already are used as they are. Everything is made in a temporary directory and ends
with the test run, also when that is killed. `fleet()` starts web processes over the same services.
"""

import atexit
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from config.local import ports
from config.local.balancer import media_from
from config.local.commands import StaticFiles
from config.local.fleet import Fleet
from config.local.guard import Guard
from config.local.process import Place, Process, Program, python
from config.local.secret_files import signing_key
from config.local.services import Services
from config.local.store import HASHED

directory = Path(tempfile.mkdtemp(prefix="shop-tests-"))
place = Place(directory, f"{directory}/run:{secrets.token_hex(8)}")
running: Services


def _start() -> Services:
    guard = Guard(place, remove=True)
    services = Services(place, secret=lambda name: f"test-{name.lower()}", durable=False)
    atexit.register(_stop, services, guard)
    services.start()
    services.wait_all()
    return services


def _stop(services: Services, guard: Guard) -> None:
    """At once: nothing in them is kept."""
    services.kill()
    guard.dismiss()
    shutil.rmtree(directory, ignore_errors=True)


def _environment(services: Services) -> dict[str, str]:
    (card_port,) = ports.free(1)
    return {
        "SECRET_KEY": "a key for tests only, which signs nothing of value",
        "JWT_SIGNING_KEY": signing_key(),
        "ALLOWED_HOSTS": "testserver,127.0.0.1,localhost",
        "PUBLIC_URL": "http://testserver",
        "EMAIL_URL": f"eml://{directory / 'mail'}",
        "CARD_PROVIDER_URL": f"http://{ports.HOST}:{card_port}",
        "CARD_PROVIDER_KEY": "test-card-key",
        "CARD_WEBHOOK_SECRET": "test-webhook-secret",
        "STATICFILES_STORAGE": "django.contrib.staticfiles.storage.StaticFilesStorage",
        "LOG_LEVEL": "WARNING",
        "HEARTBEAT_FILE": str(directory / "heartbeat"),
        **services.environment,
    }


running = _start()
for _name, _value in _environment(running).items():
    os.environ.setdefault(_name, _value)


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

    It sees committed rows only: the test needs `@pytest.mark.django_db(transaction=True)`. Its files, such as the
    logs, are in `directory / name`.
    """
    there = Place(directory / name, place.mark)
    own = {
        "DATABASE_URL": urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database['NAME']}").geturl(),
        "STATICFILES_STORAGE": HASHED,
        "SHOP_SHOW_POD": "1",
        "LOG_LEVEL": "INFO",
    }
    media = media_from(running.media) if running.media else ""
    _collected(own["STATICFILES_STORAGE"])
    return Fleet(there, own | dict(environment or {}), web=web, relays=relays, workers=workers, media=media)


@cache
def _collected(storage: str) -> None:
    StaticFiles(place, {**os.environ, "STATICFILES_STORAGE": storage}).wait()


@pytest.fixture(scope="session")
def testpay() -> Iterator[str]:
    """The address of the test card provider, which runs until the end of the tests."""
    url = os.environ["CARD_PROVIDER_URL"]
    port = urlsplit(url).port or 80
    command = python("-m", "config.local.testpay", "--port", str(port), "--data", str(directory / "testpay"))
    process = Process(Program("testpay", command, os.environ), place)
    process.start()
    process.wait_until(lambda: ports.answers(port), seconds=20, what="The test card provider")
    yield url
    process.kill()
