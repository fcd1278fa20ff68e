"""A sign of life for the worker's probe."""

from typing import Any

from celery import bootsteps

from shop.platform import metrics

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
        metrics.sign_of_life("worker")
