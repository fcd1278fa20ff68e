from shop.platform.models.image import Image
from shop.platform.models.inspection import Inspection
from shop.platform.models.outbox import DeadLetter, OutboxMessage, QueueDepth
from shop.platform.models.pod import Pod
from shop.platform.models.session import RevokedSession
from shop.platform.models.webhook import WebhookDelivery, WebhookEndpoint

__all__ = [
    "DeadLetter",
    "Image",
    "Inspection",
    "OutboxMessage",
    "Pod",
    "QueueDepth",
    "RevokedSession",
    "WebhookDelivery",
    "WebhookEndpoint",
]
