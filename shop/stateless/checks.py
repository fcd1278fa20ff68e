"""The rules as Django system checks: `manage.py check --deploy`, tag "stateless"."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core import checks

from shop.stateless.rows import Row, Severity

TAG = "stateless"
LEVELS = {Severity.ERROR: checks.ERROR, Severity.WARNING: checks.WARNING, Severity.NOTE: checks.INFO}


def every_pod_sees_the_same(
    app_configs: Sequence[AppConfig] | None = None, **_options: Any
) -> list[checks.CheckMessage]:
    """Return one message for each finding; nothing when only some apps are checked, for it asks about the whole."""
    from shop.stateless.audit import audit  # only when somebody asks: processes start without it
    from shop.stateless.project import Project

    if app_configs is not None:
        return []
    return [message(row) for row in audit(Project()).findings]


def message(row: Row) -> checks.CheckMessage:
    place = f"{row.file}:{row.line}: " if row.file else ""
    text = f"{place}{row.what}: {row.where}. {row.lost}"
    return checks.CheckMessage(LEVELS[row.severity], text, hint=row.remedy or None, id=row.id)


def register() -> None:
    checks.register(every_pod_sees_the_same, TAG, deploy=True)
