"""Putting message ids on SQS, ten entries a request, in the form that Celery workers read; asking how long queues are.

An entry bears one id; of quick messages that are sent for the first time ten, which a worker handles as one task: what
SQS and Celery do for an entry costs more than their work. One that was sent before, as one that kills its worker was,
goes alone and takes no other with it. Those of TELLING_TOPICS go together, and are handled apart.
"""

import base64
import json
import logging
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings

from shop.platform.models import OutboxMessage

logger = logging.getLogger("shop.relay")
TASK = "outbox.handle"
PACK = "outbox.handle_pack"
BATCH = 10  # entries: SQS' own limit for one request
TOGETHER = 10  # ids in an entry
NOTHING_ELSE = {"callbacks": None, "errbacks": None, "chain": None, "chord": None}
LONGEST_REQUEST = 5  # seconds: one attempt, with some air; the relay comes again by itself
# What is sent is not checked once more against a model of SQS, which costs a fifth of a request
PATIENCE = Config(connect_timeout=1, read_timeout=3, retries={"total_max_attempts": 1}, parameter_validation=False)
ESTIMATES = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]


class QueueAway(Exception):
    """SQS does not answer. `accepted` holds the ids that it took before."""

    def __init__(self, error: Exception, accepted: list[int]) -> None:
        super().__init__(str(error))
        self.accepted = accepted


@dataclass(frozen=True)
class Entry:
    """What SQS counts and bills as one message: `ids` of the outbox, and the text that carries them."""

    ids: list[int]
    body: str


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
            for batch in _batches(entries(queue, list(group)), BATCH):
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

    def _send_batch(self, queue: str, batch: list[Entry]) -> list[int]:
        """Return the ids in those entries that were accepted."""
        named = {str(number): entry for number, entry in enumerate(batch)}
        wanted = [{"Id": name, "MessageBody": entry.body} for name, entry in named.items()]
        answer = self._client.send_message_batch(QueueUrl=queue_url(queue), Entries=wanted)
        return [pk for taken in answer.get("Successful", []) for pk in named[taken["Id"]].ids]


def queue_url(queue: str) -> str:
    return f"{settings.SQS_QUEUE_BASE_URL}/{settings.SQS_QUEUE_PREFIX}{queue}"


def entries(queue: str, messages: Sequence[OutboxMessage]) -> list[Entry]:
    """Put messages of one queue into entries, those first that go alone."""
    quick = queue in settings.QUICK_QUEUES
    alone = [message for message in messages if message.sends or not quick]
    singles = [Entry([message.pk], encode(message.pk, queue, again=message.sends > 0)) for message in alone]
    first_sent = [message for message in messages if quick and not message.sends]
    telling = [message.pk for message in first_sent if message.topic in settings.TELLING_TOPICS]
    others = [message.pk for message in first_sent if message.topic not in settings.TELLING_TOPICS]
    packs = [(ids, False) for ids in _batches(others, TOGETHER)] + [(ids, True) for ids in _batches(telling, TOGETHER)]
    return singles + [Entry(ids, encode_pack(ids, queue, apart=apart)) for ids, apart in packs]


def encode(message_id: int, queue: str, *, again: bool = False) -> str:
    """Return the body of an entry for one message."""
    return _encode(TASK, [message_id], {"again": True} if again else {}, queue)


def encode_pack(message_ids: Sequence[int], queue: str, *, apart: bool = False) -> str:
    """Return the body of an entry for several. `apart`: each is to be handled in a transaction of its own."""
    return _encode(PACK, [message_ids], {"apart": True} if apart else {}, queue)


def _encode(task: str, arguments: list[Any], named: dict[str, Any], queue: str) -> str:
    """Return Celery's task message, protocol 2, inside kombu's virtual transport envelope, as base64.

    Source: "Message Protocol" in Celery's internals documentation; kombu.transport.virtual.Channel.prepare_message.
    """
    task_id = str(uuid.uuid4())
    envelope = {
        "body": base64.b64encode(json.dumps([arguments, named, NOTHING_ELSE]).encode()).decode(),
        "content-encoding": "utf-8",
        "content-type": "application/json",
        "headers": _headers(task, task_id),
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


def _headers(task: str, task_id: str) -> dict[str, Any]:
    return {
        "lang": "py",
        "task": task,
        "id": task_id,
        "root_id": task_id,
        "parent_id": None,
        "group": None,
        "retries": 0,
        "timelimit": [None, None],
        "ignore_result": True,
    }


def _batches(items: Sequence[Any], size: int) -> Iterator[list[Any]]:
    for start in range(0, len(items), size):
        yield list(items[start : start + size])
