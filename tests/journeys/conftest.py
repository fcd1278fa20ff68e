"""A real browser against real processes."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Error, sync_playwright

from config.local.fleet import Fleet
from tests.services import fleet

ARTIFACTS = Path(__file__).parents[1] / "artifacts"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The system's Chromium, else Playwright's own; the test is skipped where there is neither."""
    installed = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with pytest.MonkeyPatch.context() as environment, sync_playwright() as playwright:
        # Playwright runs an event loop in this thread; Django would refuse every query of the test because of it.
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        try:
            browser = playwright.chromium.launch(executable_path=installed, args=FLAGS)
        except Error as error:
            pytest.skip(f"There is no Chromium here: {str(error).splitlines()[0]}")
        yield browser
        browser.close()


@pytest.fixture
def mails(tmp_path: Path) -> Path:
    """Where the shop's worker writes mails."""
    return tmp_path / "mail"


@pytest.fixture
def shop(transactional_db: None, mails: Path) -> Iterator[Fleet]:
    """Two web processes behind the load balancer, a relay and a worker."""
    # The queue may hand a message to the worker that the test before killed; it is sent again after these seconds.
    environment = {"EMAIL_URL": f"eml://{mails}", "OUTBOX_RESEND_AFTER": "2"}
    pods = fleet("browser", settings.DATABASES["default"], web=2, relays=1, workers=1, environment=environment)
    try:
        pods.start()
        pods.wait()
        yield pods
    finally:
        for process in pods.processes.values():
            process.kill()  # at once: nothing in it is kept
