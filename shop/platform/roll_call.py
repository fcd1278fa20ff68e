"""Each process says now and then that it is there, which release it is, and since when it runs.

For people, and to tell that a roll-out goes on (rollout.py). A call that fails is not repeated, waits for nothing long,
and is not worth a log line: the page of the operators then says that the pod was not heard.
"""

import logging
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone
from prometheus_client import Gauge

from shop.platform import rounds
from shop.platform.models import Pod

logger = logging.getLogger("shop.clock")
EVERY = 30.0  # seconds
WRONG = 5.0  # seconds that two clocks may differ: half of what tokens are believed longer (accounts/tokens.py)
offsets = Gauge(
    "shop_clock_offset_seconds",
    "How far the clock of a pod is ahead of PostgreSQL's",
    multiprocess_mode="livemostrecent",
)


class _Process:
    """What this process knows of itself."""

    started_at = timezone.now()  # per-pod: this is what it says of itself


def answer(role: str) -> None:
    """Write this process into the list, by PostgreSQL's clock. Raises DatabaseError."""
    offset = clock_offset()
    moments = {"started_at": _Process.started_at - offset, "seen_at": timezone.now() - offset}
    row = Pod(name=settings.POD_NAME[:120], role=role, release=settings.RELEASE[:80], **moments)
    Pod.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["role", "release", "started_at", "seen_at"],
    )


def clock_offset() -> timedelta:
    """Return how far this machine's clock is ahead of PostgreSQL's; tell Prometheus, and the log if it is wrong."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        offset: timedelta = timezone.now() - cursor.fetchone()[0]
    seconds = offset.total_seconds()
    offsets.set(seconds)
    if abs(seconds) > WRONG:
        logger.warning("the clock of this machine is %+.0f s off", seconds)
    return offset


def answer_from_now_on(role: str) -> None:
    """Answer about every 30 seconds, with a connection that is open for that moment only."""
    rounds.again_and_again(partial(_answer_if_heard, role), every=EVERY, name="roll-call", at_once=True)


def _answer_if_heard(role: str) -> None:
    try:
        answer(role)
    except DatabaseError:
        pass
    finally:
        connection.close()
