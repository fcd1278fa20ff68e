"""How a worker shares its processes among what it receives.

Slow messages, such as mails, leave one process to the quick ones: a flood of mails keeps no other work waiting.
"""

from collections.abc import Callable
from typing import Any

from celery import Task
from celery.worker.request import create_request_cls  # type: ignore[attr-defined]  # its types do not know it
from celery.worker.state import task_reserved
from django.conf import settings
from kombu.asynchronous.semaphore import LaxBoundedSemaphore
from kombu.utils.imports import symbol_by_name


class Intake:
    """Celery's strategy for one of the outbox's tasks, in place of its own: called with each message that arrives.

    It knows no events, no estimated times of arrival and no rate limits, as the outbox has none of them.
    """

    def __init__(self, task: "Task[Any, Any]", app: Any, consumer: Any) -> None:
        self._consumer = consumer
        self._facts = {"task": task, "app": app, "hostname": consumer.hostname}
        kind = symbol_by_name(task.Request)
        self._request = create_request_cls(kind, task, consumer.pool, consumer.hostname, None, app=app)
        self._slow = LaxBoundedSemaphore(places(app.amqp.queues.consume_from, consumer.pool.num_processes))

    def __call__(self, message: Any, _body: Any, ack: Any, reject: Any, _callbacks: Any) -> None:
        """Raises what Celery's consumer knows how to treat, if the message cannot be read."""
        if message.delivery_info.get("routing_key") in settings.QUICK_QUEUES:
            self._start(self._made(message, ack, reject))
        else:
            self._slow.acquire(self._start, self._made(message, self._then_release(ack), self._then_release(reject)))

    def _made(self, message: Any, ack: Any, reject: Any) -> Any:
        errors = self._consumer.connection_errors
        return self._request(message, on_ack=ack, on_reject=reject, connection_errors=errors, **self._facts)

    def _start(self, request: Any) -> None:
        task_reserved(request)
        self._consumer.on_task_request(request)

    def _then_release(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def called(*arguments: Any) -> None:
            try:
                call(*arguments)
            finally:  # a place that is not given back is lost until the worker ends
                self._slow.release()

        return called


def places(queues: Any, processes: int) -> int:
    """Return how many of a worker's processes slow messages may hold at once: all but one, if others come, too."""
    return max(1, processes - 1) if set(settings.QUICK_QUEUES) & set(queues) else processes
