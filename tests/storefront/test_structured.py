"""What a product's page says to search engines."""

import json
import re
from typing import Any

import pytest

from shop.catalog import services as catalog
from shop.inventory import services as inventory
from tests import factories

pytestmark = pytest.mark.django_db


def said(client, product) -> dict[str, Any]:
    page = client.get(product.get_absolute_url()).content.decode()
    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    found: dict[str, Any] = json.loads(text)
    return found


def test_one_price_is_an_offer(client, settings):
    product = factories.product("A </script><b>star</b>", slug="star", vendor="Søn & Co", body_html="<p>It shines.</p>")
    found = said(client, product)
    assert found["name"] == "A </script><b>star</b>"
    assert (found["brand"]["name"], found["description"]) == ("Søn & Co", "It shines.")
    assert found["sku"] == product.variants.get().sku
    assert found["offers"] == {
        "@type": "Offer",
        "url": f"{settings.PUBLIC_URL}/products/star/",
        "priceCurrency": "EUR",
        "availability": "https://schema.org/InStock",
        "price": "19.90",
    }


def test_several_prices_are_a_range_and_what_is_sold_out_says_so(client):
    product = factories.product(prices=("10", "30"))
    inventory.set_levels(dict.fromkeys(product.variants.values_list("pk", flat=True), 0))
    offers = said(client, product)["offers"]
    assert (offers["@type"], offers["offerCount"]) == ("AggregateOffer", 2)
    assert (offers["lowPrice"], offers["highPrice"]) == ("10.00", "30.00")
    assert offers["availability"] == "https://schema.org/OutOfStock"


def test_a_product_without_variants_offers_nothing(client):
    product = catalog.save(catalog.ProductData(slug="bare", title="Bare", variants=())).product
    assert "offers" not in said(client, product)
