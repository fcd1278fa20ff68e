"""Work for the tests of the queue: handlers that are slow, fail, or kill whoever runs them."""

import os
import signal
import time
from pathlib import Path

from celery import current_task

from shop.notifications.models import Mail


def _begin(name: str) -> None:
    """Say so in a file: what happened outside PostgreSQL is not undone with the transaction."""
    with Path(os.environ["CHORES_FILE"]).open("a") as file:
        file.write(f"{name}\n")


def plain(name: str, seconds: float = 0) -> None:
    """Leave one row, which names the task of Celery; twice done would be two."""
    _begin(name)
    time.sleep(seconds)
    Mail.objects.create(kind=name, to="nobody@example.com", context={"task": current_task.request.id})


def waits(name: str) -> None:
    """Take as long as the test wants, as a mail does whose server is slow: until the file is emptied."""
    _begin(name)
    while Path(os.environ["CHORES_FILE"]).stat().st_size:
        time.sleep(0.05)


def fails(name: str) -> None:
    _begin(name)
    raise RuntimeError(f"{name} never works")


def kills(name: str) -> None:
    _begin(name)
    os.kill(os.getpid(), signal.SIGKILL)
