"""How many queries a page costs does not depend on how much there is to sell."""

from collections.abc import Iterable

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shop.catalog import services as catalog
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
CART_BUDGETS = {"/cart/": 1, "/checkout/": 2, "/fragments/shopper/": 1}


def queries(client, address: str) -> int:
    cache.clear()
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def all_queries(client, addresses: Iterable[str]) -> dict[str, int]:
    return {address: queries(client, address) for address in addresses}


def over(costs: dict[str, int], budgets: dict[str, int]) -> dict[str, int]:
    return {address: cost for address, cost in costs.items() if cost > budgets[address]}


def test_a_page_costs_the_same_for_three_and_for_forty_products(client):
    category = catalog.category(["Tiles"])
    factories.product(slug="first", prices=("1.00", "2.00"), categories=(category,))
    for _ in range(2):
        factories.product(prices=("1.00", "2.00"), categories=(category,))
    few = all_queries(client, BUDGETS)
    assert not over(few, BUDGETS)
    for number in range(37):
        catalog.category(["Tiles", f"Kind {number}"])
        factories.product(prices=("1.00", "2.00", "3.00"), categories=(category,))
    assert all_queries(client, BUDGETS) == few


def test_a_cart_costs_the_same_with_one_line_and_with_thirty(client):
    factories.shipping()
    client.post("/cart/lines/", {"variant": factories.variant().pk})
    one = all_queries(client, CART_BUDGETS)
    assert not over(one, CART_BUDGETS)
    client.post("/cart/voucher/", {"code": factories.voucher().code})
    client.post("/cart/gift-card/", {"gift_code": factories.gift_card().code})
    assert all_queries(client, CART_BUDGETS) == one
    for _ in range(29):
        client.post("/cart/lines/", {"variant": factories.variant().pk})
    assert all_queries(client, CART_BUDGETS) == one


def test_an_order_page_costs_the_same_for_any_number_of_lines(client):
    def order_page(lines: int) -> str:
        cart = factories.open_cart(*(factories.variant() for _ in range(lines)))
        return place_order(
            cart_id=cart.public_id, key=f"key-{lines}", details=factories.details()
        ).order.get_absolute_url()

    factories.shipping()
    short, long = order_page(1), order_page(12)
    assert queries(client, short) == queries(client, long) <= 8
