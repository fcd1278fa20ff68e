"""Which open cart a visitor means: a condition for the statements that read and change carts."""

import uuid
from dataclasses import dataclass, field
from typing import Any

from shop.cart.models import Cart


@dataclass(frozen=True)
class Named:
    """`condition`: SQL about the alias `cart`, one of a few texts; `parameters`: the values for it."""

    condition: str
    parameters: dict[str, Any] = field(default_factory=dict)


def row(cart: Cart) -> Named:
    """A cart that was read before."""
    return Named("cart.id = %(cart)s::bigint", {"cart": cart.pk})


def of_guest(public_id: uuid.UUID | str) -> Named:
    """A guest's cart, by the id in the cookie. A user's cart has no cookie."""
    return Named("cart.public_id = %(cart)s::uuid AND cart.user_id IS NULL", {"cart": public_id})


def of_user(user_id: int) -> Named:
    """The open cart of a user."""
    return Named("cart.user_id = %(cart)s::bigint", {"cart": user_id})


def reachable(public_id: uuid.UUID | str, user_id: int | None) -> Named:
    """A cart by its id: anybody can reach a guest's, only its user a user's."""
    if user_id is None:
        return of_guest(public_id)
    condition = "cart.public_id = %(cart)s::uuid AND (cart.user_id IS NULL OR cart.user_id = %(user)s::bigint)"
    return Named(condition, {"cart": public_id, "user": user_id})
