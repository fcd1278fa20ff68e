"""A page reads one moment of the database."""

import pytest
from django.db import InternalError

from shop.catalog.models import Product
from shop.platform.snapshot import snapshot
from tests import factories
from tests.at_once import other_connection

pytestmark = pytest.mark.django_db(transaction=True)


def rename_elsewhere(title: str) -> None:
    """Commit a change through another connection."""
    with other_connection() as other:
        other.execute("UPDATE catalog_product SET title = %s", [title])


def titles() -> list[str]:
    return list(Product.objects.values_list("title", flat=True))


def test_what_is_committed_meanwhile_is_seen_by_no_query_of_the_page():
    factories.product("Star")
    with snapshot():
        assert titles() == ["Star"]
        rename_elsewhere("Comet")
        assert titles() == ["Star"]
    assert titles() == ["Comet"]


def test_a_page_changes_nothing_and_others_on_its_connection_may():
    factories.product("Star")
    with pytest.raises(InternalError), snapshot():
        Product.objects.update(title="Comet")
    assert Product.objects.update(title="Comet") == 1
