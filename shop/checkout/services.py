"""Placing an order.

The one transaction in which cart, stock, order, payment and mail change together, or not at all.
"""

import hashlib
import json
import uuid
from dataclasses import asdict, dataclass

from django.db import IntegrityError, OperationalError, transaction
from django.utils import translation
from psycopg import errors as pg

from shop.cart import contents
from shop.cart.contents import Contents, Line
from shop.cart.models import Cart
from shop.cart.services import NoSuchCart
from shop.checkout import metrics
from shop.checkout.errors import Busy, CartEmpty, CartOrdered, KeyReused, TotalChanged
from shop.checkout.models import IdempotencyKey
from shop.checkout.quote import Quote, quote
from shop.inventory import services as inventory
from shop.notifications import services as notifications
from shop.orders import services as orders
from shop.orders.models import Order, OrderLine
from shop.orders.summary import summary
from shop.payments import services as payments
from shop.pricing.totals import PricedItem

CONTENTION = (pg.LockNotAvailable, pg.DeadlockDetected, pg.QueryCanceled)


@dataclass(frozen=True)
class PostalAddress:
    """Where an order goes. `country` is ISO 3166-1 alpha-2."""

    name: str
    line1: str
    city: str
    country: str
    postal_code: str = ""
    company: str = ""
    line2: str = ""
    region: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Details:
    """What a customer agreed to. `expected_total` is the total they saw, "19.90"; empty skips the comparison."""

    email: str
    address: PostalAddress
    shipping_method: str
    payment_method: str
    expected_total: str = ""


@dataclass(frozen=True)
class Placed:
    """An order, and whether this call made it (False: an earlier call with the same key did)."""

    order: Order
    created: bool


def place_order(*, cart_id: uuid.UUID | str, key: str, details: Details, user_id: int | None = None) -> Placed:
    """Turn a cart into an order. However often and wherever it is called with one key, there is one order.

    `key` is the client's idempotency key; keys of different users do not meet. Owns its transaction and makes a
    constant number of queries. Raises CartEmpty, CartOrdered, NoSuchCart, KeyReused, NoSuchDelivery, OutOfStock,
    TotalChanged, Busy, and payments' NoSuchMethod; nothing is changed then.
    """
    try:
        placed = _place(cart_id, key, details, user_id)
    except inventory.OutOfStock:
        metrics.conflicts.inc()
        raise
    except OperationalError as error:
        if isinstance(error.__cause__, CONTENTION):
            raise Busy from error
        raise
    except IntegrityError as error:
        if isinstance(error.__cause__, pg.UniqueViolation) and "number" in str(error):
            raise Busy from error  # the order number was taken: a second try draws another
        raise
    if placed.created:
        metrics.placed.labels(details.payment_method).inc()
    return placed


@transaction.atomic
def _place(cart_id: uuid.UUID | str, key: str, details: Details, user_id: int | None) -> Placed:
    claimed = _claim_key(key, details, cart_id, user_id)
    if claimed.order:
        return Placed(claimed.order, created=False)
    cart = _locked_cart(cart_id, user_id)
    _check_on_sale(cart)
    priced = quote(cart, country=details.address.country, method=details.shipping_method)
    _check_total(priced, details)
    order = _write_order(cart, priced, details, user_id)
    inventory.take({line.variant_id: line.quantity for line in cart.lines}, reference=order.number)
    payments.create(order=order, method=details.payment_method)
    Cart.objects.filter(pk=cart.pk).update(state=Cart.State.ORDERED)
    IdempotencyKey.objects.filter(pk=claimed.pk).update(order=order)
    return Placed(order, created=True)


def _claim_key(key: str, details: Details, cart_id: uuid.UUID | str, user_id: int | None) -> IdempotencyKey:
    """Insert the key, or wait for the transaction that did and return its row. Raises KeyReused."""
    scope = f"user:{user_id}" if user_id else "guest"
    fingerprint = _fingerprint(details, cart_id)
    row = IdempotencyKey(scope=scope, key=key, fingerprint=fingerprint)
    IdempotencyKey.objects.bulk_create([row], ignore_conflicts=True)
    found = IdempotencyKey.objects.select_related("order").get(scope=scope, key=key)
    if found.fingerprint != fingerprint:
        raise KeyReused
    return found


def _fingerprint(details: Details, cart_id: uuid.UUID | str) -> str:
    text = json.dumps([str(cart_id), asdict(details)], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _locked_cart(cart_id: uuid.UUID | str, user_id: int | None) -> Contents:
    """Lock the cart and load its lines. Raises NoSuchCart, CartOrdered, CartEmpty."""
    cart = Cart.objects.select_for_update().filter(public_id=cart_id).first()
    if cart is None or cart.user_id not in (None, user_id) or cart.state == Cart.State.MERGED:
        raise NoSuchCart
    if cart.state == Cart.State.ORDERED:
        raise _ordered_before(cart)
    # The lines are read by another statement, after the lock was granted: they are what nobody can change any more.
    found = contents.read_locked(cart.pk)
    if not found or not found.lines:
        raise CartEmpty
    return found


def _check_on_sale(cart: Contents) -> None:
    """What was taken out of the shop is not sold any more, however long it was in a cart. Raises OutOfStock."""
    gone = {str(line.variant_id): 0 for line in cart.lines if not line.variant.product.is_public}
    if gone:
        raise inventory.OutOfStock(missing=gone)


def _ordered_before(cart: Cart) -> CartOrdered:
    order = Order.objects.filter(cart=cart).first()
    return CartOrdered(number=order.number, token=order.token) if order else CartOrdered()


def _check_total(priced: Quote, details: Details) -> None:
    total = priced.totals.total
    if details.expected_total and details.expected_total != str(total.amount):
        raise TotalChanged(total=total.json())


def _write_order(cart: Contents, priced: Quote, details: Details, user_id: int | None) -> Order:
    totals = priced.totals
    by_variant = {line.variant_id: line for line in cart.lines}
    lines = [_order_line(by_variant[item.item.variant_id], item) for item in totals.items]
    assert priced.chosen is not None  # noqa: S101 - quote() raises when the named method is not offered
    order = orders.create(
        lines=lines,
        cart_id=cart.pk,
        user_id=user_id,
        email=details.email,
        language=translation.get_language() or "en",
        currency=totals.total.currency,
        subtotal=totals.subtotal.amount,
        shipping_price=totals.shipping.amount,
        tax_total=totals.tax.amount,
        total=totals.total.amount,
        shipping_address=asdict(details.address),
        shipping_method=priced.chosen.method.code,
        shipping_method_name=priced.chosen.method.name,
        payment_method=details.payment_method,
    )
    notifications.queue(kind="order_placed", to=order.email, context=summary(order, lines), language=order.language)
    return order


def _order_line(line: Line, priced: PricedItem) -> OrderLine:
    variant = line.variant
    return OrderLine(
        variant_id=variant.pk,
        sku=variant.sku,
        title=variant.product.title,
        label=variant.label,
        product_slug=variant.product.slug,
        image_id=variant.picture.pk if variant.picture else None,
        quantity=line.quantity,
        unit_price=priced.item.unit_price.amount,
        total=priced.total.amount,
        tax_rate=priced.tax_rate,
        tax=priced.tax.amount,
    )
