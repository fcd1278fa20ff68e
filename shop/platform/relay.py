"""The relay: moves ids of due outbox rows to SQS. Any number of relays may run at once.

It never talks to SQS inside a transaction: SQS may hang, and rows locked meanwhile would be passed over by the worker
that has their message already. Instead a relay takes rows for LEASE seconds, sends, and then marks them as sent. If it
dies on the way they are due again by themselves, and handled once.
"""

import logging
import signal
import time
from collections.abc import Collection
from datetime import datetime, timedelta
from types import FrameType

import psycopg
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.db import DatabaseError, OperationalError, close_old_connections, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from shop.platform import backlog, inspections, metrics, roll_call, secret_watch
from shop.platform.broker import LONGEST_REQUEST, Broker, QueueAway
from shop.platform.models import OutboxMessage, QueueDepth
from shop.platform.outbox import CHANNEL
from shop.platform.postgresql import planned
from shop.platform.webhooks import metrics as webhook_metrics

logger = logging.getLogger("shop.relay")
BATCH = 100  # rows taken at once; and as many quick ones on top, so that they do not wait behind mails
NEWEST = 1_000  # rows among which quick ones are looked for: one that was just written is among them
LEASE = 15  # seconds for which taken rows belong to one relay: it stops sending before that
POLL = 1.0  # seconds between two looks when nobody calls
SWEEP = 5.0  # seconds between two looks for lost messages
LOOK = 15.0  # seconds between two looks at what waits: in the outbox, and on the queues
REFUSED_LOOK = 300.0  # seconds until the next look where this is not allowed, or takes too long
REFUSED_WAIT = 10  # seconds until a message that its queue refused is tried again; others go first meanwhile
PAUSE = 2.0  # seconds to wait when SQS or PostgreSQL is away
SENT = """
    UPDATE platform_outboxmessage SET taken_until = NULL, sent_at = %(now)s, sends = sends + 1 WHERE id IN (
        SELECT id FROM platform_outboxmessage WHERE id = ANY(%(ids)s::bigint[]) AND taken_until = %(until)s
        FOR UPDATE SKIP LOCKED
    ) RETURNING id
"""


def relay_once(broker: Broker) -> int:
    """Send one batch of due messages; return how many were accepted. Raises QueueAway."""
    rows, until = _take()
    if not rows:
        return 0
    try:
        accepted = broker.send(rows, seconds=LEASE - LONGEST_REQUEST)
    except QueueAway as away:
        _settle(rows, until, away.accepted, wait=0)
        raise
    _settle(rows, until, accepted, wait=REFUSED_WAIT)
    return len(accepted)


def _take() -> tuple[list[OutboxMessage], datetime]:
    """Take due rows that no other relay holds; return them and until when they are ours."""
    until = timezone.now() + timedelta(seconds=LEASE)
    with transaction.atomic():
        rows = _oldest(OutboxMessage.objects.due())
        if len(rows) == BATCH and any(row.queue not in settings.QUICK_QUEUES for row in rows):
            rows = list({row.pk: row for row in [*rows, *_oldest(_quick_among_the_newest())]}.values())
        OutboxMessage.objects.filter(pk__in=[row.pk for row in rows]).update(taken_until=until)
    return rows, until


def _oldest(due: QuerySet[OutboxMessage]) -> list[OutboxMessage]:
    """Lock and return the oldest of these rows, a batch of them at most."""
    free = due.select_for_update(skip_locked=True).order_by("available_at", "id")
    return list(free.only("id", "queue", "sends", "topic")[:BATCH])


def _quick_among_the_newest() -> QuerySet[OutboxMessage]:
    """Quick messages do not wait behind thousands of mails. Looks at NEWEST rows, however many are due."""
    due = OutboxMessage.objects.due()
    newest = due.order_by("-available_at", "-id").values("pk")[:NEWEST]
    return due.filter(pk__in=newest, queue__in=settings.QUICK_QUEUES)


def _settle(rows: list[OutboxMessage], until: datetime, accepted: Collection[int], *, wait: float) -> None:
    """Write down what SQS took, and let go of the others; with `wait` they are due so many seconds later.

    Only in rows that are as we left them: a worker may have been faster and have put off the next try. One that is at
    work on a message right now will say itself what became of it, or the message is due when the lease is over.
    """
    now = timezone.now()
    planned.anew(SENT, {"ids": list(accepted), "until": until, "now": now})
    refused = [row.pk for row in rows if row.pk not in accepted]
    if refused:
        _let_go(refused, until, {"available_at": now + timedelta(seconds=wait)} if wait else {})


@transaction.atomic
def _let_go(refused: list[int], until: datetime, later: dict[str, datetime]) -> None:
    ours = OutboxMessage.objects.filter(pk__in=refused, taken_until=until)
    free = list(ours.select_for_update(skip_locked=True).values_list("pk", flat=True))
    OutboxMessage.objects.filter(pk__in=free).update(taken_until=None, **later)


def reclaim_lost() -> int:
    """Make messages due again that were sent but not done for too long; return how many.

    Rows in a worker's hands are locked and passed over, however long it takes.
    """
    lost = OutboxMessage.objects.lost(after=timedelta(seconds=settings.OUTBOX_RESEND_AFTER))
    with transaction.atomic():
        ids = list(lost.select_for_update(skip_locked=True).values_list("pk", flat=True)[:1000])
        return OutboxMessage.objects.filter(pk__in=ids).update(sent_at=None, available_at=timezone.now())


def look_at_queues(broker: Broker) -> None:
    """Write down the lengths of the queues, for people: other processes never ask SQS. Raises botocore's errors."""
    for queue in settings.QUEUES:
        waiting, in_work, set_aside = broker.depth(queue)
        seen = {"waiting": waiting, "in_work": in_work, "set_aside": set_aside, "seen_at": timezone.now()}
        QueueDepth.objects.update_or_create(queue=queue, defaults=seen)
        backlog.tell_queue(queue, waiting=waiting, in_work=in_work, set_aside=set_aside)


class Relay:
    """The loop around relay_once: woken by NOTIFY, once a second anyway, patient with outages, stopped by TERM."""

    def __init__(self) -> None:
        self._broker = Broker()
        self._listener: psycopg.Connection | None = None
        self._stopping = False
        self._next_sweep = self._next_count = self._next_look = 0.0

    def run(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        metrics.serve_if_wanted("relay")
        secret_watch.watch_if_wanted()
        roll_call.answer_from_now_on("relay")
        logger.info("relay started")
        while not self._stopping:
            metrics.sign_of_life("relay")
            self._turn()
        logger.info("relay stopped")

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _turn(self) -> None:
        try:
            self._sweep()
            while relay_once(self._broker) >= BATCH and not self._stopping:
                metrics.sign_of_life("relay")
            self._count()
            self._look()
            self._wait()
        except QueueAway as error:
            logger.warning("the queue is away", extra={"error": str(error)})
            time.sleep(PAUSE)
        except (DatabaseError, psycopg.Error) as error:
            logger.warning("the database is away", extra={"error": str(error)})
            self._reconnect()

    def _sweep(self) -> None:
        if time.monotonic() < self._next_sweep:
            return
        self._next_sweep = time.monotonic() + SWEEP
        count = reclaim_lost()
        if count:
            logger.warning("messages were lost on the way; sending them again", extra={"count": count})

    def _count(self) -> None:
        """For information only: a backlog that is too long to be counted is still sent."""
        if time.monotonic() < self._next_count:
            return
        self._next_count = time.monotonic() + LOOK
        try:
            inspections.tell()
            backlog.look()
            webhook_metrics.look()
        except OperationalError as error:
            if not isinstance(error.__cause__, psycopg.errors.QueryCanceled):
                raise
            logger.warning("the outbox takes too long to count", extra={"error": str(error)})
            self._next_count += REFUSED_LOOK

    def _look(self) -> None:
        """For information only: what SQS does not tell keeps nothing from being sent."""
        if time.monotonic() < self._next_look:
            return
        self._next_look = time.monotonic() + LOOK
        try:
            look_at_queues(self._broker)
        except ClientError as error:
            logger.warning("the lengths of the queues are refused", extra={"error": str(error)})
            self._next_look += REFUSED_LOOK
        except BotoCoreError as error:
            logger.warning("the queue is away", extra={"error": str(error)})

    def _wait(self) -> None:
        for _notification in self._listening().notifies(timeout=POLL, stop_after=1):
            pass

    def _listening(self) -> psycopg.Connection:
        if self._listener is None:
            parameters = connection.get_connection_params()  # with all time-outs and keepalives
            self._listener = connection.get_new_connection(parameters)
            self._listener.autocommit = True
            self._listener.execute(f"LISTEN {CHANNEL}")
        return self._listener

    def _reconnect(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        connection.close()
        close_old_connections()
        time.sleep(PAUSE)
