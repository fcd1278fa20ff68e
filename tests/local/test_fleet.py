"""A fleet of the tests: web processes over the database of the tests, killed and started one by one."""

from collections.abc import Iterator

import httpx
import pytest
from django.conf import settings

from config.local import ports
from config.local.fleet import Fleet
from tests import services
from tests.waiting import patience

pytestmark = [pytest.mark.fleet, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def fleet(django_db_setup: None) -> Iterator[Fleet]:
    found = services.fleet("small", settings.DATABASES["default"], web=2)
    found.start()
    found.wait()
    yield found
    found.end()


def served_by(url: str) -> str:
    return httpx.get(url, timeout=60).headers["X-Pod"].partition("/")[0]


def test_a_killed_process_stays_away_until_it_is_started_again(fleet):
    assert served_by(fleet.url("web-2")) == "web-2"
    fleet.kill("web-1")
    assert {served_by(fleet.base_url) for _ in range(6)} == {"web-2"}
    patience(60)(lambda: not ports.answers(fleet.ports["web-1"]))  # the last of its processes ends a moment later
    fleet.restart("web-1")
    assert served_by(fleet.url("web-1")) == "web-1"


def test_it_answers_from_the_database_of_the_tests(fleet):
    assert fleet.environment["DATABASE_URL"].rpartition("/")[2].startswith("test_")
    assert httpx.get(f"{fleet.base_url}/", timeout=60).status_code == 200
