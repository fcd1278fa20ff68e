"""The worker's side of the outbox: one Celery task, and a heartbeat for the probe."""

from pathlib import Path
from typing import Any

from celery import bootsteps, shared_task
from django.conf import settings

from shop.platform import outbox
from shop.platform.broker import TASK

HEARTBEAT_EVERY = 5.0  # seconds


@shared_task(name=TASK)
def handle(message_id: int, **_later: Any) -> str:
    """Handle one outbox message. Takes and ignores arguments that a newer relay may add. Never raises: the row keeps the score."""
    return outbox.handle(message_id)


class Heartbeat(bootsteps.StartStopStep):
    """Touch a file from the consumer's own timer: SQS knows no `inspect ping`, and a stuck consumer stops touching."""

    requires = {"celery.worker.consumer.tasks:Tasks"}

    def start(self, parent: Any) -> None:
        self._touch()
        self._timer = parent.timer.call_repeatedly(HEARTBEAT_EVERY, self._touch)

    def stop(self, _parent: Any) -> None:
        if timer := getattr(self, "_timer", None):
            timer.cancel()

    def _touch(self) -> None:
        Path(settings.HEARTBEAT_FILE).touch()
