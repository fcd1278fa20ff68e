"""What becomes of messages that were given up: driven again, or discarded by somebody who says why."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from shop.platform import outbox
from shop.platform.models import OutboxMessage

BATCH = 500  # rows locked at once
REDRIVEN = ["dead_at", "sent_at", "failures", "unfinished", "sends", "available_at", "history"]
DISCARDED = ["discarded_at", "discarded_by", "discard_reason", "history"]


def redrive(ids: Iterable[int], *, by: str = "") -> int:
    """Give dead messages a new life; others are left alone. Returns how many there were."""
    return sum(_redrive(some, by) for some in _batches(ids))


def discard(ids: Iterable[int], *, by: str, reason: str) -> int:
    """Let dead messages rest for good; their rows stay until prune(). Returns how many there were."""
    return sum(_discard(some, by, reason) for some in _batches(ids))


def prune(*, older_than: timedelta, most: int = 20_000, batch: int = 1_000) -> int:
    """Delete messages that were discarded longer ago than that, a batch at a time; return how many."""
    old = OutboxMessage.objects.discarded().filter(discarded_at__lt=timezone.now() - older_than)
    return outbox.delete(old, most=most, batch=batch)


@transaction.atomic
def _redrive(ids: Sequence[int], by: str) -> int:
    rows = _locked(ids)
    for row in rows:
        row.note("Sent on its way again.", by=by)
        row.dead_at = row.sent_at = None
        row.failures = row.unfinished = row.sends = 0
        row.available_at = timezone.now()
    OutboxMessage.objects.bulk_update(rows, REDRIVEN)
    transaction.on_commit(outbox.wake_relays, robust=True)
    return len(rows)


@transaction.atomic
def _discard(ids: Sequence[int], by: str, reason: str) -> int:
    rows = _locked(ids)
    for row in rows:
        row.note(f"Discarded: {reason}", by=by)
        row.discarded_at, row.discarded_by, row.discard_reason = timezone.now(), by[:254], reason[:400]
    OutboxMessage.objects.bulk_update(rows, DISCARDED)
    return len(rows)


def _locked(ids: Sequence[int]) -> list[OutboxMessage]:
    """Return the dead ones among them, in the order in which everybody locks them."""
    return list(OutboxMessage.objects.dead().select_for_update().filter(pk__in=ids).order_by("pk"))


def _batches(ids: Iterable[int]) -> Iterator[Sequence[int]]:
    every = sorted(ids)
    return (every[start : start + BATCH] for start in range(0, len(every), BATCH))
