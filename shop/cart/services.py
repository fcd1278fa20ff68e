"""Changing carts.

Each verb locks the cart's row first, so that two pods changing one cart do it one after the other.
"""

import uuid
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from shop.cart.models import MAX_LINES, MAX_QUANTITY, Cart, CartLine
from shop.catalog.models import Variant
from shop.errors import ShopError


class NoSuchCart(ShopError):
    """The cart was ordered, merged or never there."""

    code = "no_such_cart"
    status = 404
    message = _("This cart is no longer open.")


class NoSuchVariant(ShopError):
    code = "no_such_variant"
    status = 404
    message = _("This item is no longer sold.")


class NoSuchLine(ShopError):
    code = "no_such_line"
    status = 404
    message = _("This item is no longer in the cart.")


class SoldOut(ShopError):
    code = "sold_out"
    message = _("This item is sold out.")


class CartFull(ShopError):
    code = "cart_full"
    message = _("The cart is full. Order what is in it first.")


class CartChanged(ShopError):
    """The caller's version of the cart is not the newest one."""

    code = "cart_changed"
    status = 412
    message = _("The cart was changed in the meantime. Look at it again.")


@dataclass(frozen=True)
class Added:
    """What add() did. `quantity` is the line's quantity now; `limited` says that fewer than wanted fitted."""

    line_id: int
    quantity: int
    limited: bool


# One statement, so that two requests that add the same variant at once end with one line and both quantities.
ADD = """
INSERT INTO cart_cartline (cart_id, variant_id, quantity, created_at) VALUES (%s, %s, LEAST(%s, %s), %s)
ON CONFLICT (cart_id, variant_id) DO UPDATE SET quantity = LEAST(cart_cartline.quantity + EXCLUDED.quantity, %s)
RETURNING id, quantity
"""


def create(*, user_id: int | None = None) -> Cart:
    """Return a new cart for a guest, or the user's open one."""
    if user_id is None:
        return Cart.objects.create()
    return Cart.objects.get_or_create(user_id=user_id, state=Cart.State.OPEN)[0]


def find(*, public_id: uuid.UUID | str | None = None, user_id: int | None = None) -> Cart | None:
    """Return an open cart with its lines preloaded: the user's own, or a guest's by its id. None if there is none."""
    carts = Cart.objects.open().with_lines()
    if user_id is not None:
        return carts.filter(user_id=user_id).first()
    return carts.filter(public_id=public_id, user=None).first() if public_id else None


def add(*, cart: Cart, variant_id: int, quantity: int = 1, version: int | None = None) -> Added:
    """Put pieces of a variant into the cart, as many as fit: at most MAX_QUANTITY, at most what is in stock.

    Raises NoSuchCart, NoSuchVariant, SoldOut, CartFull, CartChanged.
    """
    with transaction.atomic():
        lock(cart, version=version)
        most = _most(variant_id)
        held = dict(cart.lines.values_list("variant_id", "quantity"))
        if variant_id not in held and len(held) >= MAX_LINES:
            raise CartFull
        room = max(0, most - held.get(variant_id, 0))
        if room == 0:
            return _unchanged(cart, variant_id)
        line_id, now = _upsert(cart, variant_id, min(quantity, room), most)
    return Added(line_id, now, limited=quantity > room)


def _unchanged(cart: Cart, variant_id: int) -> Added:
    line = cart.lines.filter(variant_id=variant_id).first()
    if line is None:
        raise SoldOut
    return Added(line.pk, line.quantity, limited=True)


def _upsert(cart: Cart, variant_id: int, quantity: int, most: int) -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(ADD, [cart.pk, variant_id, quantity, most, timezone.now(), most])
        line_id, now = cursor.fetchone()
    return line_id, now


def _most(variant_id: int) -> int:
    """Return how many pieces of a variant a cart may hold now.

    Raises NoSuchVariant for what is not on sale to the public.
    """
    variant = Variant.objects.public().select_related("stock").filter(pk=variant_id).first()
    if variant is None:
        raise NoSuchVariant
    available = variant.stock.available if hasattr(variant, "stock") else 0
    return MAX_QUANTITY if available is None else min(MAX_QUANTITY, available)


def change(*, cart: Cart, line_id: int, quantity: int, version: int | None = None) -> int:
    """Set a line's quantity, or remove it with 0; return the quantity now, which stock may limit.

    Raises NoSuchCart, NoSuchLine, CartChanged.
    """
    with transaction.atomic():
        lock(cart, version=version)
        line = cart.lines.filter(pk=line_id).first()
        if line is None:
            raise NoSuchLine
        allowed = min(quantity, _most(line.variant_id)) if quantity > 0 else 0
        if allowed <= 0:
            line.delete()
        else:
            CartLine.objects.filter(pk=line_id).update(quantity=allowed)
    return max(0, allowed)


def remove(*, cart: Cart, line_id: int, version: int | None = None) -> None:
    """Remove a line. Removing what is gone already is no error. Raises NoSuchCart, CartChanged."""
    with transaction.atomic():
        lock(cart, version=version)
        cart.lines.filter(pk=line_id).delete()


def lock(cart: Cart, *, version: int | None = None) -> None:
    """Lock an open cart until the end of the transaction and count its version up. Raises NoSuchCart, CartChanged."""
    same = Cart.objects.open().filter(pk=cart.pk)
    expected = same if version is None else same.filter(version=version)
    if expected.update(version=F("version") + 1, updated_at=timezone.now()):
        return
    raise CartChanged if version is not None and same.exists() else NoSuchCart


def claim(*, public_id: uuid.UUID | str | None, user_id: int) -> Cart | None:
    """Join a guest's cart to a user's at sign-in; return the user's cart, or None if neither exists.

    One transaction; quantities add up within their limits; a cart that was claimed before is left alone. Two log-ins
    at once end with the union whatever their order.
    """
    try:
        return _claim(public_id, user_id)
    except NoSuchCart:  # the user's cart was ordered while this waited for it: there is a new one now
        return _claim(public_id, user_id)


def _claim(public_id: uuid.UUID | str | None, user_id: int) -> Cart | None:
    with transaction.atomic():
        guest = (
            Cart.objects.open().select_for_update().filter(public_id=public_id, user=None).first()
            if public_id
            else None
        )
        if guest is None:
            return Cart.objects.open().filter(user_id=user_id).first()
        own, _created = Cart.objects.get_or_create(user_id=user_id, state=Cart.State.OPEN)
        lock(own)
        _pour(guest, own)
        guest.state = Cart.State.MERGED
        guest.save(update_fields=["state", "updated_at"])
    return own


POUR = """
INSERT INTO cart_cartline (cart_id, variant_id, quantity, created_at)
SELECT %s, variant_id, quantity, created_at FROM cart_cartline WHERE cart_id = %s ORDER BY id
ON CONFLICT (cart_id, variant_id) DO UPDATE SET quantity = LEAST(cart_cartline.quantity + EXCLUDED.quantity, %s)
"""


def _pour(source: Cart, target: Cart) -> None:
    """Add the lines of one cart to another, as many as fit: what was there first stays."""
    with connection.cursor() as cursor:
        cursor.execute(POUR, [target.pk, source.pk, MAX_QUANTITY])
    surplus = list(target.lines.order_by("id").values_list("pk", flat=True)[MAX_LINES:])
    if surplus:
        target.lines.filter(pk__in=surplus).delete()
