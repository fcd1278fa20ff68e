"""How a worker shares its processes among what it receives.

Quick messages that arrive together are handled together, by one task: what Celery does for a task costs more than their
work. Each still has its own transaction, its own failures and its own end. Only first deliveries are put together: one
that came again, as one that kills its worker does, is handled alone and takes no other with it.

Slow messages, such as mails, leave one process to the quick ones: a flood of mails keeps no other work waiting.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from celery import Task
from celery.worker.request import create_request_cls  # type: ignore[attr-defined]  # its types do not know it
from celery.worker.state import task_reserved
from django.conf import settings
from kombu.asynchronous.semaphore import LaxBoundedSemaphore
from kombu.utils.imports import symbol_by_name

from shop.platform.broker import PACK, receives

NOTHING_ELSE = {"callbacks": None, "errbacks": None, "chain": None, "chord": None}


@dataclass(frozen=True)
class Arrived:
    """One message of SQS, and what to call when it is done or has to come again.

    `message_id`: that of the outbox, for one that may be handled with others.
    """

    message: Any
    ack: Callable[..., Any]
    reject: Callable[..., Any]
    message_id: int | None = None


class Intake:
    """Celery's strategy for the outbox's task, in place of its own: called with each message that arrives.

    It knows no events, no estimated times of arrival and no rate limits, as the outbox has none of them.
    """

    def __init__(self, task: "Task[Any, Any]", app: Any, consumer: Any) -> None:
        self._app, self._consumer = app, consumer
        self._task, self._pack_task = task, app.tasks[PACK]
        self._one, self._pack = self._requests(task), self._requests(self._pack_task)
        queues = app.amqp.queues.consume_from
        self._slow = LaxBoundedSemaphore(places(queues, consumer.pool.num_processes))
        self._together: list[Arrived] = []

    def __call__(self, message: Any, _body: Any, ack: Any, reject: Any, _callbacks: Any) -> None:
        """Raises what Celery's consumer knows how to treat, if the message cannot be read."""
        if message.delivery_info.get("routing_key") not in settings.QUICK_QUEUES:
            done, again = self._then_release(ack), self._then_release(reject)
            self._slow.acquire(self._start, self._request(Arrived(message, done, again)))
            return
        arrived = Arrived(message, ack, reject, first_delivery_of(message))
        if arrived.message_id is None:
            self._start(self._request(arrived))
        else:
            self._put_together(arrived)

    def _put_together(self, arrived: Arrived) -> None:
        """What one answer of SQS brings is read in one go, and begun when that is over."""
        if not self._together:
            self._consumer.hub.call_soon(self._begin)
        self._together.append(arrived)

    def _begin(self) -> None:
        together, self._together = self._together, []
        self._start(self._request(together[0]) if len(together) == 1 else self._packed(together))

    def _start(self, request: Any) -> None:
        task_reserved(request)
        self._consumer.on_task_request(request)

    def _request(self, arrived: Arrived) -> Any:
        return self._one(arrived.message, on_ack=arrived.ack, on_reject=arrived.reject, **self._facts(self._task))

    def _packed(self, together: list[Arrived]) -> Any:
        """One request for all of them, which bears the name of the first."""
        first = together[0].message
        return self._pack(
            first,
            on_ack=_each([arrived.ack for arrived in together]),
            on_reject=_each([arrived.reject for arrived in together]),
            headers={**first.headers, "task": PACK},
            body=([[arrived.message_id for arrived in together]], {}, NOTHING_ELSE),
            decoded=True,
            **self._facts(self._pack_task),
        )

    def _facts(self, task: "Task[Any, Any]") -> dict[str, Any]:
        consumer = self._consumer
        errors = consumer.connection_errors
        return {"task": task, "app": self._app, "hostname": consumer.hostname, "connection_errors": errors}

    def _requests(self, task: "Task[Any, Any]") -> Any:
        consumer, kind = self._consumer, symbol_by_name(task.Request)
        return create_request_cls(kind, task, consumer.pool, consumer.hostname, None, app=self._app)

    def _then_release(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def called(*arguments: Any) -> None:
            call(*arguments)
            self._slow.release()

        return called


def places(queues: Any, processes: int) -> int:
    """Return how many of a worker's processes slow messages may hold at once: all but one, if others come, too."""
    return max(1, processes - 1) if set(settings.QUICK_QUEUES) & set(queues) else processes


def first_delivery_of(message: Any) -> int | None:
    """Return the id of a message that may be handled with others; None for one that came before, or says more."""
    arguments, named, _embedded = message.payload
    if named or len(arguments) != 1 or not isinstance(arguments[0], int) or receives(message.properties) > 1:
        return None
    return arguments[0]


def _each(calls: list[Callable[..., Any]]) -> Callable[..., None]:
    def called(*arguments: Any) -> None:
        for call in calls:
            call(*arguments)

    return called
