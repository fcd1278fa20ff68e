"""Idempotency keys: a request that is sent again finds the order of the first.

A key has a scope: a user's keys are compared with that user's only, a guest's only with those used for the same cart.
The key's row is written first and names the order that is about to be written, whose id is drawn here; the foreign key
to the order is checked at the end of the transaction. A second request with the same key waits for that row.

Pods of the former release keep the keys of all guests in one scope, GUEST. Until the next release a guest's key is also
written there if it is free, so that those pods find the order, and looked up there, so that their orders are found.
"""

import hashlib
import json
import uuid
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from shop.checkout.errors import KeyReused
from shop.checkout.models import IdempotencyKey
from shop.orders.models import Order
from shop.platform.postgresql import planned

GUEST = "guest"
CLAIM = """
WITH drawn AS MATERIALIZED (SELECT nextval(pg_get_serial_sequence('orders_order', 'id')) AS order_id)
INSERT INTO checkout_idempotencykey (scope, key, fingerprint, order_id, created_at)
SELECT scope, %(key)s::text, %(fingerprint)s::text, drawn.order_id, %(now)s
FROM unnest(%(scopes)s::text[]) AS scope, drawn
ON CONFLICT (scope, key) DO NOTHING
RETURNING scope::text, order_id
"""


@dataclass(frozen=True)
class Claimed:
    """`order_id`: the id that the order has to get. `order`: the one that an earlier request with this key made."""

    order_id: int
    order: Order | None = None


def claim(*, key: str, cart_id: uuid.UUID | str, details: dict[str, Any], user_id: int | None) -> Claimed:
    """Write the key in the caller's transaction, or find the order of the request that wrote it. Raises KeyReused."""
    fingerprint = _fingerprint(details, cart_id)
    scopes = [f"user:{user_id}"] if user_id else [f"cart:{uuid.UUID(str(cart_id)).hex}", GUEST]
    wanted = {"key": key, "fingerprint": fingerprint, "scopes": scopes, "now": timezone.now()}
    written = dict(planned.rows(CLAIM, wanted))
    if len(written) < len(scopes):
        order = _earlier(key, fingerprint, scopes, cart_id)
        if order:
            IdempotencyKey.objects.filter(key=key, scope__in=written).update(order=order)
            return Claimed(order.pk, order)
    return Claimed(written[scopes[0]])


def _earlier(key: str, fingerprint: str, scopes: list[str], cart_id: uuid.UUID | str) -> Order | None:
    """Return the order of an earlier request. Raises KeyReused if that said something else about this cart."""
    rows = IdempotencyKey.objects.select_related("order__cart").filter(key=key, scope__in=scopes)
    earlier = {row.scope: (row.fingerprint, row.order) for row in rows if row.order is not None}
    for said, order in earlier.values():
        if said == fingerprint:
            return order
    if any(scope != GUEST or _is_of(order, cart_id) for scope, (_said, order) in earlier.items()):
        raise KeyReused
    return None


def _is_of(order: Order, cart_id: uuid.UUID | str) -> bool:
    return order.cart is not None and str(order.cart.public_id) == str(cart_id)


def _fingerprint(details: dict[str, Any], cart_id: uuid.UUID | str) -> str:
    text = json.dumps([str(cart_id), details], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
