"""Orders whose key is written down and never looked up: each request counts as a new one."""

import uuid
from typing import Any

from shop.checkout import services
from shop.checkout.models import IdempotencyKey


def claim(key: str, *facts: Any) -> IdempotencyKey:
    return IdempotencyKey.objects.create(scope="guest", key=f"{key}-{uuid.uuid4()}", fingerprint=str(len(facts)))


def install() -> None:
    services._claim_key = claim
