"""What lists and pages read: in one statement each, from indexes, whatever the catalogue's size."""

import re

import pytest
from django.db import connection

from shop.catalog import cards, detail, listing
from shop.catalog.listing import Filters
from shop.catalog.models import Product
from tests import factories

pytestmark = pytest.mark.django_db
PRICES = "using product_cheapest |using product_dearest "  # one is the other read backwards
WALKS = {"newest": "using product_newest ", "price": PRICES, "-price": PRICES, "title": "using product_by_title "}


def plan(read) -> str:
    """Return the plan of the one statement that `read` runs, as if the tables were too large to be read whole."""
    run: list[tuple[str, dict[str, object]]] = []

    def noted(execute, sql, parameters, many, context):
        run.append((sql, parameters))
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(noted):
        assert read()
    ((statement, parameters),) = run
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute(f"EXPLAIN {statement}", parameters)
        return "\n".join(line for (line,) in cursor.fetchall())


@pytest.fixture
def star():
    factories.product("Petal")
    return factories.product("Star", slug="star", prices=("10", "20"))


@pytest.mark.parametrize(("sort", "index"), WALKS.items())
def test_a_walk_through_the_catalogue_follows_an_index(star, sort, index):
    first = listing.find(Filters(sort=sort), size=1)
    for cursor in (None, first.next):
        found = plan(lambda cursor=cursor: listing.find(Filters(sort=sort), size=1, cursor=cursor).rows)
        assert re.search(index, found)
        assert "Seq Scan" not in found


def test_chosen_cards_and_a_product_are_found_by_their_keys(star):
    # so many that reading all of any index, of the published alone too, is dearer than its own key
    Product.objects.bulk_create(Product(slug=f"tile-{number}", title="Tile", published=True) for number in range(500))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE catalog_product")  # whatever other tests left behind
    chosen = plan(lambda: cards.ranked([(star.pk, 0)], star.published_at))
    assert "using catalog_product_pkey" in chosen
    page = plan(lambda: detail.find("star"))
    assert "using catalog_product_slug" in page
    assert "Seq Scan" not in chosen + page
