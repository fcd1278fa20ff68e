"""Secrets that were changed in Secrets Manager: a process that notices ends gently, and the next one reads them.

Web pods leave one at a time. A new password of the database ends nobody: it is looked up when the old one is refused.
"""

import logging
import os
import signal
import time

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured

from shop.platform import rounds, secrets
from shop.platform.health import start_draining

logger = logging.getLogger("shop.secrets")
TURN = 60  # seconds for which no other web pod leaves
NAMED_AT_LOG_IN = frozenset(secrets.LOGIN.values())


def watch_if_wanted() -> None:
    """Look about every SECRETS_LOOK seconds, where SECRETS_FROM names something."""
    if secrets.names() and settings.SECRETS_LOOK:
        rounds.again_and_again(_leave_if_outdated, every=settings.SECRETS_LOOK, name="secrets")


def _leave_if_outdated() -> bool:
    leaves = _is_outdated() and _may_leave()
    if leaves:
        _leave()
    return leaves


def _is_outdated() -> bool:
    """What cannot be read, or lacks something, is no reason to leave: the next process could not start."""
    kept = secrets.entries()
    try:
        changed = kept.changed() - NAMED_AT_LOG_IN if kept else set()
    except ImproperlyConfigured as error:
        logger.warning("the secrets cannot be read again", extra={"error": str(error)})
        return False
    if changed:
        logger.warning("secrets were changed; this process leaves", extra={"names": sorted(changed)})
    return bool(changed)


def _serves() -> bool:
    return os.environ.get("SHOP_ROLE") == "web"


def _may_leave() -> bool:
    """Relays and workers may at any time; of web pods one a minute. While Redis is away none does."""
    return not _serves() or bool(cache.add("secrets-turn", settings.POD_NAME, timeout=TURN))


def _leave() -> None:
    if not _serves():
        os.kill(os.getpid(), signal.SIGTERM)
        return
    start_draining()
    time.sleep(settings.SECRETS_NOTICE)
    os.kill(os.getppid(), signal.SIGTERM)  # gunicorn's arbiter, whose end is the pod's
