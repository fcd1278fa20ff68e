"""Changing carts.

Two pods changing one cart do it one after the other: the cart's row is taken first, by one statement that does all of
a change (shop.cart.statements), or by a lock.
"""

import uuid
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from shop.cart import contents, limits, named, statements
from shop.cart.contents import Contents
from shop.cart.models import MAX_LINES, Cart
from shop.cart.named import Named
from shop.cart.pouring import pour
from shop.errors import ShopError
from shop.platform import throttle
from shop.platform.postgresql import planned
from shop.pricing import metrics, redemptions
from shop.pricing.vouchers import VoucherRefused, VoucherUnknown


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


LARGEST_ID = 2**63 - 1  # of a bigint: an address may name a larger one, which does not exist either
REFUSALS: dict[str, type[ShopError]] = {
    "changed": CartChanged,
    "no such variant": NoSuchVariant,
    "no such line": NoSuchLine,
    "sold out": SoldOut,
    "full": CartFull,
}


@dataclass(frozen=True)
class Added:
    """What add() did, and to which cart. `quantity` is the line's now; `limited`: fewer than wanted fitted."""

    public_id: uuid.UUID
    user_id: int | None
    line_id: int
    quantity: int
    limited: bool


def create(*, user_id: int | None = None) -> Cart:
    """Return a new cart for a guest, or the user's open one."""
    if user_id is None:
        return Cart.objects.create()
    return Cart.objects.get_or_create(user_id=user_id, state=Cart.State.OPEN)[0]


def find(*, public_id: uuid.UUID | str | None = None, user_id: int | None = None) -> Contents | None:
    """Return what is in the user's own open cart, or in a guest's by its id. None if there is none. One query."""
    if user_id is not None:
        return contents.read(named.of_user(user_id))
    return contents.read(named.of_guest(public_id)) if public_id else None


def show(cart: Named) -> Contents:
    """Return what is in an open cart. One query. Raises NoSuchCart."""
    found = contents.read(cart)
    if found is None:
        raise NoSuchCart
    return found


def pieces(cart: Named) -> int:
    """Return how many pieces an open cart holds; 0 if there is no such cart. One query."""
    statement = statements.PIECES.replace("<condition>", cart.condition)
    return int(planned.rows(statement, cart.parameters)[0][0])


def add(*, cart: Cart | Named, variant_id: int, quantity: int = 1, version: int | None = None) -> Added:
    """Put pieces of a variant into the cart, as many as fit: at most MAX_QUANTITY, at most what is in stock.

    `version`: only if it is still the cart's. One query, if nobody else changes the same cart at this moment.
    Raises NoSuchCart, NoSuchVariant, SoldOut, CartFull, CartChanged.
    """
    wanted = {"variant": min(variant_id, LARGEST_ID), "quantity": quantity, "max_lines": MAX_LINES, "version": version}
    _cart_id, public_id, user_id, line_id, now, limited = _change(statements.ADD, cart, wanted)
    return Added(public_id, user_id, line_id, now, limited)


def change(*, cart: Cart | Named, line_id: int, quantity: int, version: int | None = None) -> int:
    """Set a line's quantity, or remove it with 0; return the quantity now, which stock may limit.

    One query, as add(). Raises NoSuchCart, NoSuchLine, NoSuchVariant, CartChanged.
    """
    wanted = {"line": min(line_id, LARGEST_ID), "quantity": quantity, "version": version}
    return int(_change(statements.CHANGE, cart, wanted)[-1])


def remove(*, cart: Cart | Named, line_id: int, version: int | None = None) -> None:
    """Remove a line. Removing what is gone already is no error. One query, as add(). Raises NoSuchCart, CartChanged."""
    _change(statements.REMOVE, cart, {"line": min(line_id, LARGEST_ID), "version": version})


def redeem(*, cart: Cart | Named, code: str, network: str, version: int | None = None) -> None:
    """Put a voucher onto the cart, replacing another. Repeating it changes nothing.

    Refuses what nobody can use now. Whether it applies to what is in the cart is another question, asked whenever the
    cart is priced. `network`: whose attempts are counted, so that codes cannot be guessed. Raises NoSuchCart,
    CartChanged, VoucherRefused, TooManyTries.
    """
    which = _named(cart)
    show(which)
    throttle.count(limits.CODES, network)
    try:
        _set_voucher(which, redemptions.find(code).pk, version)
    except VoucherRefused as refused:
        metrics.refused.labels(refused.reason).inc()
        raise


def unredeem(*, cart: Cart | Named, version: int | None = None) -> None:
    """Take the voucher off the cart. Without one nothing changes. Raises NoSuchCart, CartChanged."""
    _set_voucher(_named(cart), None, version)


def set_gift_card(*, cart: Cart | Named, card_id: int | None, version: int | None = None) -> None:
    """Put a gift card that shop.payments has found onto the cart, or take it off. Raises NoSuchCart, CartChanged."""
    _set(statements.SET_GIFT_CARD, _named(cart), card_id, version)


def _set_voucher(cart: Named, voucher_id: int | None, version: int | None) -> None:
    try:
        _set(statements.SET_VOUCHER, cart, voucher_id, version)
    except IntegrityError as error:  # deleted since it was found
        raise VoucherUnknown from error


def _set(statement: str, cart: Named, chosen: int | None, version: int | None) -> None:
    wanted = {**cart.parameters, "chosen": chosen, "version": version, "now": timezone.now()}
    if not planned.rows(statement.replace("<condition>", cart.condition), wanted):
        show(cart)
        raise CartChanged


def _named(cart: Cart | Named) -> Named:
    return named.row(cart) if isinstance(cart, Cart) else cart


def _change(statement: str, cart: Cart | Named, wanted: dict[str, Any]) -> tuple[Any, ...]:
    """Run a statement of shop.cart.statements and return its row without the outcome."""
    which = _named(cart)
    try:
        found = _run(statement, which, {**which.parameters, **wanted, "now": timezone.now()})
    except IntegrityError as error:  # the variant was deleted since the statement began
        raise NoSuchVariant from error
    if not found:
        raise NoSuchCart
    outcome, *row = found[0]
    if outcome in REFUSALS:
        raise REFUSALS[outcome]
    return tuple(row)


def _run(statement: str, which: Named, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    text = statement.replace("<condition>", which.condition)
    found = planned.rows(text, parameters)
    if found and found[0][0] == "stale":
        with transaction.atomic():
            planned.rows(statements.LOCK.replace("<condition>", which.condition), which.parameters)
            found = planned.rows(text, parameters)
    return found


def close(cart: Named) -> Contents | None:
    """Close an open cart in the caller's transaction and return what is in it: nobody can change it any more.

    None if there is no such cart, or another transaction has closed it. Two queries: the lines are read by a statement
    that begins when the row is locked, so none is missing that was added while this waited.
    """
    closed = planned.rows(statements.CLOSE.replace("<condition>", cart.condition), cart.parameters)
    return contents.read_closed(closed[0][0]) if closed else None


def lock(cart: Cart, *, version: int | None = None) -> None:
    """Lock an open cart until the end of the transaction and count its version up. Raises NoSuchCart, CartChanged."""
    same = Cart.objects.open().filter(pk=cart.pk)
    expected = same if version is None else same.filter(version=version)
    if expected.update(version=F("version") + 1, updated_at=timezone.now()):
        return
    raise CartChanged if version is not None and same.exists() else NoSuchCart


def claim(*, public_id: uuid.UUID | str | None, user_id: int) -> Cart | None:
    """Join a guest's cart to a user's at sign-in; return the user's cart, or None if neither exists.

    The guest's voucher and gift card are taken over if the user's cart has none. One transaction; quantities add up
    within their limits; a cart that was claimed before is left alone. Two log-ins at once end with what both brought,
    in whatever order they come.
    """
    try:
        return _claim(public_id, user_id)
    except (NoSuchCart, IntegrityError):
        # While this waited the user's cart was ordered, so there is a new one now; or an item was deleted.
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
        pour(guest, own)
        guest.state = Cart.State.MERGED
        guest.save(update_fields=["state", "updated_at"])
    return own
