"""Waiting for what other processes do."""

import time
from collections.abc import Callable
from typing import Protocol

LOOK = 0.1  # seconds between two looks


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


def outbox() -> object:
    """What an outbox that should be empty by now still says."""
    from shop.platform.models import OutboxMessage

    return list(OutboxMessage.objects.values())
