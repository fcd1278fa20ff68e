"""The store's settings with one more topic, whose handler does nothing: what is left is the way to it and back."""

from typing import Any

from config.settings import *  # noqa: F403
from config.settings import OUTBOX_TOPICS

TOPIC = "bench.nothing"
OUTBOX_TOPICS = OUTBOX_TOPICS | {TOPIC: ("default", "bench.nothing.handle")}


def handle(**_payload: Any) -> None:
    """Nothing."""
