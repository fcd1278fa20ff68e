from pathlib import Path

import pytest
from django.apps import apps
from django.core.cache import caches
from django.db.models.signals import post_migrate

from tests.distribution import longest_first


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    longest_first(items)


@pytest.fixture(scope="session", autouse=True)
def _counted_catalogue() -> None:
    """A test with transactions of its own ends with empty tables, also of what the migrations put there."""
    post_migrate.connect(_count_again, sender=apps.get_app_config("catalog"))


def _count_again(**_: object) -> None:
    from shop.catalog import tally

    tally.count_first()


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
