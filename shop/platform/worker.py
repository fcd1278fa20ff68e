"""The worker's side of the outbox: one Celery task."""

from typing import Any

from celery import shared_task

from shop.platform import outbox
from shop.platform.broker import TASK


@shared_task(name=TASK)
def handle(message_id: int, **_later: Any) -> str:
    """Handle one outbox message.

    Takes and ignores arguments that a newer relay may add. Failures are counted in its row, not here.
    """
    return outbox.handle(message_id)
