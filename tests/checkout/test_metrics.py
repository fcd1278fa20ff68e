"""What is counted of orders and payments: once each, when it is committed, and what was refused for want of stock."""

import uuid

import pytest
from django.db import transaction
from prometheus_client import REGISTRY

from shop.cart import services as carts
from shop.checkout.services import place_order
from shop.inventory.services import OutOfStock
from shop.payments import gift_cards
from shop.payments import services as payments
from shop.pricing.gift_cards import GiftCardEmpty, GiftCardUnknown
from shop.pricing.vouchers import VoucherUnknown, VoucherUsedUp
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _delivery_and_tax() -> None:
    factories.shipping()
    factories.tax()


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0


def test_an_order_counts_once_however_often_it_is_sent() -> None:
    before = counted("shop_orders_placed_total", payment_method="bank_transfer")
    cart, key = factories.open_cart(factories.variant()), str(uuid.uuid4())
    for _ in range(2):
        place_order(cart_id=cart.public_id, key=key, details=factories.details())
    assert counted("shop_orders_placed_total", payment_method="bank_transfer") == before + 1


def test_who_comes_second_to_the_last_piece_counts_as_a_conflict() -> None:
    last = factories.variant(stock=1)
    first, cart = factories.open_cart(last), factories.open_cart(last)
    place_order(cart_id=first.public_id, key=str(uuid.uuid4()), details=factories.details())
    orders = counted("shop_orders_placed_total", payment_method="bank_transfer")
    conflicts = counted("shop_stock_conflicts_total")
    with pytest.raises(OutOfStock):
        place_order(cart_id=cart.public_id, key=str(uuid.uuid4()), details=factories.details())
    assert counted("shop_stock_conflicts_total") == conflicts + 1
    assert counted("shop_orders_placed_total", payment_method="bank_transfer") == orders


def test_a_voucher_counts_when_its_use_is_committed_and_when_it_is_refused() -> None:
    def now() -> list[float]:
        refused = [counted("shop_vouchers_refused_total", reason=reason) for reason in ("used_up", "unknown")]
        return [counted("shop_vouchers_redeemed_total", kind="percent"), *refused]

    before, one = now(), factories.voucher(limit=1)
    first, late = (factories.open_cart(factories.variant(), voucher=one) for _ in range(2))
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        place_order(cart_id=first.public_id, key=str(uuid.uuid4()), details=factories.details())
        raise ZeroDivisionError
    place_order(cart_id=first.public_id, key=str(uuid.uuid4()), details=factories.details())
    with pytest.raises(VoucherUsedUp):
        place_order(cart_id=late.public_id, key=str(uuid.uuid4()), details=factories.details())
    with pytest.raises(VoucherUnknown):
        carts.redeem(cart=late, code="NOSUCH", network="192.0.2.1")
    assert now() == [count + 1 for count in before]


def test_a_gift_card_counts_when_it_has_paid_and_when_it_is_refused() -> None:
    def now() -> list[float]:
        refused = [counted("shop_gift_cards_refused_total", reason=reason) for reason in ("empty", "unknown")]
        paid = counted("shop_payments_total", method="gift_card", result="paid")
        return [counted("shop_gift_cards_issued_total"), paid, *refused]

    before, card = now(), factories.gift_card("24.80")
    first, late = (factories.open_cart(factories.variant("19.90"), gift_card=card) for _ in range(2))
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        place_order(cart_id=first.public_id, key=str(uuid.uuid4()), details=factories.details())
        raise ZeroDivisionError
    place_order(cart_id=first.public_id, key=str(uuid.uuid4()), details=factories.details())
    with pytest.raises(GiftCardEmpty):
        place_order(cart_id=late.public_id, key=str(uuid.uuid4()), details=factories.details())
    with pytest.raises(GiftCardUnknown):
        gift_cards.put_on(cart=late, code="NOSUCH", network="192.0.2.1")
    assert now() == [count + 1 for count in before]


def test_a_payment_counts_when_its_result_is_committed() -> None:
    facts = {"method": "bank_transfer", "result": "paid"}
    before = counted("shop_payments_total", **facts)
    cart = factories.open_cart(factories.variant())
    order = place_order(cart_id=cart.public_id, key=str(uuid.uuid4()), details=factories.details()).order
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        payments.receive(order_id=order.pk, actor="Grace")
        raise ZeroDivisionError
    assert counted("shop_payments_total", **facts) == before
    payments.receive(order_id=order.pk, actor="Grace")
    assert counted("shop_payments_total", **facts) == before + 1
