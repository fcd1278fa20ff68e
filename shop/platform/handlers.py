"""Handlers of the platform's own outbox topics. They take **_later so that an old worker survives a newer message."""

from typing import Any

from shop.platform import events, media, sessions
from shop.platform.webhooks import delivery


def make_renditions(image_id: int, **_later: Any) -> None:
    media.make_renditions(image_id)


def forget_session(cache_key: str, **_later: Any) -> None:
    sessions.forget(cache_key)


def publish_event(event: dict[str, Any], **_later: Any) -> None:
    events.publish(event)


def fan_out_event(event: dict[str, Any], **_later: Any) -> None:
    delivery.fan_out(event)


def deliver_webhook(delivery_id: int, turn: int, **_later: Any) -> None:
    delivery.deliver(delivery_id, turn)
