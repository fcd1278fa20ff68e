"""The counts beside lists are kept by the database itself, whoever changes a product, and are read at once."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from shop.catalog import facets, search, tally
from shop.catalog import services as catalog
from shop.catalog.listing import Filters
from shop.catalog.models import Product, Tally
from tests import factories

pytestmark = pytest.mark.django_db


def counts(scope: str = "all") -> dict[str, int]:
    found = tally.counts(scope)
    assert found is not None
    return found


def test_each_way_to_change_a_product_is_counted():
    cushions = catalog.category(["Textiles", "Cushions"])
    scope = f"c:{cushions.pk}"
    rug, lamp = factories.product("Rug", prices=("9", "30"), categories=(cushions,)), factories.product("Lamp")
    assert counts(scope) == {"total": 1, scope: 1, f"c:{cushions.parent_id}": 1, "o:size:S": 1, "o:size:M": 1} | {
        "price:0": 1, "price:1": 1, "price:2": 1
    }  # fmt: skip
    catalog.publish([rug.pk, lamp.pk], published=False)
    assert counts() == counts(scope) == {}
    Product.objects.filter(pk=rug.pk).update(published=True, min_price=20)
    assert counts(scope)["total"] == 1
    assert "price:0" not in counts(scope)
    Product.objects.filter(pk=rug.pk).update(body_html="only words")
    rug.delete()
    assert counts() == {}
    assert tally.difference() == {}


def test_what_is_published_by_time_is_counted_from_then_on():
    factories.product("Tomorrow", published_at=timezone.now() + timedelta(days=1))
    factories.product("Now")
    assert counts()["total"] == facets.facets(Filters()).total == 1
    Product.objects.update(published_at=timezone.now())
    assert counts()["total"] == 2


def test_an_old_catalogue_is_counted_once_and_until_then_for_each_page():
    factories.product("Rug", prices=("9", "30"))
    kept = facets.facets(Filters())
    Tally.objects.all().delete()
    assert tally.counts("all") is None
    assert facets.facets(Filters()) == kept
    assert tally.count_first() > 0
    assert facets.facets(Filters()) == kept
    assert tally.count_first() == 0


def test_folding_leaves_one_row_of_each_count_and_changes_none():
    for title in ("Rug", "Rug", "Lamp"):
        factories.product(title)
    before = counts()
    assert tally.fold() > 0
    assert counts() == before
    assert not tally.difference()
    assert Tally.objects.filter(scope="all", key="total").count() == 1
    assert tally.fold() == 0


def test_the_price_ranges_are_those_of_the_lists():
    for price in ("10", "20", "49.99", "100", "500", "1000"):
        factories.product(prices=(price,))
    kept = facets.facets(Filters())
    Tally.objects.all().delete()
    assert facets.facets(Filters()) == kept


def test_a_long_list_is_estimated_from_a_part_of_it(monkeypatch):
    monkeypatch.setattr(facets, "COUNTS", facets.COUNTS.replace(f"LIMIT {facets.MOST}", "LIMIT 30"))
    monkeypatch.setattr(facets, "MOST", 30)
    monkeypatch.setattr(facets, "FEWEST", 10)
    Product.objects.bulk_create(
        Product(slug=f"p{n}", title=f"P{n}", min_price=5, max_price=30, facets=["o:size:S"]) for n in range(2_000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE catalog_product")
    found = facets.facets(Filters(max_price=Decimal(40)))
    assert 400 < found.total < 4_000
    assert found.options["size"][0].products == found.total
    assert found.total % 10 == 0


def test_a_mistyped_word_is_corrected_by_the_likest_that_products_have():
    cushion = factories.product("Cushion Alba")
    factories.product("Cube", tags=("handmade",))
    assert search.find("cusion hndmade xyzzy").words["query"] == "cushion or handmade or xyzzy"
    cushion.delete()
    assert search.find("cusion").words["query"] == "cusion"
