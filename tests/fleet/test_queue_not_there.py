"""Workers that start while SQS is away, or without its queues, wait for it and show that they live."""

import time
from collections.abc import Callable

import pytest
from django.conf import settings

from tests.services import fleet, running
from tests.waiting import patience

pytestmark = [pytest.mark.fleet, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def pods():
    """A worker that was not started yet, with SQS stopped; it runs again afterwards."""
    made = fleet("no-queues", settings.DATABASES["default"], web=0, workers=1)
    running.processes["sqs"].kill()
    try:
        yield made
    finally:
        made.processes["worker-1"].kill()
        running.restart("sqs")


def until(happened: Callable[[], bool], worker) -> None:
    patience(120, worker.tail)(lambda: happened() or not worker.running)
    assert worker.running, worker.tail()


def test_a_worker_outlives_a_queue_that_does_not_exist_yet(pods):
    running.processes["sqs"].start()  # as moto's memory starts: without queues
    worker = pods.processes["worker-1"]
    worker.start()
    until(lambda: "NonExistentQueue" in worker.log.read_text(), worker)
    time.sleep(2)
    assert worker.running, worker.tail()


def test_a_worker_that_starts_without_sqs_lives_for_its_probe(pods):
    """Otherwise an outage of SQS would restart new workers again and again."""
    worker, sign = pods.processes["worker-1"], pods.place.run / "worker-1.heartbeat"
    worker.start()
    until(sign.exists, worker)
    first = sign.stat().st_mtime
    until(lambda: sign.stat().st_mtime > first, worker)
