"""How a worker shares its processes among what it receives.

Slow messages, such as mails, leave one process to the quick ones: a flood of mails keeps no other work waiting. Those
of FOREIGN_QUEUES, which wait for other people's servers, leave one more to the other slow ones, where there are three.
"""

from collections.abc import Callable, Sequence
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
        queues, processes = app.amqp.queues.consume_from, consumer.pool.num_processes
        self._slow = LaxBoundedSemaphore(places(queues, processes))
        self._foreign = LaxBoundedSemaphore(places_of(settings.FOREIGN_QUEUES[0], queues, processes))

    def __call__(self, message: Any, _body: Any, ack: Any, reject: Any, _callbacks: Any) -> None:
        """Raises what Celery's consumer knows how to treat, if the message cannot be read."""
        rooms = self._rooms(message.delivery_info.get("routing_key"))
        self._enter(rooms, self._made(message, _then_leave(rooms, ack), _then_leave(rooms, reject)))

    def _rooms(self, queue: str | None) -> Sequence[LaxBoundedSemaphore]:
        """In which of them a message needs a place."""
        if queue in settings.QUICK_QUEUES:
            return ()
        return (self._foreign, self._slow) if queue in settings.FOREIGN_QUEUES else (self._slow,)

    def _enter(self, rooms: Sequence[LaxBoundedSemaphore], request: Any) -> None:
        if rooms:
            rooms[0].acquire(self._enter, rooms[1:], request)
        else:
            self._start(request)

    def _made(self, message: Any, ack: Any, reject: Any) -> Any:
        errors = self._consumer.connection_errors
        return self._request(message, on_ack=ack, on_reject=reject, connection_errors=errors, **self._facts)

    def _start(self, request: Any) -> None:
        task_reserved(request)
        self._consumer.on_task_request(request)


def _then_leave(rooms: Sequence[LaxBoundedSemaphore], call: Callable[..., Any]) -> Callable[..., Any]:
    def called(*arguments: Any) -> None:
        try:
            call(*arguments)
        finally:  # a place that is not given back is lost until the worker ends
            for room in rooms:
                room.release()

    return called


def places(queues: Any, processes: int) -> int:
    """Return how many of a worker's processes slow messages may hold at once: all but one, if others come, too."""
    return max(1, processes - 1) if set(settings.QUICK_QUEUES) & set(queues) else processes


def places_of(queue: str, queues: Any, processes: int) -> int:
    """Return how many of them messages of this slow queue may hold: foreign ones leave one to other slow ones."""
    others = set(queues) - set(settings.QUICK_QUEUES) - set(settings.FOREIGN_QUEUES)
    slow = places(queues, processes)
    return max(1, slow - 1) if queue in settings.FOREIGN_QUEUES and others else slow
