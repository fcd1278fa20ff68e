"""Placing an order.

The one transaction in which cart, stock, order, payment and mail change together, or not at all.
"""

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from django.db import IntegrityError, OperationalError, transaction
from django.utils import translation
from psycopg import errors as pg

from shop.cart import named
from shop.cart import services as carts
from shop.cart.contents import Contents, Line
from shop.cart.models import Cart
from shop.checkout import keys, metrics
from shop.checkout.errors import Busy, CartEmpty, CartOrdered, ToPayChanged, TotalChanged
from shop.checkout.quote import Quote, quote
from shop.errors import ShopError
from shop.inventory import services as inventory
from shop.notifications import services as notifications
from shop.orders import services as orders
from shop.orders.models import Order, OrderEvent, OrderLine
from shop.orders.summary import summary
from shop.payments import metrics as payment_metrics
from shop.payments import services as payments
from shop.payments.models import GIFT_CARD, Payment
from shop.platform.postgresql.contention import CONTENTION
from shop.pricing import metrics as voucher_metrics
from shop.pricing import redemptions
from shop.pricing.gift_cards import CardTerms, GiftCardRefused
from shop.pricing.totals import PricedItem
from shop.pricing.vouchers import VoucherRefused, VoucherTerms

NUMBER_ONCE = "orders_order_number_key"  # PostgreSQL's name of the constraint


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

    def __post_init__(self) -> None:
        """Make each one line, or a stranger could write paragraphs into a mail that the shop sends to somebody else."""
        for each in fields(self):
            value = getattr(self, each.name)
            if not value.isprintable():
                object.__setattr__(self, each.name, " ".join(value.split()))


@dataclass(frozen=True)
class Details:
    """What a customer agreed to.

    `expected_total` is the total they saw, such as "19.90", and `expected_to_pay` what a gift card leaves of it. If one
    is empty, it is not compared.
    """

    email: str
    address: PostalAddress
    shipping_method: str
    payment_method: str
    expected_total: str = ""
    expected_to_pay: str = ""

    def for_key(self) -> dict[str, Any]:
        """Return what a repeated request must repeat. Pods of the release before do not know `expected_to_pay`."""
        return {name: value for name, value in asdict(self).items() if name != "expected_to_pay"}


@dataclass(frozen=True)
class Placed:
    """An order, and whether this call made it (False: an earlier call with the same key did).

    `lines`, `history`, `payment`: what this call wrote beside it; without a payment the order may have changed since.
    `gift_card`: what paid a part of it.
    """

    order: Order
    created: bool
    lines: Sequence[OrderLine] = ()
    history: Sequence[OrderEvent] = ()
    payment: Payment | None = None
    gift_card: CardTerms | None = None


def place_order(*, cart_id: uuid.UUID | str, key: str, details: Details, user_id: int | None = None) -> Placed:
    """Turn a cart into an order. However often and wherever it is called with one key, there is one order.

    `key` is the client's idempotency key; another user, or a guest with another cart, may use the same one. Owns its
    transaction and makes a constant number of queries. Raises CartEmpty, CartOrdered, NoSuchCart,
    KeyReused, NoSuchDelivery, OutOfStock, TotalChanged, ToPayChanged, VoucherRefused, GiftCardRefused, Busy, and
    payments' NoSuchMethod; nothing is changed then.
    """
    try:
        placed = _place(cart_id, key, details, user_id)
    except ShopError as refused:
        _count(refused)
        raise
    except (OperationalError, IntegrityError) as error:
        if _may_pass(error):
            raise Busy from error
        raise
    if placed.created:
        metrics.placed.labels(placed.order.payment_method).inc()
    return placed


def _count(refused: ShopError) -> None:
    if isinstance(refused, inventory.OutOfStock):
        metrics.conflicts.inc()
    elif isinstance(refused, VoucherRefused):
        voucher_metrics.refused.labels(refused.reason).inc()
    elif isinstance(refused, GiftCardRefused):
        payment_metrics.gift_cards_refused.labels(refused.reason).inc()


def _may_pass(error: OperationalError | IntegrityError) -> bool:
    """Tell whether another attempt may succeed: somebody held a row for too long, or the order number was taken."""
    cause = error.__cause__
    if isinstance(cause, pg.UniqueViolation):
        return cause.diag.constraint_name == NUMBER_ONCE
    return isinstance(cause, CONTENTION)


@transaction.atomic
def _place(cart_id: uuid.UUID | str, key: str, details: Details, user_id: int | None) -> Placed:
    claimed = keys.claim(key=key, cart_id=cart_id, details=details.for_key(), user_id=user_id)
    if claimed.order:
        return Placed(claimed.order, created=False)
    cart = _closed_cart(cart_id, user_id)
    _check_on_sale(cart)
    priced = quote(cart, country=details.address.country, method=details.shipping_method)
    _check_agreed(priced, details)
    written = _write_order(claimed.order_id, cart, priced, details, user_id)
    _confirm(written)
    # Gift card, voucher, stock: each stays locked until this transaction ends, and each is wanted by more orders than
    # the one before.
    payment = payments.create(order=written.order, method=details.payment_method, gift_card=cart.gift_card)
    if priced.redeemed:
        _redeem(priced.redeemed, written.order)
    inventory.take({line.variant_id: line.quantity for line in cart.lines}, reference=written.order.number)
    card = cart.gift_card if written.order.gift_card_amount else None
    return Placed(written.order, True, written.lines, [written.event], payment, card)


def _closed_cart(cart_id: uuid.UUID | str, user_id: int | None) -> Contents:
    """Take the cart for this order. Raises NoSuchCart, CartOrdered, CartEmpty."""
    cart = carts.close(named.reachable(cart_id, user_id))
    if cart is None:
        raise _not_open(cart_id, user_id)
    if not cart.lines:
        raise CartEmpty
    return cart


def _not_open(cart_id: uuid.UUID | str, user_id: int | None) -> ShopError:
    order = Order.objects.filter(cart__public_id=cart_id, cart__state=Cart.State.ORDERED).select_related("cart").first()
    if order is None or order.cart is None or order.cart.user_id not in (None, user_id):
        return carts.NoSuchCart()
    return CartOrdered(number=order.number, token=order.token)


def _check_on_sale(cart: Contents) -> None:
    """What was taken out of the shop is not sold any more, however long it was in a cart. Raises OutOfStock."""
    gone = {str(line.variant_id): 0 for line in cart.lines if not line.variant.product.is_public}
    if gone:
        raise inventory.OutOfStock(missing=gone)


def _check_agreed(priced: Quote, details: Details) -> None:
    """Raises TotalChanged, or why the voucher takes nothing off, unless the customer saw the total without it."""
    total = priced.totals.total
    if details.expected_total == str(total.amount):
        return _check_card(priced, details.expected_to_pay)
    if priced.voucher and priced.voucher.refusal:
        raise priced.voucher.refusal
    if details.expected_total:
        raise TotalChanged(total=total.json())
    return _check_card(priced, details.expected_to_pay)


def _check_card(priced: Quote, agreed: str) -> None:
    """Raises ToPayChanged, or why the gift card pays nothing, unless the customer agreed to pay it all another way."""
    if agreed == str(priced.to_pay.amount):
        return
    if priced.gift_card and priced.gift_card.refusal:
        raise priced.gift_card.refusal
    if agreed:
        raise ToPayChanged(to_pay=priced.to_pay.json())


def _redeem(voucher: VoucherTerms, order: Order) -> None:
    redemptions.redeem(
        voucher=voucher, order_id=order.pk, amount=order.discount, email=order.email, user_id=order.user_id
    )


def _write_order(order_id: int, cart: Contents, priced: Quote, details: Details, user_id: int | None) -> orders.Written:
    totals, chosen = priced.totals, priced.chosen
    assert chosen is not None  # noqa: S101 - quote() raises when the named method is not offered
    return orders.create(
        order_id=order_id,
        lines=[_order_line(line, item) for line, item in zip(cart.lines, totals.items, strict=True)],
        cart_id=cart.pk,
        user_id=user_id,
        email=details.email,
        language=translation.get_language() or "en",
        shipping_address=asdict(details.address),
        shipping_method=chosen.method.code,
        shipping_method_name=chosen.method.name,
        payment_method=details.payment_method if priced.to_pay or not totals.total else GIFT_CARD,
        **_amounts(priced),
    )


def _amounts(priced: Quote) -> dict[str, Any]:
    totals = priced.totals
    return {
        "currency": totals.total.currency,
        "subtotal": totals.subtotal.amount,
        "shipping_price": totals.shipping.amount,
        "discount": totals.discount.amount,
        "voucher_code": priced.redeemed.code if priced.redeemed else "",
        "tax_total": totals.tax.amount,
        "total": totals.total.amount,
        "gift_card_amount": (totals.total - priced.to_pay).amount,
    }


def _confirm(written: orders.Written) -> None:
    order = written.order
    facts = summary(order, written.lines)
    notifications.queue(kind="order_placed", to=order.email, context=facts, language=order.language)


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
        discount=priced.discount.amount,
        tax_rate=priced.tax_rate,
        tax=priced.tax.amount,
    )
