"""The worker's side of the outbox: one Celery task."""

from typing import Any

from celery import Task, shared_task
from django.db import close_old_connections

from shop.platform import outbox
from shop.platform.broker import TASK


@shared_task(name=TASK, bind=True)
def handle(self: "Task[Any, Any]", /, message_id: int, *, again: bool = False, **_later: Any) -> str:
    """Handle one outbox message.

    Takes and ignores arguments that a newer relay may add. Failures are counted in its row, not here.
    """
    close_old_connections()  # as Django does ahead of each request
    return outbox.handle(message_id, again=again or _receives(self) > 1)


def _receives(task: "Task[Any, Any]") -> int:
    """How often SQS has given out this very message, this time included; 1 where there is no SQS."""
    delivery = (task.request.properties or {}).get("delivery_info", {})
    attributes = delivery.get("sqs_message", {}).get("Attributes", {})
    return int(attributes.get("ApproximateReceiveCount", 1))
