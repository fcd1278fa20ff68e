"""Putting message ids on SQS, ten a request, in the form that Celery workers read; asking how long its queues are."""

import base64
import json
import logging
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby, islice
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings

from shop.platform.models import OutboxMessage

logger = logging.getLogger("shop.relay")
TASK = "outbox.handle"
PACK = "outbox.handle_pack"  # for messages that reached a worker together
BATCH = 10  # SQS' own limit for one request
LONGEST_REQUEST = 5  # seconds: one attempt, with some air; the relay comes again by itself
# What is sent is not checked once more against a model of SQS, which costs a fifth of a request
PATIENCE = Config(connect_timeout=1, read_timeout=3, retries={"total_max_attempts": 1}, parameter_validation=False)
ESTIMATES = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]


class QueueAway(Exception):
    """SQS does not answer. `accepted` holds the ids that it took before."""

    def __init__(self, error: Exception, accepted: list[int]) -> None:
        super().__init__(str(error))
        self.accepted = accepted


class Broker:
    """A connection to SQS. One a process: building a client costs a tenth of a second."""

    def __init__(self) -> None:
        self._client = boto3.client("sqs", region_name=settings.AWS_REGION, config=PATIENCE)

    def send(self, messages: Iterable[OutboxMessage], *, seconds: float = 60) -> list[int]:
        """Send ids; return those SQS accepted. No request begins later than `seconds` from now.

        A queue that refuses (deleted, or not allowed) is logged and keeps no other queue waiting. Raises QueueAway.
        """
        accepted: list[int] = []
        deadline = time.monotonic() + seconds
        ordered = sorted(messages, key=lambda message: message.queue)
        for queue, group in groupby(ordered, key=lambda message: message.queue):
            for batch in _batches(group):
                if time.monotonic() > deadline:
                    return accepted
                try:
                    accepted += self._send_batch(queue, batch)
                except ClientError as error:
                    logger.warning("a queue refuses messages", extra={"queue": queue, "error": str(error)})
                except BotoCoreError as error:
                    raise QueueAway(error, accepted) from error
        return accepted

    def depth(self, queue: str) -> tuple[int, int, int]:
        """Return how many messages wait, are in work, and were set aside because no worker could read them.

        All three are SQS' own estimates. Raises botocore's errors.
        """
        waiting, in_work = self._estimates(queue)
        return waiting, in_work, sum(self._estimates(f"{queue}-dlq"))

    def _estimates(self, queue: str) -> list[int]:
        answer = self._client.get_queue_attributes(QueueUrl=queue_url(queue), AttributeNames=ESTIMATES)
        return [int(answer["Attributes"][name]) for name in ESTIMATES]

    def _send_batch(self, queue: str, batch: list[OutboxMessage]) -> list[int]:
        entries = [
            {"Id": str(message.pk), "MessageBody": encode(message.pk, queue, again=message.sends > 0)}
            for message in batch
        ]
        answer = self._client.send_message_batch(QueueUrl=queue_url(queue), Entries=entries)
        return [int(entry["Id"]) for entry in answer.get("Successful", [])]


def queue_url(queue: str) -> str:
    return f"{settings.SQS_QUEUE_BASE_URL}/{settings.SQS_QUEUE_PREFIX}{queue}"


def encode(message_id: int, queue: str, *, again: bool = False) -> str:
    """Return one SQS body: Celery's task message, protocol 2, inside kombu's virtual transport envelope, as base64.

    Source: "Message Protocol" in Celery's internals documentation; kombu.transport.virtual.Channel.prepare_message.
    """
    task_id = str(uuid.uuid4())
    named = {"again": True} if again else {}
    body = json.dumps([[message_id], named, {"callbacks": None, "errbacks": None, "chain": None, "chord": None}])
    envelope = {
        "body": base64.b64encode(body.encode()).decode(),
        "content-encoding": "utf-8",
        "content-type": "application/json",
        "headers": _headers(task_id),
        "properties": {
            "correlation_id": task_id,
            "delivery_mode": 2,
            "delivery_info": {"exchange": "", "routing_key": queue},
            "priority": 0,
            "body_encoding": "base64",
            "delivery_tag": str(uuid.uuid4()),
        },
    }
    return base64.b64encode(json.dumps(envelope).encode()).decode()


def receives(properties: Mapping[str, Any] | None) -> int:
    """How often SQS has given out this very message, this time included; 1 where there is no SQS."""
    delivery = (properties or {}).get("delivery_info", {})
    return int(delivery.get("sqs_message", {}).get("Attributes", {}).get("ApproximateReceiveCount", 1))


def _headers(task_id: str) -> dict[str, Any]:
    return {
        "lang": "py",
        "task": TASK,
        "id": task_id,
        "root_id": task_id,
        "parent_id": None,
        "group": None,
        "retries": 0,
        "timelimit": [None, None],
        "ignore_result": True,
    }


def _batches(messages: Iterable[OutboxMessage]) -> Iterator[list[OutboxMessage]]:
    iterator = iter(messages)
    while batch := list(islice(iterator, BATCH)):
        yield batch
