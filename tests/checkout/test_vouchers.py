"""An order with a voucher: what it takes off, who may use it how often, and that a use is given back."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from shop.cart.models import Cart
from shop.checkout.services import place_order
from shop.inventory.models import Stock
from shop.inventory.services import OutOfStock
from shop.orders.models import Order
from shop.payments import services as payments
from shop.pricing import redemptions
from shop.pricing.models import Redemption, Voucher
from shop.pricing.vouchers import VoucherEnded, VoucherMinimum, VoucherUsedByYou, VoucherUsedUp
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _delivery_and_tax():
    factories.shipping()
    factories.tax()


def ordered(cart: Cart, email: str = "ada@example.com", **details) -> Order:
    user = {"user_id": cart.user_id}
    facts = factories.details(email, **details)
    return place_order(cart_id=cart.public_id, key=str(cart.public_id), details=facts, **user).order


def cart_with(voucher: Voucher, price: str = "10.00", **more) -> Cart:
    return factories.open_cart(factories.variant(price), voucher=voucher, **more)


def used(voucher: Voucher) -> int:
    return Voucher.objects.get(pk=voucher.pk).used


def test_an_order_keeps_what_the_voucher_took_off_each_line():
    ten = factories.voucher("10", limit=3)
    lamp, rug = factories.variant("10.00"), factories.variant("25.50")
    order = ordered(factories.open_cart(lamp, rug, voucher=ten))
    assert (order.subtotal, order.shipping_price) == (Decimal("35.50"), Decimal("4.90"))
    assert (order.discount, order.total, order.voucher_code) == (Decimal("3.55"), Decimal("36.85"), ten.code)
    assert list(order.lines.values_list("total", "discount", "tax")) == [
        (Decimal("10.00"), Decimal("1.00"), Decimal("1.44")),
        (Decimal("25.50"), Decimal("2.55"), Decimal("3.66")),
    ]
    assert order.payments.get().amount == order.total
    redemption = Redemption.objects.get()
    assert (redemption.order, redemption.voucher, redemption.amount) == (order, ten, order.discount)
    assert used(ten) == 1


@pytest.mark.parametrize("method", ["bank_transfer", "card"])
def test_an_order_of_nothing_is_paid_at_once_and_no_provider_is_asked(settings, method):
    settings.CARD_PROVIDER_URL = "http://127.0.0.1:1"
    factories.shipping("0.00", code="pickup")
    mine = cart_with(factories.voucher("50", kind="amount"))
    order = ordered(mine, payment=method, shipping_method="pickup")
    assert (order.total, order.tax_total, order.state) == (0, 0, Order.State.PAID)
    assert not order.payments.exists()
    assert payments.cancel_order(order_id=order.pk).state == Order.State.CANCELLED
    assert Redemption.objects.get().released_at


def test_one_that_takes_nothing_off_stays_good_for_another_time():
    factories.shipping("0.00", code="pickup")
    free = factories.voucher("0", kind="free_delivery", limit=1)
    order = ordered(cart_with(free), shipping_method="pickup")
    assert (order.discount, order.voucher_code, used(free)) == (0, "", 0)
    assert ordered(cart_with(free)).discount == Decimal("4.90")


def test_one_without_a_limit_is_not_written_to():
    """Its row would be a queue for everybody who uses it."""
    ten = factories.voucher()
    before = Voucher.objects.values("used", "updated_at").get()
    for number in range(2):
        ordered(cart_with(ten), f"buyer{number}@example.com")
    assert Voucher.objects.values("used", "updated_at").get() == before
    assert Voucher.objects.with_uses().get().uses == 2


def test_beyond_its_limit_it_is_refused_and_the_cart_stays_open():
    ten = factories.voucher(limit=1)
    first, second = cart_with(ten), cart_with(ten)
    ordered(first)
    for _ in range(2):
        with pytest.raises(VoucherUsedUp):
            ordered(second, expected_total="13.90")
    second.refresh_from_db()
    assert (second.state, second.voucher, Order.objects.count(), used(ten)) == ("open", ten, 1, 1)
    assert ordered(second, expected_total="14.90").voucher_code == ""


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"min_subtotal": Decimal(20)}, VoucherMinimum),
        ({"ends_at": timezone.now() - timedelta(days=1)}, VoucherEnded),
    ],
)
def test_more_than_agreed_is_never_charged_because_a_voucher_does_not_apply(facts, refusal):
    ten = factories.voucher()
    mine = cart_with(ten)
    Voucher.objects.update(**facts)
    for agreed in ("", "13.90"):
        with pytest.raises(refusal):
            ordered(mine, expected_total=agreed)
    order = ordered(mine, expected_total="14.90")
    assert (order.discount, order.voucher_code, Redemption.objects.count()) == (0, "", 0)


def test_a_customer_uses_it_so_often_by_whatever_spelling_and_account():
    ten = factories.voucher(limit_per_customer=1)
    ada = factories.user("ada@example.com")
    ordered(cart_with(ten, user_id=ada.pk), "ada@work.example.com")
    refused = [
        lambda: ordered(cart_with(ten), "Ada@Work.example.com"),
        lambda: ordered(cart_with(ten, user_id=ada.pk), "ada@home.example.com"),
    ]
    for attempt in refused:
        with pytest.raises(VoucherUsedByYou):
            attempt()
    assert Cart.objects.filter(state="open").count() == 2
    assert ordered(cart_with(ten), "eve@example.com").voucher_code
    assert used(ten) == 2


def test_a_cancelled_order_gives_its_use_back_once():
    ten = factories.voucher(limit=2, limit_per_customer=1)
    order = ordered(cart_with(ten))
    ordered(cart_with(ten), "eve@example.com")
    for _ in range(2):
        payments.cancel_order(order_id=order.pk)
        redemptions.release(order.pk)
    assert used(ten) == 1
    assert Redemption.objects.get(order=order).released_at
    assert ordered(cart_with(ten)).voucher_code
    assert used(ten) == 2


def test_when_something_is_sold_out_no_use_is_taken():
    ten = factories.voucher(limit=1)
    mine = cart_with(ten)
    Stock.objects.update(on_hand=0)
    with pytest.raises(OutOfStock):
        ordered(mine)
    assert (used(ten), Redemption.objects.count()) == (0, 0)


@pytest.mark.parametrize(("facts", "more"), [({}, 1), ({"limit": 9}, 1), ({"limit_per_customer": 2}, 2)])
def test_a_voucher_costs_an_order_so_many_queries_however_many_lines(facts, more):
    ten = factories.voucher(**facts)
    for lines in (1, 12):
        mine = factories.open_cart(*(factories.variant() for _ in range(lines)), voucher=ten)
        with CaptureQueriesContext(connection) as captured:
            ordered(mine)
        assert len(captured) <= 14 + more
