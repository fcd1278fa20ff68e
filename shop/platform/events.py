"""Events for other systems: an outbox row each, whose body a worker publishes to the SNS topic EVENTS_TOPIC_ARN, and
one for webhooks. Which of them are written is decided by the statement that writes them: nobody asks who listens.

A body is a CloudEvent (version 1.0, in JSON) and is written whole in the transaction of what happened, so it says what
was true then. It may be published several times and in any order: its `id` is the same each time. What is in it, the
callers' JSON Schema says, which is among the static files, so that whoever receives an event can fetch it.
"""

import json
import uuid
from datetime import datetime
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError
from django.conf import settings
from django.db import transaction

from shop.platform import outbox, patience, webhooks
from shop.platform.breaker import Breaker
from shop.platform.postgresql import planned

TOPIC = "events.publish"
PATIENCE = Config(
    connect_timeout=patience.EVENTS_CONNECT,
    read_timeout=patience.EVENTS_ANSWER,
    retries={"total_max_attempts": 1},  # the outbox tries again
)


class NowhereToPublish(Exception):
    """EVENTS_TOPIC_ARN was emptied while events waited."""


class TopicAway(Exception):
    """SNS did not answer a moment ago."""


# per-pod: a breaker knows what its own process sees
breaker = Breaker("sns", away=(BotoCoreError,), refusal=TopicAway, seconds=patience.EVENTS_AWAY)


def are_wanted() -> bool:
    """By SNS."""
    return bool(settings.EVENTS_TOPIC_ARN)


def event(*, kind: str, schema: str, subject: str, at: datetime, data: dict[str, Any]) -> dict[str, Any]:
    """Return the body of a new event. `schema` is the path of its JSON Schema among the static files."""
    return {
        "specversion": "1.0",
        "id": str(uuid.uuid4()),
        "source": settings.PUBLIC_URL,
        "type": kind,
        "subject": subject,
        "time": at.isoformat(),
        "datacontenttype": "application/json",
        "dataschema": f"{settings.PUBLIC_URL}{settings.STATIC_URL}{schema}",
        "data": data,
    }


def put(body: dict[str, Any]) -> None:
    """Write one event in the current transaction, if anybody listens."""
    planned.insert_if(beside(body))
    transaction.on_commit(outbox.wake_relays, robust=True)


def beside(body: dict[str, Any]) -> planned.Beside:
    """Return one event to be written by a statement of the caller's, who wakes the relays."""
    topics = [*([TOPIC] if are_wanted() else []), webhooks.FAN_OUT]
    return planned.Beside([outbox.draft(topic, {"event": body}) for topic in topics], where=webhooks.IS_WANTED)


def publish(body: dict[str, Any]) -> None:
    """Hand an event to SNS. Subscriptions may choose by the attribute `type`, without reading the body.

    Raises NowhereToPublish, TopicAway and botocore's errors; the outbox then tries again.
    """
    if not settings.EVENTS_TOPIC_ARN:
        raise NowhereToPublish("EVENTS_TOPIC_ARN is empty: set it, or discard this message.")
    with breaker.call():
        _sns().publish(
            TopicArn=settings.EVENTS_TOPIC_ARN,
            Message=json.dumps(body, separators=(",", ":")),
            MessageAttributes={"type": {"DataType": "String", "StringValue": body["type"]}},
        )


@cache
def _sns() -> Any:
    return boto3.client("sns", region_name=settings.AWS_REGION, config=PATIENCE)
