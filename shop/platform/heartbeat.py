"""Signs of life for the worker's probe."""

from typing import Any

from celery import bootsteps
from celery.exceptions import WorkerTerminate
from celery.worker import state
from celery.worker.consumer import Consumer
from kombu.asynchronous import set_event_loop

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


class WaitingConsumer(Consumer):
    """Lives while it tries to reach SQS again and again: an outage of SQS must not restart the workers."""

    hub: Any  # the worker's event loop

    def start(self) -> None:
        """Raises WorkerTerminate where TERM came while it was starting: its pool is gone, so a step failed."""
        try:
            super().start()
        except Exception as error:
            if state.should_terminate is None:
                raise
            raise WorkerTerminate from error

    def connect(self) -> Any:
        metrics.sign_of_life("worker")
        # After an error in the loop kombu has no current loop, and new channels would never poll
        set_event_loop(self.hub)
        return super().connect()
