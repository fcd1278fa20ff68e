"""What may happen to an order, and what follows from it."""

import pytest

from shop.checkout.services import place_order
from shop.inventory.models import Stock
from shop.notifications.models import Mail
from shop.orders import services as orders
from shop.orders.models import Order
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def order() -> Order:
    factories.shipping()
    cart = factories.open_cart(factories.variant(stock=5), quantity=2)
    return place_order(cart_id=cart.public_id, key="k", details=factories.details()).order


def mails() -> list[str]:
    return list(Mail.objects.order_by("id").values_list("kind", flat=True))


def test_paid_then_shipped_each_told_once(order):
    for _ in range(2):
        orders.mark_paid(order_id=order.pk, actor="staff@example.com")
    for _ in range(2):
        orders.ship(order_id=order.pk)
    order.refresh_from_db()
    assert order.state == Order.State.SHIPPED
    assert order.paid_at < order.shipped_at
    assert mails() == ["order_placed", "order_paid", "order_shipped"]
    assert [event.state for event in order.events.all()] == ["placed", "paid", "shipped"]
    assert order.events.all()[1].actor == "staff@example.com"


def test_cancelling_returns_the_stock_once(order):
    for _ in range(2):
        orders.cancel(order_id=order.pk, note="changed my mind")
    assert Stock.objects.get().on_hand == 5
    assert mails() == ["order_placed", "order_cancelled"]


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ([], orders.ship),
        ([orders.cancel], orders.mark_paid),
        ([orders.cancel], orders.ship),
        ([orders.mark_paid, orders.ship], orders.cancel),
    ],
)
def test_what_is_not_allowed_is_refused_and_changes_nothing(order, first, then):
    for step in first:
        step(order_id=order.pk)
    before = Order.objects.values().get()
    with pytest.raises(orders.WrongState, match=order.number):
        then(order_id=order.pk)
    assert Order.objects.values().get() == before


def test_numbers_can_be_read_on_the_phone(order):
    assert len(order.number) == 9
    assert not set(order.number) & set("IO01")
    assert len(order.token) >= 24
