"""How many queries a page costs does not depend on how much there is to sell."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shop.catalog import services as catalog
from shop.catalog.models import Variant
from shop.checkout.services import place_order
from tests import factories

pytestmark = pytest.mark.django_db
BUDGETS = {
    "/": 3,
    "/products/": 3,
    "/products/?o=size:M": 5,
    "/categories/tiles/": 1,
    "/products/first/": 2,
    "/suggestions/?q=product": 4,
    "/information/": 2,
    "/information/terms/": 2,
}


def queries(client, address: str) -> int:
    cache.clear()
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize(("address", "budget"), BUDGETS.items())
def test_a_page_costs_the_same_for_three_and_for_forty_products(client, address, budget):
    category = catalog.category(["Tiles"])
    factories.product(slug="first", prices=("1.00", "2.00"), categories=(category,))
    for _ in range(2):
        factories.product(prices=("1.00", "2.00"), categories=(category,))
    few = queries(client, address)
    for number in range(37):
        catalog.category(["Tiles", f"Kind {number}"])
        factories.product(prices=("1.00", "2.00", "3.00"), categories=(category,))
    assert queries(client, address) == few <= budget


@pytest.mark.parametrize(("address", "budget"), {"/cart/": 1, "/checkout/": 2, "/fragments/shopper/": 1}.items())
def test_a_cart_costs_the_same_with_one_line_and_with_thirty(client, address, budget):
    factories.shipping()
    client.post("/cart/lines/", {"variant": factories.variant().pk})
    one = queries(client, address)
    for _ in range(29):
        factories.variant()
    for variant in Variant.objects.all():
        client.post("/cart/lines/", {"variant": variant.pk})
    assert queries(client, address) == one <= budget


def test_an_order_page_costs_the_same_for_any_number_of_lines(client):
    def order_page(lines: int) -> str:
        cart = factories.open_cart(*(factories.variant() for _ in range(lines)))
        return place_order(
            cart_id=cart.public_id, key=f"key-{lines}", details=factories.details()
        ).order.get_absolute_url()

    factories.shipping()
    short, long = order_page(1), order_page(12)
    assert queries(client, short) == queries(client, long) <= 8
