"""Waiting for what other processes do."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

LOOK = 0.1  # seconds between two looks
DAY = timedelta(days=1)


class Until(Protocol):
    def __call__(self, condition: Callable[[], object], seconds: float = ...) -> None: ...


def patience(usual: float, facts: Callable[[], object] = lambda: "It did not happen in time.") -> Until:
    """Return until(condition, seconds): waits `usual` seconds unless told otherwise, then fails with `facts()`."""

    def until(condition: Callable[[], object], seconds: float = usual) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, facts()
            time.sleep(LOOK)

    return until


def for_a_new_day(seconds: float = 60) -> None:
    """Let midnight pass if it comes within so many seconds: for what a test takes to be today's until it ends."""
    now = datetime.now(UTC)
    left = ((now + DAY).replace(hour=0, minute=0, second=0, microsecond=0) - now).total_seconds()
    if left < seconds:
        time.sleep(left + LOOK)


def outbox() -> object:
    """What an outbox that should be empty by now still says."""
    from shop.platform.models import OutboxMessage

    return list(OutboxMessage.objects.values())
