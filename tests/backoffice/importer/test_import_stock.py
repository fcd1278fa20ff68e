"""The stock that an import sets: by the file, and by what was sold since."""

import pytest
from django.db import connection

from shop.catalog.models import Variant
from shop.inventory import services as inventory
from tests.backoffice.importer.files import run, shirt, write

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("tracker", "quantity", "policy", "expected"),
    [
        ("shopify", "5", "deny", (5, True, False)),
        ("shopify", "-2", "continue", (-2, True, True)),
        ("shopify", "-2", "deny", (0, True, False)),
        ("", "1", "deny", (1, False, False)),
        ("shopify", "", "", (0, True, False)),
    ],
)
def test_stock_follows_tracker_quantity_and_policy(tmp_path, tracker, quantity, policy, expected):
    values = {"Variant_Inventory_Tracker": tracker, "Variant_Inventory_Policy": policy}
    run(write(tmp_path, shirt(qty=quantity, **values)))
    stock = Variant.objects.get().stock
    assert (stock.on_hand, stock.tracked, stock.allow_backorder) == expected


def test_what_was_sold_since_stays_sold_unless_the_stock_is_asked_for(tmp_path):
    file = write(tmp_path, shirt(qty="5", Variant_Inventory_Tracker="shopify"))
    run(file)
    variant = Variant.objects.get()
    inventory.take({variant.pk: 2}, reference="sold")
    run(file)
    variant.stock.refresh_from_db()
    assert variant.stock.on_hand == 3
    run(file, set_stock=True)
    variant.stock.refresh_from_db()
    assert variant.stock.on_hand == 5


def test_a_stock_that_is_owed_stays_on_back_order_and_the_report_says_so(tmp_path):
    tracked = {"Variant_Inventory_Tracker": "shopify"}
    run(
        write(
            tmp_path, shirt(qty="-3", Variant_Inventory_Policy="continue", **tracked), shirt("hat", qty="1", **tracked)
        )
    )
    file = write(tmp_path, shirt(Variant_Inventory_Policy="deny", **tracked), shirt("hat", qty="1"), shirt("new"))
    assert [note.line for note in run(file, dry_run=True).notes] == [2]
    assert Variant.objects.get(product__slug="hat").stock.tracked
    assert [note.line for note in run(file).notes] == [2]
    assert Variant.objects.get(product__slug="shirt").stock.allow_backorder
    assert not Variant.objects.get(product__slug="hat").stock.tracked


FAILS_ONCE = """
CREATE SEQUENCE tries;
CREATE FUNCTION fail_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF nextval('tries') = 1 THEN RAISE serialization_failure; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER fails_once BEFORE INSERT OR UPDATE ON inventory_stock FOR EACH ROW WHEN (NEW.on_hand = -4)
    EXECUTE FUNCTION fail_once();
"""


def test_what_is_done_again_is_reported_once(tmp_path):
    tracked = {"Variant_Inventory_Tracker": "shopify"}
    run(write(tmp_path, shirt(qty="-3", Variant_Inventory_Policy="continue", **tracked)))
    with connection.cursor() as cursor:
        cursor.execute(FAILS_ONCE)
    owed = shirt(Variant_Inventory_Policy="deny", **tracked)
    report = run(write(tmp_path, owed, shirt("hat", qty="-4", Variant_Inventory_Policy="continue", **tracked)))
    assert Variant.objects.get(product__slug="hat").stock.on_hand == -4
    assert [note.line for note in report.notes] == [2]


GONE_AT_ONCE = """
CREATE FUNCTION take_away() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    DELETE FROM catalog_variant WHERE sku = 'SKU-shirt';
    RETURN NULL;
END $$;
CREATE TRIGGER gone_at_once AFTER INSERT ON catalog_variant FOR EACH ROW WHEN (NEW.sku = 'SKU-hat')
    EXECUTE FUNCTION take_away();
"""


def test_variants_that_are_gone_when_their_stock_is_set_cost_the_others_nothing(tmp_path):
    """As when staff delete a product that an import has just saved."""
    with connection.cursor() as cursor:
        cursor.execute(GONE_AT_ONCE)
    report = run(write(tmp_path, shirt(qty="4"), shirt("hat", qty="3")))
    assert report.rejected == []
    assert list(Variant.objects.values_list("product__slug", "stock__on_hand")) == [("hat", 3)]
