from shop.platform.models.image import Image
from shop.platform.models.outbox import OutboxMessage
from shop.platform.models.session import RevokedSession

__all__ = ["Image", "OutboxMessage", "RevokedSession"]
