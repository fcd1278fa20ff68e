"""The outbox: the only road to a queue.

`put()` writes a row in the caller's transaction. A relay sends the ids of due rows to SQS, a worker locks the row,
does the work and marks it done in one transaction. So work exists if and only if the data that caused it was
committed, the broker may lose or repeat anything, and the effects of a handler on PostgreSQL happen once.
"""

import functools
import importlib
import logging
import time
import traceback
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import orjson
from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from shop.platform import metrics, request_id, traces
from shop.platform.models import OutboxMessage
from shop.platform.models.outbox import MAX_FAILURES, MAX_UNFINISHED
from shop.platform.postgresql import planned
from shop.stateless.guard.hook import step

logger = logging.getLogger("shop.outbox")
CHANNEL = "outbox"
# A message may reach a worker while its relay writes down that it was sent, and holds the row for that moment
TRIES, SETTLING = 5, 0.05  # seconds between two of them
LONGEST_BACKOFF = 3600  # seconds
LONGEST_TRACEBACK = 6000  # characters, its end
FAILED = ["failures", "unfinished", "last_error", "traceback", "history"]
FAILED += ["sent_at", "taken_until", "available_at", "dead_at"]
# Lock the row and write that it is done, in the transaction of its work: if that fails, neither has happened. Nothing
# is returned for a row that is done, dead, gone, or in another worker's hands. With coalesce, since "done_at IS NULL"
# lets PostgreSQL read an index of all open rows, which a plan made while there were none takes for the shortest way.
DONE = """
    UPDATE platform_outboxmessage SET done_at = clock_timestamp() WHERE id = (
        SELECT id FROM platform_outboxmessage WHERE id = %(id)s AND coalesce(done_at, dead_at) IS NULL
        FOR UPDATE SKIP LOCKED
    ) RETURNING topic::text, payload::text, request_id::text, traceparent::text
"""


class Hopeless(Exception):
    """What a handler raises when no repetition can help; the text says why. The message is a dead letter at once."""


def put(
    *, topic: str, payload: dict[str, Any], delay: timedelta = timedelta(), message_id: int | None = None
) -> OutboxMessage:
    """Write one message in the current transaction. `payload` holds ids and small facts, never secrets.

    `message_id`: the id to give it, if the caller has drawn one from the table's sequence. Raises KeyError for a topic
    that settings.OUTBOX_TOPICS does not name.
    """
    return _write([draft(topic, payload, delay, pk=message_id)])[0]


def put_many(*, topic: str, payloads: list[dict[str, Any]]) -> list[OutboxMessage]:
    """Write several messages of one topic by one statement, as put() does."""
    return _write([draft(topic, payload) for payload in payloads])


def draft(topic: str, payload: dict[str, Any], delay: timedelta = timedelta(), pk: int | None = None) -> OutboxMessage:
    """Return a message that the caller writes, beside rows of its own and in their transaction."""
    queue, _handler = settings.OUTBOX_TOPICS[topic]
    due = timezone.now() + delay
    facts = {"topic": topic, "queue": queue, "available_at": due, "request_id": request_id.current()}
    facts["traceparent"] = traces.parent()
    return OutboxMessage(pk=pk, payload=payload, **facts)


def _write(rows: list[OutboxMessage]) -> list[OutboxMessage]:
    planned.insert(rows)
    transaction.on_commit(wake_relays, robust=True)
    return rows


def wake_relays() -> None:
    # After the commit, not in it: NOTIFY inside a transaction makes all committing transactions queue for one lock.
    # Losing it costs a second: relays also look by themselves.
    with connection.cursor() as cursor:
        cursor.execute(f"NOTIFY {CHANNEL}")


def handle(message_id: int, *, again: bool = False) -> str:
    """Do the work of one message. Safe to call any number of times, anywhere, at once.

    `again`: it was sent or delivered before. Such a message says before its work that it begins, because one that
    kills its worker says nothing afterwards. Returns what happened: "done", "failed" (will be tried again, or is dead
    now) or "skipped" (done before, given up, or in work elsewhere).
    """
    with request_id.message(message_id):
        outcome = _handle(message_id, again)
        for _try in range(TRIES):
            if outcome != "skipped" or not OutboxMessage.objects.open().filter(pk=message_id).exists():
                break
            time.sleep(SETTLING)
            outcome = _handle(message_id, again)
        tell(outcome)
        return outcome


def tell(outcome: str) -> None:
    """Count what became of the message that is worked on, and log it."""
    metrics.messages_total.labels(request_id.topic(), outcome).inc()
    logger.info("outbox message", extra={"outcome": outcome})


def _handle(message_id: int, again: bool) -> str:
    if again and not _begins(message_id):
        return "skipped"
    try:
        with transaction.atomic():
            found = planned.anew(DONE, {"id": message_id})
            if not found:
                return "skipped"
            work(message_id, *found[0])
    except Exception as error:  # noqa: BLE001 - whatever a handler raises is a failure of its message
        connection.close_if_unusable_or_obsolete()  # it may have been that of the connection
        record_failure(message_id, error)
        return "failed"
    return "done"


def work(message_id: int, topic: str, payload: str, request: str, traceparent: str) -> None:
    """Do the work of a row that the caller has locked, in the caller's transaction. Raises what the handler raises."""
    request_id.caused_by(request, topic=topic)
    with step(topic), traces.work(topic, message_id=message_id, caused_by=traceparent):
        _handler(topic)(**orjson.loads(payload))


def _claim(message_id: int) -> OutboxMessage | None:
    """Lock the row; None if it is done, dead, gone, or in another worker's hands."""
    message = OutboxMessage.objects.open().select_for_update(skip_locked=True).filter(pk=message_id).first()
    if message:
        request_id.caused_by(message.request_id, topic=message.topic)
    return message


@transaction.atomic
def _begins(message_id: int) -> bool:
    """Count one more beginning, in a transaction of its own. Returns False if there is nothing to begin."""
    message = _claim(message_id)
    if message is None:
        return False
    message.unfinished += 1  # locked: by _claim
    if message.unfinished > MAX_UNFINISHED:
        message.last_error = f"Begun {MAX_UNFINISHED} times and never ended: it may be killing its worker."
        message.note(message.last_error, by=settings.POD_NAME)
        message.dead_at = timezone.now()
    message.save(update_fields=["unfinished", "last_error", "history", "dead_at"])
    return message.dead_at is None


def _handler(topic: str) -> Callable[..., None]:
    return _named(settings.OUTBOX_TOPICS[topic][1])


@functools.cache  # per-pod: functions of this release
def _named(path: str) -> Callable[..., None]:
    module, _, name = path.rpartition(".")
    handler: Callable[..., None] = getattr(importlib.import_module(module), name)
    return handler


def record_failure(message_id: int, error: Exception) -> None:
    """Write down why the message failed, and when it is tried again."""
    logger.warning("outbox message failed", exc_info=error)
    with transaction.atomic():
        message = _claim(message_id)
        if message is None:
            return
        message.failures += 1  # locked: by _claim
        message.unfinished = 0
        message.last_error = f"{type(error).__name__}: {error}"[:2000]
        message.traceback = "".join(traceback.format_exception(error))[-LONGEST_TRACEBACK:]
        message.note(message.last_error, by=settings.POD_NAME)
        message.sent_at = message.taken_until = None
        message.available_at = timezone.now() + backoff(message.failures)
        if message.failures >= MAX_FAILURES or isinstance(error, Hopeless):
            message.dead_at = timezone.now()
        message.save(update_fields=FAILED)


def backoff(failures: int) -> timedelta:
    """Return 5 s, 15 s, 45 s ... up to an hour."""
    return timedelta(seconds=min(5 * 3 ** (failures - 1), LONGEST_BACKOFF))


def prune(*, older_than: timedelta, most: int = 20_000, batch: int = 1_000) -> int:
    """Delete messages done longer ago than that, a batch at a time and at most that many; return how many."""
    return delete(OutboxMessage.objects.filter(done_at__lt=timezone.now() - older_than), most=most, batch=batch)


def delete(rows: QuerySet[OutboxMessage], *, most: int, batch: int) -> int:
    """Bounded, so that a long backlog never runs into the statement time-out."""
    deleted = 0
    while deleted < most:
        ids = list(rows.values_list("pk", flat=True)[:batch])
        OutboxMessage.objects.filter(pk__in=ids).delete()
        deleted += len(ids)
        if len(ids) < batch:
            break
    return deleted
