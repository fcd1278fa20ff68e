"""A pod does not start if its state would die with it."""

from django.conf import settings
from django.core.checks.messages import CheckMessage
from django.core.management.base import SystemCheckError

from shop.stateless.audit import CONFIGURATION, Rule, audit
from shop.stateless.checks import message
from shop.stateless.project import Project
from shop.stateless.rows import Severity
from shop.stateless.rules import celery

# A web process does not load Celery just to be asked about it; the migrate job, which runs first, does.
WEB: tuple[Rule, ...] = tuple(rule for rule in CONFIGURATION if rule is not celery.rows)


def refuse_pod_local_state(rules: tuple[Rule, ...] = CONFIGURATION) -> None:
    """Raise SystemCheckError with the ids if data would be lost with a pod; SILENCED_SYSTEM_CHECKS lets it start.

    Only errors of the configuration count: warnings and findings in source code are for `check --deploy`. With DEBUG
    nothing is asked.
    """
    if settings.DEBUG:
        return
    errors = [message(row) for row in audit(Project(), rules).pod_local if row.severity is Severity.ERROR]
    if errors:
        raise SystemCheckError("\n".join([HEADING, *map(_text, errors), ADVICE]))


HEADING = "This pod does not start: data would be lost with it."
ADVICE = "To start all the same, name the id in SILENCED_SYSTEM_CHECKS. `manage.py stateless` shows the whole picture."


def _text(error: CheckMessage) -> str:
    return f"{error.id}: {error.msg} Write: {error.hint}"
