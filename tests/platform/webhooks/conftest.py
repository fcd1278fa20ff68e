"""A receiver on this machine."""

import pytest

from shop.platform.webhooks import schedule
from tests.platform.webhooks.hearing import SOON
from tests.receiver import Receiver, receiver


@pytest.fixture(autouse=True)
def _within_this_machine(settings, monkeypatch) -> None:
    """Nobody is slow for being on a busy machine, and nobody who rests is done with it before the test looks."""
    settings.WEBHOOK_NETWORKS = ["127.0.0.0/8"]
    monkeypatch.setattr(schedule, "SLOW", 60.0)
    monkeypatch.setattr(schedule, "SHORTEST_REST", SOON)


@pytest.fixture(scope="module")
def running():
    with receiver() as started:
        yield started


@pytest.fixture
def there(running) -> Receiver:
    """It has heard nothing yet."""
    running.heard.clear()
    running.answers.clear()
    return running
