import uuid

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from shop.checkout import services as checkout
from tests import factories
from tests.waiting import for_a_new_day


@pytest.fixture
def one_day():
    """All of a test is of one day; to be used by its mark, ahead of what else it needs."""
    for_a_new_day()


@pytest.fixture
def admin(db):
    """A browser with a superuser signed in."""
    return signed_in(factories.user("boss@example.com", is_staff=True, is_superuser=True))


@pytest.fixture
def viewer(db):
    """A browser with a member of staff signed in who may look at everything and change nothing."""
    user = factories.user("viewer@example.com", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    return signed_in(user)


@pytest.fixture
def order(db):
    """A function that places an order."""

    def place(email="ada@example.com", *, payment="bank_transfer", lines=1, voucher=None, gift_card=None, **fields):
        way = factories.shipping(code=f"way-{uuid.uuid4().hex[:8]}")
        variants = [factories.variant("12.00", **fields) for _number in range(lines)]
        details = factories.details(email, payment=payment, shipping_method=way.code)
        cart = factories.open_cart(*variants, voucher=voucher, gift_card=gift_card)
        return checkout.place_order(cart_id=cart.public_id, key=str(uuid.uuid4()), details=details).order

    return place


def signed_in(user):
    browser = Client()
    browser.force_login(user)
    return browser
