"""A real browser against real processes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Error, expect, sync_playwright

from config.local.browser import find
from config.local.fleet import Fleet
from shop.platform.models import OutboxMessage
from tests.services import fleet, started
from tests.waiting import outbox, patience

ARTIFACTS = Path(__file__).parents[1] / "artifacts"
until = patience(120, outbox)
PATIENCE = 60_000  # milliseconds that a browser waits for a page on a busy machine
expect.set_options(timeout=PATIENCE)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The system's Chromium, else Playwright's own; the test is skipped where there is neither."""
    installed = find()
    with pytest.MonkeyPatch.context() as environment, sync_playwright() as playwright:
        # Playwright runs an event loop in this thread; Django would refuse every query of the test because of it.
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        try:
            browser = playwright.chromium.launch(executable_path=installed, args=FLAGS)
        except Error as error:
            pytest.skip(f"There is no Chromium here: {str(error).splitlines()[0]}")
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def mail_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mail")


@pytest.fixture
def mails(mail_directory: Path) -> Path:
    """Where the shop's worker writes mails; empty when the test begins."""
    for mail in mail_directory.glob("*.eml"):
        mail.unlink()
    return mail_directory


@pytest.fixture(scope="package")
def pods(django_db_setup: None, mail_directory: Path) -> Iterator[Fleet]:
    """Two web processes behind the load balancer, a relay and a worker; they keep nothing from test to test."""
    # The queue may hand a message to the worker of another test; it is sent again after these seconds.
    environment = {"EMAIL_URL": f"eml://{mail_directory}", "OUTBOX_RESEND_AFTER": "2"}
    with started(
        fleet("browser", settings.DATABASES["default"], web=2, relays=1, workers=1, environment=environment)
    ) as made:
        yield made


@pytest.fixture
def shop(transactional_db: None, pods: Fleet, mails: Path) -> Iterator[Fleet]:
    """The pods with nothing to do: what a test gave them is done before its rows are removed."""
    yield pods
    until(lambda: not OutboxMessage.objects.open().exists())
