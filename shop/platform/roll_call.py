"""Each process says now and then that it is there, which release it is, and since when it runs.

For people only. A call that fails is not repeated, waits for nothing long, and is not worth a log line: the page of the
operators then says that the pod was not heard.
"""

from functools import partial

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from shop.platform import rounds
from shop.platform.models import Pod

EVERY = 30.0  # seconds


class _Process:
    """What this process knows of itself."""

    started_at = timezone.now()  # per-pod: this is what it says of itself


def answer(role: str) -> None:
    """Write this process into the list, in one statement. Raises DatabaseError."""
    moments = {"started_at": _Process.started_at, "seen_at": timezone.now()}
    row = Pod(name=settings.POD_NAME[:120], role=role, release=settings.RELEASE[:80], **moments)
    Pod.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["role", "release", "started_at", "seen_at"],
    )


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
