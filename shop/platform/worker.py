"""The worker's side of the outbox: a Celery task for one message, and one for some that were sent together."""

from typing import Any

from celery import Task, shared_task
from django.db import close_old_connections

from shop.platform import outbox, packs
from shop.platform.broker import PACK, TASK, receives


class OutboxTask(Task):  # type: ignore[type-arg]
    Strategy = "shop.platform.intake:Intake"


@shared_task(name=TASK, bind=True, base=OutboxTask)
def handle(self: "Task[Any, Any]", /, message_id: int, *, again: bool = False, **_later: Any) -> str:
    """Handle one outbox message.

    Takes and ignores arguments that a newer relay may add. Failures are counted in its row, not here.
    """
    close_old_connections()  # as Django does ahead of each request
    return outbox.handle(message_id, again=again or receives(self.request.properties) > 1)


@shared_task(name=PACK, bind=True, base=OutboxTask)
def handle_pack(self: "Task[Any, Any]", /, message_ids: list[int], *, apart: bool = False, **_later: Any) -> None:
    """Handle messages that were sent together, if they come for the first time; `apart`: one after the other.

    If they come again, one of them may have killed its worker: they are due again, and each is then sent alone.
    """
    close_old_connections()
    if receives(self.request.properties) > 1:
        packs.give_back(message_ids)
    else:
        packs.handle(message_ids, apart=apart)
