"""The generated catalogue is one that the store itself could have written."""

import pytest
from django.db import connection
from django.db.models import Sum

from bench.catalogue import multiply, rows
from bench.catalogue.load import COLUMNS, load
from bench.catalogue.rows import Article
from shop.catalog import derive, placement, tally
from shop.catalog.listing import Filters, find
from shop.catalog.models import Category, Placement, Product, ProductImage, Tally, Variant
from shop.inventory.models import StockMovement
from shop.pricing.models import ShippingMethod

PRODUCTS = 120
PICTURED = {"key", "renditions", "fallback", "webp", "jpeg", "attributes"}  # copied as they are
MADE = {
    "catalog_product": lambda article: [rows.product_row(article)],
    "catalog_variant": rows.variant_rows,
    "inventory_stock": rows.stock_rows,
    "platform_image": rows.image_rows,
    "catalog_productimage": rows.product_image_rows,
}


def _named(row: rows.Row, table: str, names: list[str]) -> rows.Row:
    """The values of these columns, as the database gives them."""
    found = dict(zip(COLUMNS[table].split(), row, strict=True))
    return tuple(found[name] for name in names)


@pytest.fixture
def catalogue(db) -> None:
    connection.ensure_connection()
    load(connection.connection, PRODUCTS)


@pytest.mark.usefixtures("catalogue")
def test_each_product_has_three_variants_two_pictures_and_a_category():
    assert Product.objects.public().count() == PRODUCTS
    assert Variant.objects.count() == 3 * PRODUCTS
    assert ProductImage.objects.count() == 2 * PRODUCTS
    assert Product.objects.filter(categories=None).count() == 0
    assert Category.objects.filter(parent=None).count() == 8


@pytest.mark.usefixtures("catalogue")
def test_what_a_product_repeats_of_its_variants_is_what_the_store_would_derive():
    ancestors = derive.category_ancestors()
    for product in Product.objects.prefetch_related("variants", "categories").order_by("id")[:30]:
        written = [getattr(product, name) for name in derive.FIELDS]
        derive.fill(product, ancestors)
        assert [getattr(product, name) for name in derive.FIELDS] == written


@pytest.mark.usefixtures("catalogue")
def test_the_ledger_adds_up_to_the_stock():
    for variant in Variant.objects.select_related("stock").annotate(booked=Sum("movements__change"))[:60]:
        assert variant.stock.on_hand == (variant.booked or 0)
    assert StockMovement.objects.count() < 3 * PRODUCTS  # some are sold out


@pytest.mark.usefixtures("catalogue")
def test_the_store_finds_its_products_and_offers_a_delivery():
    article = Article(1)
    assert find(Filters(query=article.title)).rows[0].title == article.title
    assert ShippingMethod.objects.filter(code="standard", active=True).exists()


@pytest.mark.usefixtures("catalogue")
def test_rows_that_are_written_afterwards_get_numbers_of_their_own():
    assert Product.objects.create(title="One more", slug="one-more").pk == PRODUCTS + 1


def test_the_same_number_is_the_same_product_on_every_machine():
    assert Article(1).slug == "inky-lozenge-runners-1"
    assert Article(1).paragraphs == Article(1).paragraphs
    assert len({Article(number).title for number in range(1, 1001)}) > 950


def test_copies_are_the_rows_that_their_numbers_say(db, monkeypatch):
    monkeypatch.setattr(rows, "BASE", 40)
    monkeypatch.setattr(multiply, "BASE", 40)
    connection.ensure_connection()
    load(connection.connection, 40)
    with connection.cursor() as cursor:
        last = Tally.objects.latest("pk").pk
        for table in multiply.CHANGED:
            cursor.execute(multiply.COLUMNS, [table])
            cursor.execute(multiply._statement(table, cursor.fetchone()[0], 1, 2, 100))
        Tally.objects.filter(pk__gt=last).delete()  # a superuser's copies fire no trigger
        Placement.objects.filter(product_id__gt=40).delete()
        multiply._derive(connection.connection, 100)
        assert tally.difference() == {}
        assert placement.misplaced(0, 100) == []
        for table, made in MADE.items():
            owner = multiply.OWNER.get(table, "product_id").format(variants=rows.VARIANTS, pictures=rows.PICTURES)
            names = [name for name in COLUMNS[table].split() if name not in PICTURED]
            cursor.execute(f"SELECT {', '.join(names)} FROM {table} WHERE {owner} = 95 ORDER BY 1, 2, 3")
            assert cursor.fetchall() == sorted(_named(row, table, names) for row in made(Article(95)))
            cursor.execute(f"SELECT max({owner}) FROM {table}")
            assert cursor.fetchone()[0] > 95
