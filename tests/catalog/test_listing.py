"""Lists: what search finds, what filters leave, and that their counts tell the truth."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from shop.catalog import listing
from shop.catalog import services as catalog
from shop.catalog.facets import facets
from shop.catalog.listing import Filters
from tests import factories

pytestmark = pytest.mark.django_db


def found(**filters: object) -> list[str]:
    return [product.title for product in listing.find(Filters(**filters)).rows]


def test_search_finds_words_their_forms_and_their_beginnings():
    factories.product("Blue cushion Alba")
    factories.product("Tile Lisbon", vendor="Atelier Norte", tags=("kitchen",))
    assert found(query="cushions") == ["Blue cushion Alba"]
    assert found(query="blue cush") == ["Blue cushion Alba"]
    assert found(query="kitchen") == found(query="norte") == ["Tile Lisbon"]


@pytest.mark.parametrize("typed", ["cusion", "cushon", "cushionn"])
def test_search_forgives_typing_errors(typed):
    factories.product("Cushion Alba")
    factories.product("Tile Lisbon")
    assert found(query=typed) == ["Cushion Alba"]


@pytest.mark.parametrize("typed", ["'", "a & | !", "<script>", "%", "\\", "co:*", "«»", "x" * 300])
def test_search_survives_whatever_is_typed(typed):
    factories.product("Cushion Alba")
    found(query=typed)


def test_the_title_counts_more_than_the_description():
    factories.product("Rug", body_html="<p>Goes with a lamp.</p>")
    factories.product("Lamp")
    assert found(query="lamp") == ["Lamp", "Rug"]


def test_unpublished_and_future_products_are_not_listed():
    factories.product("Now")
    factories.product("Never", published=False)
    factories.product("Tomorrow", published_at=timezone.now() + timedelta(days=1))
    assert found() == ["Now"]


def test_a_category_holds_what_is_in_its_branches():
    textiles = catalog.category(["Textiles"])
    factories.product("Cushion", categories=(catalog.category(["Textiles", "Cushions"]),))
    factories.product("Tile")
    assert found(category=textiles) == ["Cushion"]


def test_values_of_one_option_widen_and_options_narrow():
    factories.product("Small and medium", prices=("1", "2"))
    factories.product("Up to large", prices=("1", "2", "3"))
    assert set(found(options=("size:S", "size:L"))) == {"Small and medium", "Up to large"}
    assert found(options=("size:L",)) == ["Up to large"]


def test_sorting_by_price():
    for price in ("20", "5", "10"):
        factories.product(price, prices=(price,))
    assert found(sort="price") == ["5", "10", "20"]
    assert found(sort="-price") == ["20", "10", "5"]


def test_each_count_is_what_its_filter_leaves():
    cushions = catalog.category(["Cushions"])
    factories.product("A", prices=("9", "55"), categories=(cushions,))
    factories.product("B", prices=("20",))
    factories.product("C", prices=("150", "160", "170"), categories=(cushions,))
    counts = facets(Filters())
    assert counts.categories == {cushions.pk: len(found(category=cushions))}
    for value in counts.options["size"]:
        assert value.products == len(found(options=(value.value,)))
    for each in counts.prices:
        least, most = (None if bound is None else Decimal(bound) for bound in (each.least, each.most))
        assert each.products == len(found(min_price=least, max_price=most))
    assert [(each.least, each.most) for each in counts.prices] == [
        (None, 10),
        (10, 20),
        (20, 50),
        (50, 100),
        (100, 200),
    ]


def test_the_number_of_queries_does_not_grow_with_the_catalogue(django_assert_num_queries):
    for _ in range(2):
        for _ in range(6):
            factories.product(prices=("5", "6"))
        with django_assert_num_queries(1):
            page = listing.find(Filters())
            assert all(product.available and product.on_sale is False for product in page.rows)
        with django_assert_num_queries(1):
            facets(Filters())
