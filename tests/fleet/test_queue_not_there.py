"""A worker that finds SQS without its queues waits for them."""

import time

import pytest
from django.conf import settings

from tests.services import fleet, running

pytestmark = [pytest.mark.fleet, pytest.mark.django_db(transaction=True)]


def test_a_worker_outlives_a_queue_that_does_not_exist_yet():
    pods = fleet("no-queues", settings.DATABASES["default"], web=0, workers=1)
    worker = pods.processes["worker-1"]
    running.processes["sqs"].kill()
    running.processes["sqs"].start()  # as moto's memory starts: without queues
    try:
        worker.start()
        deadline = time.monotonic() + 120
        while "NonExistentQueue" not in worker.log.read_text():
            assert time.monotonic() < deadline, worker.tail()
            time.sleep(0.2)
        time.sleep(2)
        assert worker.running, worker.tail()
    finally:
        worker.kill()
        running.restart("sqs")
