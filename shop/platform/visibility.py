"""Messages that a worker holds stay invisible to others while it lives, and for settings.SQS_VISIBILITY seconds more.

So a long task is not given to a second worker, and the message of a killed worker returns soon.
"""

import functools
import logging
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import groupby
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from celery import bootsteps
from django.conf import settings

logger = logging.getLogger("shop.worker")
TURNS = 4  # in the time that a message is invisible: two may fail before it returns
BATCH = 10  # SQS' own limit for one request
PATIENCE = Config(connect_timeout=1, read_timeout=3, retries={"total_max_attempts": 1})
Held = tuple[str, str]  # the queue's address, the receipt


class KeepHidden(bootsteps.StartStopStep):
    """Keep received messages hidden until they are acknowledged or given back, also while they wait for a process.

    The consumer's timer lists them, and a thread of its own calls SQS: SQS may hang, and the consumer must not.
    """

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def start(self, parent: Any) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="visibility")
        self._extender: Future[None] | None = None
        self._timer = parent.timer.call_repeatedly(settings.SQS_VISIBILITY / TURNS, self._look, (parent,))

    def stop(self, _parent: Any) -> None:
        if timer := getattr(self, "_timer", None):
            timer.cancel()
            self._thread.shutdown(wait=False, cancel_futures=True)

    def _look(self, parent: Any) -> None:
        found = held(parent)
        if found and (self._extender is None or self._extender.done()):
            self._extender = self._thread.submit(extend, found)


def held(consumer: Any) -> list[Held]:
    """Return what this worker has received and not finished."""
    channel = consumer.task_consumer.channel if consumer.task_consumer else None
    if channel is None:
        return []
    # kombu removes what is settled from what was delivered only when the next message arrives
    known, settled = channel.qos._delivered, channel.qos._dirty
    facts = [message.delivery_info for tag, message in known.items() if tag not in settled]
    return [(fact["sqs_queue"], fact["sqs_message"]["ReceiptHandle"]) for fact in facts if "sqs_message" in fact]


def extend(found: list[Held]) -> None:
    """Hide messages for SQS_VISIBILITY seconds from now; a failure is logged, and the next turn comes soon."""
    client = _client()
    try:
        for queue, messages in groupby(sorted(found), key=lambda one: one[0]):
            receipts = [receipt for _queue, receipt in messages]
            for start in range(0, len(receipts), BATCH):
                client.change_message_visibility_batch(QueueUrl=queue, Entries=_entries(receipts[start:][:BATCH]))
    except (BotoCoreError, ClientError) as error:
        logger.warning("messages in work could not be kept invisible", extra={"error": str(error)})


@functools.cache  # per-pod: building it costs a tenth of a second; one thread uses it
def _client() -> Any:
    return boto3.client("sqs", region_name=settings.AWS_REGION, config=PATIENCE)


def _entries(receipts: list[str]) -> list[dict[str, Any]]:
    return [
        {"Id": str(number), "ReceiptHandle": receipt, "VisibilityTimeout": settings.SQS_VISIBILITY}
        for number, receipt in enumerate(receipts)
    ]
