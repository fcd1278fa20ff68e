"""The mail server is gone when an order is placed: the order stands, once, and its mail comes when the server does."""

import time
import uuid

import pytest

from shop.cart import services as cart
from shop.checkout.services import place_order
from shop.errors import ShopError
from shop.notifications.models import Mail
from shop.orders.models import Order
from tests import factories
from tests.fleet.test_delivery import all_done, staff, until
from tests.mailserver import mail_server

pytestmark = [
    pytest.mark.fleet,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("delivery_and_tax"),
]


def test_without_a_mail_server_the_order_stands_once_and_its_mail_follows():
    with mail_server() as server, staff(server):
        server.to_recipient = "421 closing down"
        full, key = factories.open_cart(factories.variant()), str(uuid.uuid4())
        order = place_order(cart_id=full.public_id, key=key, details=factories.details()).order
        until(lambda: Mail.objects.get().message.failures > 0)
        assert place_order(cart_id=full.public_id, key=key, details=factories.details()).order == order
        with pytest.raises(ShopError):
            place_order(cart_id=full.public_id, key=str(uuid.uuid4()), details=factories.details())
        with pytest.raises(ShopError):
            cart.add(cart=full, variant_id=factories.variant().pk, quantity=1)
        assert (Order.objects.get(), Mail.objects.get().state) == (order, "trying again")
        assert not server.mails
        server.to_recipient = ""
        until(all_done)
        time.sleep(0.5)
        assert server.ids() == [f"<mail-{Mail.objects.get().pk}@tessel.example>"]
