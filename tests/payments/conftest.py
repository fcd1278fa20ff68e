from collections.abc import Iterator

import pytest
from django.db import transaction

from shop.checkout.services import place_order
from shop.orders.models import Order
from shop.payments import services as payments
from shop.payments.models import Payment
from tests import factories
from tests.payments import cardholder


@pytest.fixture(autouse=True)
def _delivery_and_tax(request):
    if request.node.get_closest_marker("django_db"):
        request.getfixturevalue("transactional_db")
        factories.shipping()
        factories.tax()


@pytest.fixture
def provider(testpay) -> Iterator[str]:
    """The running provider, well behaved; its webhooks are held back until a test asks for them."""
    cardholder.webhooks(paused=True)
    yield testpay
    cardholder.webhooks(paused=True)
    cardholder.provider("POST", "/_test/outage", {})
    cardholder.provider("POST", "/_test/forget", {})
    cardholder.webhooks()


def ordered(method: str = "card") -> Order:
    """An order, placed but not paid."""
    mine = factories.open_cart(factories.variant("10.00"))
    return place_order(cart_id=mine.public_id, key=str(mine.public_id), details=factories.details(payment=method)).order


def begun(order: Order, shop: str = "http://testserver") -> Payment:
    """The order's card payment, announced to the provider."""
    assert not transaction.get_connection().in_atomic_block
    payment = payments.attempt(order_id=order.pk, method="card")
    return payments.begin(
        payment.pk,
        return_url=f"{shop}/orders/{order.token}/return/",
        webhook_url=f"{shop}/payments/card/webhook/",
    )


def state_of(order: Order) -> str:
    return Order.objects.get(pk=order.pk).state
