"""A handler that does its work as often as its message comes: nobody looks whether it was done."""

from typing import Any

from django.utils import timezone

from shop.notifications.message import build
from shop.notifications.models import Mail
from shop.platform import outbox
from shop.platform.models import OutboxMessage


def send_mail(mail_id: int, **_later: Any) -> None:
    mail = Mail.objects.get(pk=mail_id)
    build(mail).send()
    Mail.objects.filter(pk=mail_id).update(sent_at=timezone.now())


def handle(message_id: int, **_later: Any) -> str:
    message = OutboxMessage.objects.get(pk=message_id)
    outbox._handler(message.topic)(**message.payload)
    OutboxMessage.objects.filter(pk=message_id).update(done_at=timezone.now())
    return "done"


def install() -> None:
    outbox.handle = handle
