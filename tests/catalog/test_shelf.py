"""A category as it is, read by one statement, is what its parts are by themselves."""

from collections import Counter
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from shop.catalog import facets, listing, shelf, tally, tree
from shop.catalog import services as catalog
from shop.catalog.listing import Filters
from shop.catalog.models import Category, Tally
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def tiles() -> Category:
    tiles = catalog.category(["Floors", "Tiles"])
    catalog.category(["Lamps"])
    for number in range(5):
        factories.product(f"No. {number}", prices=("9", "30"), categories=(tiles,))
    return tiles


def test_it_is_what_its_parts_are(tiles):
    cursor = None
    for shown in (["No. 4", "No. 3"], ["No. 2", "No. 1"], ["No. 0"]):
        found = shelf.read(tiles.slug, cursor=cursor, size=2)
        assert found.categories == tree.read(described=tiles.slug)
        assert found.page == listing.find(Filters(category=tiles), cursor=cursor, size=2)
        assert found.counts == Counter(tally.counts(f"c:{tiles.pk}"))
        assert facets.of_kept(found.counts) == facets.facets(Filters(category=tiles))
        assert [card.title for card in found.page.rows] == shown
        cursor = found.page.next
    assert cursor is None


def test_what_it_cannot_tell_it_does_not(tiles):
    assert shelf.read(tiles.slug)
    assert shelf.read("lamps") is shelf.read("nowhere") is None
    later = factories.product("Later", published_at=timezone.now() + timedelta(days=1))
    assert shelf.read(tiles.slug) is None
    later.delete()
    Tally.objects.all().delete()
    assert shelf.read(tiles.slug) is None


def test_the_page_is_the_same_by_either_way(tiles, client):
    address = f"/categories/{tiles.slug}/"
    by_one = client.get(address).content.decode()
    factories.product("Later", published_at=timezone.now() + timedelta(days=1))
    cache.clear()
    assert client.get(address).content.decode() == by_one
    assert client.get("/categories/nowhere/").status_code == 404
