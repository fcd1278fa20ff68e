"""A sign of life for the worker's probe."""

from pathlib import Path
from typing import Any

from celery import bootsteps
from django.conf import settings

HEARTBEAT_EVERY = 5.0  # seconds


class Heartbeat(bootsteps.StartStopStep):
    """Touch a file from the consumer's own timer: SQS knows no `inspect ping`, and a stuck consumer stops touching."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def start(self, parent: Any) -> None:
        self._touch()
        self._timer = parent.timer.call_repeatedly(HEARTBEAT_EVERY, self._touch)

    def stop(self, _parent: Any) -> None:
        if timer := getattr(self, "_timer", None):
            timer.cancel()

    def _touch(self) -> None:
        Path(settings.HEARTBEAT_FILE).touch()
