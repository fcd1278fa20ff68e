from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches

from shop.backoffice import keeping
from shop.platform.cache import breaker_for
from tests import emptying, numbering
from tests.distribution import longest_first


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    longest_first(items)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Add to pytest-django's: the ids of no two tables are alike."""
    with django_db_blocker.unblock():
        numbering.apart()


@pytest.fixture(scope="session", autouse=True)
def _tables_are_emptied_quickly() -> None:
    emptying.quickly()


@pytest.fixture(scope="session", autouse=True)
def _redis_is_there() -> None:
    """One that answers late because the machine is busy is not away, as it would be for a pod."""
    for name in ("default", "sessions"):
        pool = caches[name].client.get_client(write=True).connection_pool
        pool.connection_kwargs |= {"socket_timeout": 30.0, "socket_connect_timeout": 30.0}
        breaker_for(pool)._slow = None


@pytest.fixture(autouse=True)
def _empty_redis() -> None:
    """No test sees what another left in Redis."""
    for name in ("default", "sessions"):
        caches[name].clear()


@pytest.fixture
def mailbox(settings, tmp_path) -> Path:
    """The directory into which mails are written."""
    settings.EMAIL_BACKEND = "config.local.eml.EmailBackend"  # pytest-django would keep mails in memory
    settings.EMAIL_FILE_PATH = str(tmp_path)
    return tmp_path


@pytest.fixture(autouse=True)
def _static_files_are_not_scanned(settings) -> None:
    """Each test's first request would read the directory of all static files, which other test runs rewrite."""
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture(autouse=True)
def _passwords_cost_nothing(settings) -> None:
    settings.PASSWORD_HASHERS = ["tests.passwords.QuickHasher"]


@pytest.fixture(autouse=True)
def _figures_are_made_each_time(monkeypatch) -> None:
    """On a busy machine some would take so long that they are kept for a minute, and cost no query then."""
    monkeypatch.setattr(keeping, "SLOW", 60.0)
