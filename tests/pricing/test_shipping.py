"""Delivery methods: by country, and by weight or total."""

from decimal import Decimal

import pytest

from shop.money import Money
from shop.pricing import services as pricing
from shop.pricing.models import ShippingMethod, ShippingRate
from shop.pricing.shipping import Parcel
from tests import factories

pytestmark = pytest.mark.django_db


def prices(country: str = "DE", *, weight: int = 500, total: str = "20") -> dict[str, str]:
    parcel = Parcel(country, weight, Money(Decimal(total), "EUR"))
    return {offer.method.code: str(offer.price.amount) for offer in pricing.shipping_offers(parcel)}


def test_a_rate_that_names_the_country_beats_the_rest_of_the_world():
    factories.shipping("19.00")
    factories.shipping("4.90", countries=("DE", "AT"))
    assert prices("DE") == {"standard": "4.90"}
    assert prices("BR") == {"standard": "19.00"}


def test_a_method_that_does_not_go_there_is_not_offered():
    factories.shipping("4.90", countries=("DE",))
    assert prices("FR") == {}


def test_the_highest_step_that_is_reached_counts():
    method = factories.shipping("4.90")
    ShippingRate.objects.create(method=method, from_value=50, price=0)
    assert prices(total="49.99") == {"standard": "4.90"}
    assert prices(total="50") == {"standard": "0.00"}


def test_heavy_parcels_cost_more():
    method = ShippingMethod.objects.create(code="parcel", name="Parcel")
    for weight, price in ((0, 5), (5000, 9)):
        ShippingRate.objects.create(method=method, basis="weight", from_value=weight, price=price)
    assert prices(weight=4999) == {"parcel": "5.00"}
    assert prices(weight=5000) == {"parcel": "9.00"}


def test_a_method_that_is_switched_off_is_not_offered():
    factories.shipping()
    ShippingMethod.objects.update(active=False)
    assert prices() == {}


def test_the_number_of_queries_does_not_grow_with_the_methods(django_assert_num_queries):
    for code in ("a", "b", "c"):
        factories.shipping(code=code)
    with django_assert_num_queries(1):
        prices()
