"""The relay: moves ids of due outbox rows to SQS. Any number of relays may run at once."""

import logging
import signal
import time
from datetime import timedelta
from pathlib import Path
from types import FrameType

import psycopg
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection, transaction
from django.db.models import F
from django.utils import timezone

from shop.platform.broker import Broker
from shop.platform.models import OutboxMessage
from shop.platform.models.outbox import MAX_SENDS
from shop.platform.outbox import CHANNEL

logger = logging.getLogger("shop.relay")
BATCH = 100  # rows locked at once
POLL = 1.0  # seconds between two looks when nobody calls
SWEEP = 5.0  # seconds between two looks for lost messages
REFUSED_WAIT = 10  # seconds until a message that its queue refused is tried again; others go first meanwhile
PAUSE = 2.0  # seconds to wait when SQS or PostgreSQL is away


def relay_once(broker: Broker) -> int:
    """Send one batch of due messages; return how many were accepted.

    The rows stay locked until SQS has answered: if this process dies in between they are sent again, and handled once.
    """
    with transaction.atomic():
        rows = list(
            OutboxMessage.objects.due().select_for_update(skip_locked=True).order_by("available_at", "id")[:BATCH]
        )
        if not rows:
            return 0
        accepted = broker.send(rows)
        OutboxMessage.objects.filter(pk__in=accepted).update(sent_at=timezone.now(), sends=F("sends") + 1)
        refused = [row.pk for row in rows if row.pk not in accepted]
        later = timezone.now() + timedelta(seconds=REFUSED_WAIT)
        OutboxMessage.objects.filter(pk__in=refused).update(available_at=later)
    return len(accepted)


def reclaim_lost() -> int:
    """Make messages due again that were sent but not done for too long; give up on those sent too often.

    Returns how many.
    """
    lost = OutboxMessage.objects.lost(after=timedelta(seconds=settings.OUTBOX_RESEND_AFTER))
    with transaction.atomic():
        ids = list(lost.select_for_update(skip_locked=True).values_list("pk", flat=True)[:1000])
        rows = OutboxMessage.objects.filter(pk__in=ids)
        worn = {"dead_at": timezone.now(), "last_error": "Sent too often without an end; it may be killing its worker."}
        rows.filter(sends__gte=MAX_SENDS).update(**worn)
        return rows.filter(sends__lt=MAX_SENDS).update(sent_at=None, available_at=timezone.now())


class Relay:
    """The loop around relay_once: woken by NOTIFY, once a second anyway, patient with outages, stopped by TERM."""

    def __init__(self) -> None:
        self._broker = Broker()
        self._listener: psycopg.Connection | None = None
        self._stopping = False
        self._next_sweep = 0.0

    def run(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        logger.info("relay started")
        while not self._stopping:
            Path(settings.HEARTBEAT_FILE).touch()
            self._turn()
        logger.info("relay stopped")

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _turn(self) -> None:
        try:
            self._sweep()
            while relay_once(self._broker) == BATCH and not self._stopping:
                Path(settings.HEARTBEAT_FILE).touch()
            self._wait()
        except (BotoCoreError, ClientError) as error:
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

    def _wait(self) -> None:
        for _notification in self._listening().notifies(timeout=POLL, stop_after=1):
            pass

    def _listening(self) -> psycopg.Connection:
        if self._listener is None:
            parameters = connection.get_connection_params()
            allowed = {
                key: parameters[key]
                for key in ("dbname", "user", "password", "host", "port", "options")
                if key in parameters
            }
            self._listener = psycopg.connect(**allowed, autocommit=True, connect_timeout=3)
            self._listener.execute(f"LISTEN {CHANNEL}")
        return self._listener

    def _reconnect(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        connection.close()
        close_old_connections()
        time.sleep(PAUSE)
