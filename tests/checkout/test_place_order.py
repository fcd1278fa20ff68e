"""Placing an order: everything in one transaction, once, for what the customer saw."""

import secrets
import uuid
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shop.cart import services as cart
from shop.cart.models import Cart
from shop.catalog.models import Product, Variant
from shop.checkout import errors, limits
from shop.checkout.models import IdempotencyKey
from shop.checkout.services import place_order
from shop.inventory.models import Stock, StockMovement
from shop.inventory.services import OutOfStock
from shop.notifications.models import Mail
from shop.orders.models import Order
from shop.payments.models import Payment
from shop.platform.models import OutboxMessage
from shop.platform.throttle import TooManyTries
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _delivery_and_tax():
    factories.shipping()
    factories.tax()


def test_an_order_takes_stock_and_leaves_a_payment_a_mail_and_a_closed_cart():
    lamp, rug = factories.variant("10.00"), factories.variant("25.50")
    mine = factories.open_cart(lamp, rug, quantity=2)
    order = place_order(cart_id=mine.public_id, key="k", details=factories.details()).order

    assert (order.subtotal, order.shipping_price, order.total) == (Decimal("71.00"), Decimal("4.90"), Decimal("75.90"))
    assert order.tax_total == Decimal("3.19") + Decimal("8.14") + Decimal("0.78")
    assert list(order.lines.values_list("sku", "quantity")) == [(lamp.sku, 2), (rug.sku, 2)]
    assert set(Stock.objects.values_list("on_hand", flat=True)) == {8}
    assert StockMovement.objects.filter(reference=order.number, change=-2).count() == 2
    assert Payment.objects.get().amount == order.total
    assert Mail.objects.get().to == "ada@example.com"
    assert OutboxMessage.objects.get().topic == "notifications.mail"
    assert Cart.objects.get().state == Cart.State.ORDERED


def test_the_same_key_and_details_give_the_same_order():
    mine = factories.open_cart(factories.variant())
    first, second = (place_order(cart_id=mine.public_id, key="k", details=factories.details()) for _ in range(2))
    assert first.order == second.order
    assert (first.created, second.created) == (True, False)
    assert Order.objects.count() == 1


def test_an_order_whose_number_is_taken_may_be_tried_again(monkeypatch):
    """Chance makes a number of this shop's twice once in 10¹², so it is made to."""
    monkeypatch.setattr(secrets, "choice", lambda letters: letters[0])
    place_order(cart_id=factories.open_cart(factories.variant()).public_id, key="k", details=factories.details())
    mine = factories.open_cart(factories.variant())
    with pytest.raises(errors.Busy):
        place_order(cart_id=mine.public_id, key="k", details=factories.details())
    monkeypatch.undo()
    assert place_order(cart_id=mine.public_id, key="k", details=factories.details()).created


def test_the_same_key_with_other_details_is_refused():
    mine = factories.open_cart(factories.variant())
    place_order(cart_id=mine.public_id, key="k", details=factories.details())
    with pytest.raises(errors.KeyReused):
        place_order(cart_id=mine.public_id, key="k", details=factories.details("eve@example.com"))


def test_the_same_key_of_two_users_or_two_guests_is_two_keys():
    for user_id in (factories.user().pk, factories.user().pk, None, None):
        mine = factories.open_cart(factories.variant(), user_id=user_id)
        place_order(cart_id=mine.public_id, key="1", details=factories.details(), user_id=user_id)
    assert Order.objects.count() == 4


def test_a_guests_key_is_found_by_pods_of_the_former_release_and_theirs_by_this_one():
    """They know one scope for all guests. A key that is taken there by another guest stays that guest's."""
    other, mine = (factories.open_cart(factories.variant()) for _ in range(2))
    details = factories.details()
    for one in (other, mine):
        place_order(cart_id=one.public_id, key="1", details=details)
    former = IdempotencyKey.objects.get(scope="guest", key="1")
    assert former.order.cart == other

    IdempotencyKey.objects.exclude(pk=former.pk).delete()
    again = place_order(cart_id=other.public_id, key="1", details=details)
    assert (again.order, again.created) == (former.order, False)
    with pytest.raises(errors.KeyReused):
        place_order(cart_id=other.public_id, key="1", details=factories.details("eve@example.com"))
    assert {key.order for key in IdempotencyKey.objects.all()} == {former.order}


def test_a_cart_is_ordered_once_even_with_another_key():
    mine = factories.open_cart(factories.variant())
    order = place_order(cart_id=mine.public_id, key="k1", details=factories.details()).order
    with pytest.raises(errors.CartOrdered) as refusal:
        place_order(cart_id=mine.public_id, key="k2", details=factories.details())
    assert refusal.value.details["number"] == order.number


def test_when_something_is_sold_out_nothing_changes_and_the_key_can_be_used_again():
    plenty, last = factories.variant(), factories.variant(stock=1)
    mine = factories.open_cart(plenty, last)
    Stock.objects.filter(variant=last).update(on_hand=0)
    with pytest.raises(OutOfStock) as refusal:
        place_order(cart_id=mine.public_id, key="k", details=factories.details())
    assert refusal.value.details == {"missing": {str(last.pk): 0}}
    assert not Order.objects.exists()
    assert not IdempotencyKey.objects.exists()
    assert Stock.objects.get(variant=plenty).on_hand == 10

    cart.change(cart=mine, line_id=mine.lines.get(variant=last).pk, quantity=0)
    assert place_order(cart_id=mine.public_id, key="k", details=factories.details()).created


def test_a_price_that_changed_after_it_was_seen_is_not_charged():
    lamp = factories.variant("10.00")
    mine = factories.open_cart(lamp)
    Variant.objects.update(price=Decimal("12.00"))
    with pytest.raises(errors.TotalChanged) as refusal:
        place_order(cart_id=mine.public_id, key="k", details=factories.details(expected_total="14.90"))
    assert refusal.value.details["total"] == {"amount": "16.90", "currency": "EUR"}
    assert not Order.objects.exists()


def test_an_empty_cart_is_refused():
    with pytest.raises(errors.CartEmpty):
        place_order(cart_id=cart.create().public_id, key="k", details=factories.details())


def test_an_unknown_cart_is_refused():
    with pytest.raises(cart.NoSuchCart):
        place_order(cart_id=uuid.uuid4(), key="k", details=factories.details())


def test_another_users_cart_is_refused():
    adas = factories.open_cart(factories.variant(), user_id=factories.user().pk)
    for stranger in (None, factories.user().pk):
        with pytest.raises(cart.NoSuchCart):
            place_order(cart_id=adas.public_id, key="k", details=factories.details(), user_id=stranger)


def test_a_delivery_that_is_not_offered_is_refused():
    mine = factories.open_cart(factories.variant())
    with pytest.raises(errors.NoSuchDelivery):
        place_order(cart_id=mine.public_id, key="k", details=factories.details(shipping_method="drone"))


def test_the_number_of_queries_does_not_grow_with_the_lines():
    counts = []
    for lines in (1, 12):
        mine = factories.open_cart(*(factories.variant() for _ in range(lines)))
        with CaptureQueriesContext(connection) as captured:
            place_order(cart_id=mine.public_id, key=f"k{lines}", details=factories.details())
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 14  # with BEGIN, COMMIT and the relays' wake-up


def test_what_was_taken_off_sale_is_not_sold_from_a_cart():
    lamp, rug = factories.variant(), factories.variant()
    mine = factories.open_cart(lamp, rug)
    Product.objects.filter(pk=rug.product_id).update(published=False)
    with pytest.raises(OutOfStock) as refusal:
        place_order(cart_id=mine.public_id, key="k", details=factories.details())
    assert refusal.value.details["missing"] == {str(rug.pk): 0}
    assert not Order.objects.exists()
    assert Stock.objects.get(variant=lamp).on_hand == 10


def test_a_network_has_only_so_many_orders(settings):
    settings.ORDERS_PER_NETWORK = 2
    for _ in range(2):
        limits.count_order("192.0.2.1")
    with pytest.raises(TooManyTries):
        limits.count_order("192.0.2.1")
    limits.count_order("192.0.2.2")
    settings.ORDERS_PER_NETWORK = 0
    limits.count_order("192.0.2.1")


def test_a_line_of_an_address_is_one_line():
    address = replace(factories.address(), name="Ada\n\nOur account has changed:\r\nDE00", city="Sankt  Peter")
    assert (address.name, address.city) == ("Ada Our account has changed: DE00", "Sankt  Peter")


def test_nobody_floods_a_mailbox_with_orders_of_guests_or_keeps_its_owner_from_ordering():
    for _ in range(limits.MAILBOX.times):
        limits.count_order("192.0.2.1", guest="ada@example.com")
    with pytest.raises(TooManyTries):
        limits.count_order("192.0.2.1", guest="Ada@example.com")
    limits.count_order("192.0.2.1")  # signed in
    limits.count_order("192.0.2.1", guest="eve@example.com")
    limits.count_order("198.51.100.1", guest="ada@example.com")  # herself, at home
