"""How much work waits and for how long, for Prometheus.

Only relays look: web pods would all ask the same question at each scrape. All relays of a store see the same, so
whoever adds their numbers up takes the largest of each.
"""

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, Min, Q
from django.utils import timezone
from prometheus_client import Gauge

from shop.platform.models import OutboxMessage

PATIENCE = 2  # seconds: sending goes before counting

messages = Gauge(
    "shop_outbox_messages",
    "Outbox messages not done: due, later (a next try, or a delay), sent (on the queue or in work)",
    ["queue", "state"],
    multiprocess_mode="mostrecent",
)
lag = Gauge(
    "shop_outbox_lag_seconds",
    "How long the oldest due message has waited for a relay",
    ["queue"],
    multiprocess_mode="mostrecent",
)
age = Gauge(
    "shop_outbox_age_seconds",
    "How long ago the oldest message was written that is due, has never failed and is not done",
    ["queue"],
    multiprocess_mode="mostrecent",
)
dead_letters = Gauge(
    "shop_dead_letters", "Messages given up, waiting for a person", ["queue"], multiprocess_mode="mostrecent"
)
queue_messages = Gauge(
    "shop_queue_messages",
    "SQS' own estimate of messages: waiting, in_work, set_aside (in the dead-letter queue)",
    ["queue", "state"],
    multiprocess_mode="mostrecent",
)
seen_at = Gauge(
    "shop_backlog_timestamp_seconds",
    "When a relay last counted what waits, in Unix time",
    ["place"],
    multiprocess_mode="mostrecent",
)


@dataclass(frozen=True)
class Waiting:
    """The messages of one queue that are not done, by state; `lag` and `age` in seconds, as the gauges say."""

    due: int = 0
    later: int = 0
    sent: int = 0
    dead: int = 0
    lag: float = 0.0
    age: float = 0.0


def look() -> None:
    """Count the outbox and tell Prometheus. Raises OperationalError when that takes longer than PATIENCE."""
    for queue, waiting in count().items():
        _tell(queue, waiting)
    seen_at.labels("outbox").set(time.time())


def count() -> dict[str, Waiting]:
    """Return what waits, by queue, in two queries. Raises OperationalError when that takes longer than PATIENCE."""
    now = timezone.now()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = '{PATIENCE}s'")
        rows = {row["queue"]: row for row in _open(now)}
        dead = dict(OutboxMessage.objects.dead().values_list("queue").annotate(Count("id")).order_by())
    queues = [*settings.QUEUES, *sorted({*rows, *dead}.difference(settings.QUEUES))]
    return {queue: _waiting(rows.get(queue, {}), dead.get(queue, 0), now) for queue in queues}


def _open(now: datetime) -> list[dict[str, Any]]:
    has_come, sent = Q(available_at__lte=now), Q(sent_at__isnull=False)
    counted = OutboxMessage.objects.open().values("queue").order_by()
    rows = counted.annotate(
        due=Count("id", filter=has_come & ~sent),
        later=Count("id", filter=~has_come & ~sent),
        sent=Count("id", filter=sent),
        unsent_since=Min("available_at", filter=has_come & ~sent),
        undone_since=Min("created_at", filter=has_come & Q(failures=0)),
    )
    return [dict(row) for row in rows]


def _waiting(row: dict[str, Any], dead: int, now: datetime) -> Waiting:
    counts = {state: row.get(state, 0) for state in ("due", "later", "sent")}
    lag, age = (_seconds(row.get(since), now) for since in ("unsent_since", "undone_since"))
    return Waiting(**counts, dead=dead, lag=lag, age=age)


def _tell(queue: str, waiting: Waiting) -> None:
    for state in ("due", "later", "sent"):
        messages.labels(queue, state).set(getattr(waiting, state))
    dead_letters.labels(queue).set(waiting.dead)
    lag.labels(queue).set(waiting.lag)
    age.labels(queue).set(waiting.age)


def _seconds(since: object, now: datetime) -> float:
    return (now - since).total_seconds() if isinstance(since, datetime) else 0.0


def tell_queue(queue: str, *, waiting: int, in_work: int, set_aside: int) -> None:
    """Repeat what SQS said of a queue."""
    for state, count in {"waiting": waiting, "in_work": in_work, "set_aside": set_aside}.items():
        queue_messages.labels(queue, state).set(count)
    seen_at.labels("queues").set(time.time())
