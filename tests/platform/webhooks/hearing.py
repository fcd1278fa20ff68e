"""What tests of webhooks say and look at."""

import base64
import hashlib
import hmac
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from shop.platform import events, outbox
from shop.platform.models import OutboxMessage, WebhookDelivery, WebhookEndpoint
from shop.platform.webhooks import DELIVER, FAN_OUT, endpoints, metrics

SOON = timedelta(minutes=1)


def endpoint(url: str, *kinds: str) -> WebhookEndpoint:
    return endpoints.make(url=url, kinds=list(kinds))[0]


def event(kind: str = "order.paid.v1") -> dict:
    return events.event(kind=kind, schema="events/order-v1.json", subject="7K2M", at=timezone.now(), data={"ü": 1})


def tell(body: dict | None = None) -> dict:
    body = body or event()
    with transaction.atomic():
        events.put(body)
    return body


def waiting(topic: str = DELIVER) -> list[int]:
    return list(OutboxMessage.objects.open().filter(topic=topic).order_by("id").values_list("pk", flat=True))


def work() -> list[str]:
    """Do what the outbox asks for now, as if all of it was due."""
    return [outbox.handle(pk) for topic in (FAN_OUT, DELIVER) for pk in waiting(topic)]


def delivered(url: str) -> WebhookDelivery:
    return WebhookDelivery.objects.get(endpoint__url=url)


def state(row: WebhookDelivery) -> str:
    row.refresh_from_db()
    return row.state


def counted(outcome: str) -> float:
    return metrics.deliveries.labels(outcome)._value.get()


def signature(secret: str, heard) -> str:
    """As the specification has it, and not as the store does."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = b".".join([heard.headers["webhook-id"].encode(), heard.headers["webhook-timestamp"].encode(), heard.body])
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
