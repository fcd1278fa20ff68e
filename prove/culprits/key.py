"""Orders whose key nobody finds again: each request counts as a new one."""

import uuid
from typing import Any

from shop.checkout import keys

_claim = keys.claim


def claim(*, key: str, **facts: Any) -> keys.Claimed:
    return _claim(key=str(uuid.uuid4()), **facts)


def install() -> None:
    keys.claim = claim
