"""The rows of the contract (shop.platform.contract) that are the platform's, and how each is asked.

What web pods talk to is asked itself. What only relays and workers talk to is told from the outbox: a web pod has
neither the rights nor the way to SQS and the mail server, and the outbox knows better whether work gets done.
"""

from datetime import timedelta
from functools import cache, partial
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from django.conf import settings
from django.core.cache import caches
from django.db import connection
from django.utils import timezone

from shop.platform import events, patience, storage
from shop.platform.contract import OK, UNUSED, Dependency
from shop.platform.models import OutboxMessage

LATE = 15  # seconds: a relay looks each second, and sends a hundred at a time
QUICK = Config(connect_timeout=1, read_timeout=1, retries={"total_max_attempts": 1})
NOT_FOUND = 404


def ask_redis(alias: str) -> str:
    caches[alias].client.get_client().ping()  # type: ignore[attr-defined]  # django-redis'
    return OK


def ask_database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return OK


def ask_queues() -> str:
    late = OutboxMessage.objects.unsent().filter(available_at__lt=timezone.now() - timedelta(seconds=LATE))
    first = late.order_by("available_at").values_list("available_at", flat=True).first()
    return OK if first is None else f"work waits to be sent since {first:%Y-%m-%d %H:%M:%S} UTC"


def ask_topic() -> str:
    """Told from the outbox: only workers publish."""
    if not events.are_wanted():
        return UNUSED
    trying = OutboxMessage.objects.open().filter(topic=events.TOPIC, failures__gt=0)
    error = trying.order_by("-available_at").values_list("last_error", flat=True).first()
    return OK if error is None else f"events are tried again after {error.partition(':')[0]}"


def ask_bucket() -> str:
    """A refusal is an answer: pods need no right to look at the bucket itself."""
    try:
        _s3().head_bucket(Bucket=settings.MEDIA_BUCKET)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] == NOT_FOUND:
            return "there is no such bucket"
    return OK


@cache
def _s3() -> Any:
    return boto3.client("s3", region_name=settings.AWS_REGION, config=QUICK.merge(Config(s3=storage.PATIENCE.s3)))


CACHE = Dependency(
    name="redis-cache",
    title="Redis: cache and counters",
    shopper="Every page, made anew instead of taken from the cache: slower, and right.",
    staff="The dashboard counts anew each time. Signing in works; its limit is a third for each process.",
    phone="No difference. Signing in works; its limit is a third for each process.",
    operator=(
        f"One log line, “redis is away”, for each process. One call every {patience.REDIS_AWAY:g} s asks whether it "
        f"is back; nothing has to be restarted. Answers slower than {patience.REDIS_SLOW:g} s count as away once "
        f"several in a row took {patience.REDIS_SLOW_IN_ALL:g} s. A full Redis refuses what is new and counts as there."
    ),
    seconds=patience.REDIS_CONNECT + patience.REDIS_ANSWER,
    bounded="for the calls under way when it goes away; then nobody waits until it is back",
    ask=partial(ask_redis, "default"),
)
SESSIONS = Dependency(
    name="redis-sessions",
    title="Redis: sessions",
    shopper="Still signed in: sessions are read from PostgreSQL. Who signs out stays out. Carts are not touched.",
    staff="The same.",
    phone="No difference: phones have no session.",
    operator=(
        "A few more queries a request. Copies that Redis kept from before are removed when it is back, by messages of "
        "the topic sessions.forget. Flushing it, or losing its last writes, signs nobody out, and nobody in again."
    ),
    seconds=patience.REDIS_CONNECT + patience.REDIS_ANSWER,
    bounded="for the calls under way when it goes away; then nobody waits until it is back",
    ask=partial(ask_redis, settings.SESSION_CACHE_ALIAS),
)
SQS = Dependency(
    name="sqs",
    title="SQS",
    shopper="No difference: pages do not know it. Mails arrive later.",
    staff="No difference on most pages; renditions of new pictures come later.",
    phone="No difference.",
    operator=(
        "Rows wait in the outbox, and relays log “the queue is away”. When it is back they are sent, each done once, "
        "also if SQS loses, repeats or reorders them. What was sent and not done is sent again after "
        "OUTBOX_RESEND_AFTER seconds, the work of a killed worker begins again after SQS_VISIBILITY seconds. A worker "
        f"whose question the network swallows asks again after {patience.QUEUE_SILENT:g} s. No transaction is open "
        "while SQS is asked. What no worker can read SQS sets aside; what fails ten times, or "
        "kills its worker, becomes a dead letter in the admin."
    ),
    seconds=0,
    bounded="since no request asks it",
    ask=ask_queues,
)
S3 = Dependency(
    name="s3",
    title="S3",
    shopper="Every page. Pictures that neither the browser nor the CDN keeps are missing.",
    staff="Every page. Saving a new picture says that it could not be stored; nothing else that was typed is lost.",
    phone="No difference but the pictures.",
    operator=(
        "Renditions are tried again by the outbox. An import waits a moment, then goes on and reports the pictures "
        "that it could not store."
    ),
    seconds=storage.WHOLE,
    bounded="for an upload in the admin or a rendition; no page asks it",
    ask=ask_bucket,
)
SNS = Dependency(
    name="sns",
    title="SNS: events for other systems",
    shopper="No difference.",
    staff="No difference.",
    phone="No difference.",
    operator=(
        "Events wait in the outbox and are tried again, at first after seconds, then each hour; after ten failures "
        "they are dead letters that can be driven again in the admin. Each is published with the same id as often as "
        "it takes. Without EVENTS_TOPIC_ARN none is written."
    ),
    seconds=patience.EVENTS_CONNECT + patience.EVENTS_ANSWER,
    bounded=f"for a worker; then none tries for {patience.EVENTS_AWAY:g} s. No request asks it",
    ask=ask_topic,
)
DATABASE = Dependency(
    name="postgresql",
    title="PostgreSQL: everything else",
    shopper=(
        "A friendly page that asks to come back (503 with Retry-After). An order is placed whole or not at all, and "
        "sending it again gives one order."
    ),
    staff="The same page.",
    phone="503 with Retry-After as a problem document, code “unavailable”. The same Idempotency-Key is safe to send.",
    operator=(
        "Pods stay in service and ready, and recover by themselves within a second of its return. A server that "
        f"refuses is asked once every {patience.DATABASE_AWAY:g} s by each process. Relays and workers wait. One "
        "that only reads (after a fail-over, or full) shows pages; who writes gets the 503, and its connection is made "
        "anew, so that the next one may find the server that writes."
    ),
    seconds=patience.DATABASE_HEALTH + patience.DATABASE_CONNECT,
    bounded=(
        f"for a request that begins while it is silent; {patience.silence('web'):g} s for a statement under way when "
        "it falls silent; none once it is known to be away"
    ),
    ask=ask_database,
)
