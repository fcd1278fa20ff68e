"""What the looks at the whole store found, kept for the admin and for Prometheus, and when the next one is due."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from prometheus_client import Gauge

from shop.platform.models import Inspection

CHECK, DRILL = "store check", "restore drill"

good = Gauge(
    "shop_inspection_good",
    "1: the last run found nothing wrong; 0: it did, or could not be done",
    ["name"],
    multiprocess_mode="mostrecent",
)
found = Gauge(
    "shop_inspection_violations",
    "Rows that break rules, of the last run",
    ["name"],
    multiprocess_mode="mostrecent",
)
good_at = Gauge(
    "shop_inspection_good_timestamp_seconds",
    "When a run last found nothing wrong, in Unix time; 0: never",
    ["name"],
    multiprocess_mode="mostrecent",
)


def is_due(name: str, *, every: timedelta) -> bool:
    """Say whether none was begun for so long. One that was killed counts: it is not repeated at once, and again."""
    return not Inspection.objects.filter(pk=name, begun_at__gt=timezone.now() - every).exists()


def begin(name: str) -> None:
    Inspection.objects.update_or_create(name=name, defaults={"begun_at": timezone.now()})


def end(name: str, *, summary: str, broken: int = 0, failed: bool = False, report: dict[str, Any]) -> None:
    """Keep a result. `failed`: it could not be done, so nothing is known."""
    now = timezone.now()
    facts = {"ended_at": now, "summary": summary[:400], "broken": broken, "report": report}
    is_good = {} if broken or failed else {"good_at": now}
    fields = {**facts, **is_good}
    Inspection.objects.update_or_create(name=name, defaults=fields, create_defaults={**fields, "begun_at": now})


def tell() -> None:
    """Repeat the results to Prometheus. One query."""
    rows = {row.name: row for row in Inspection.objects.filter(ended_at__isnull=False)}
    for name in (CHECK, DRILL):
        row = rows.get(name)
        good_at.labels(name).set(row.good_at.timestamp() if row and row.good_at else 0)
        if row:
            good.labels(name).set(row.is_good)
            found.labels(name).set(row.broken)
