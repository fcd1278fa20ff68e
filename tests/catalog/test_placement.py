"""A category's list is kept in its order by the database itself, whoever changes a product."""

import importlib
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from shop.catalog import placement
from shop.catalog import services as catalog
from shop.catalog.listing import Filters, find
from shop.catalog.models import Placement, Product
from tests import factories

pytestmark = pytest.mark.django_db


def titles(category) -> list[str]:
    return [card.title for card in find(Filters(category=category)).rows]


def test_each_way_to_change_a_product_is_seen_in_the_lists_of_its_categories():
    cushions, rugs = catalog.category(["Textiles", "Cushions"]), catalog.category(["Textiles", "Rugs"])
    first, second = (factories.product(title, categories=(cushions,)) for title in ("First", "Second"))
    assert titles(cushions) == titles(cushions.parent) == ["Second", "First"]
    second.categories.set([rugs])
    catalog.refresh([second.pk])
    assert (titles(cushions), titles(rugs)) == (["First"], ["Second"])
    assert titles(cushions.parent) == ["Second", "First"]
    Product.objects.filter(pk=second.pk).update(published_at=first.published_at - timedelta(hours=1))
    assert titles(cushions.parent) == ["First", "Second"]
    catalog.publish([first.pk], published=False)
    assert (titles(cushions), titles(cushions.parent)) == ([], ["Second"])
    second.delete()
    assert not Placement.objects.exists()


def test_what_is_published_by_time_is_in_the_list_from_then_on():
    cushions = catalog.category(["Cushions"])
    later = factories.product("Later", categories=(cushions,), published_at=timezone.now() + timedelta(days=1))
    assert titles(cushions) == []
    Product.objects.filter(pk=later.pk).update(published_at=timezone.now())
    assert titles(cushions) == ["Later"]


def test_pages_of_a_category_follow_each_other_both_ways():
    cushions = catalog.category(["Cushions"])
    for number in range(5):
        factories.product(f"No. {number}", categories=(cushions,))
    first = find(Filters(category=cushions), size=2)
    second = find(Filters(category=cushions), cursor=first.next, size=2)
    assert [card.title for card in (*first.rows, *second.rows)] == ["No. 4", "No. 3", "No. 2", "No. 1"]
    assert find(Filters(category=cushions), cursor=second.previous, size=2).rows == first.rows


def test_a_catalogue_that_was_there_before_is_placed_by_the_migration():
    cushions = catalog.category(["Textiles", "Cushions"])
    for number in range(3):
        factories.product(f"No. {number}", categories=(cushions,))
    factories.product("Hidden", categories=(cushions,), published=False)
    kept = set(Placement.objects.values_list())
    Placement.objects.filter(product_id__gt=Product.objects.earliest("pk").pk).delete()
    migration = importlib.import_module("shop.catalog.migrations.0006_placed")
    with connection.schema_editor() as editor:
        migration.place(None, editor)
    assert set(Placement.objects.values_list()) == kept
    assert len(kept) == 6


def test_what_was_misplaced_is_placed_anew():
    cushions = catalog.category(["Cushions"])
    lost, right = (factories.product(title, categories=(cushions,)) for title in ("Lost", "Right"))
    Placement.objects.filter(product_id=lost.pk).delete()
    Placement.objects.create(product_id=lost.pk, category_id=cushions.pk + 1, published_at=timezone.now())
    assert placement.misplaced(0, right.pk) == [(lost.pk, lost.slug)]
    placement.place([lost.pk])
    assert placement.misplaced(0, right.pk) == []
    assert set(titles(cushions)) == {"Lost", "Right"}
