"""Write the catalogue into an empty, migrated database."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain

import psycopg
from psycopg import sql

from bench.catalogue import rows
from bench.catalogue.rows import Article, Row

EU = ["DE", "AT", "FR", "NL", "BE", "IT", "ES", "DK", "SE", "PL"]

COLUMNS = {
    "catalog_category": "id parent_id name slug description position",
    "catalog_product": (
        "id slug title body_html vendor product_type tags option_names attributes tax_class published published_at "
        "seo_title seo_description created_at updated_at min_price max_price compare_at_price facets keywords "
        "description"
    ),
    "catalog_product_categories": "product_id category_id",
    "catalog_variant": (
        "id product_id sku option_values price compare_at_price weight_g barcode position requires_shipping taxable"
    ),
    "inventory_stock": "variant_id on_hand tracked allow_backorder",
    "inventory_stockmovement": "variant_id change reason reference created_at",
    "platform_image": (
        "id sha256 key content_type size width height renditions fallback webp jpeg rendered_at created_at"
    ),
    "catalog_productimage": "product_id image_id position alt",
    "pricing_taxrate": "country tax_class rate",
    "pricing_shippingmethod": "id code name description position active",
    "pricing_shippingrate": "method_id countries basis from_value price",
}
METHODS: list[Row] = [
    (1, "standard", "Standard", "3 to 5 days", 1, True),
    (2, "express", "Express", "Tomorrow", 2, True),
]
RATES: list[Row] = [
    (1, EU, "total", 0, "4.90"),
    (1, EU, "total", 80, "0.00"),
    (1, [], "weight", 0, "14.90"),
    (2, EU, "total", 0, "12.90"),
]


def load(connection: psycopg.Connection[tuple[object, ...]], products: int) -> None:
    """Write `products` products with all that belongs to them, and what an order needs. Owns no transaction."""
    _copy(connection, "catalog_category", map(rows.category_row, rows.shelves()))
    _copy(connection, "catalog_product", map(rows.product_row, rows.articles(products)))
    _copy(connection, "catalog_product_categories", ((a.id, a.shelf.id) for a in rows.articles(products)))
    _copy(connection, "catalog_variant", _each(rows.variant_rows, products))
    _copy(connection, "inventory_stock", _each(rows.stock_rows, products))
    _copy(connection, "inventory_stockmovement", _each(rows.movement_rows, products))
    _copy(connection, "platform_image", _each(rows.image_rows, products))
    _copy(connection, "catalog_productimage", _each(rows.product_image_rows, products))
    _copy(connection, "pricing_taxrate", ((country, "standard", 19) for country in EU))
    _copy(connection, "pricing_shippingmethod", METHODS)
    _copy(connection, "pricing_shippingrate", RATES)


def _each(make: Callable[[Article], Iterator[Row]], products: int) -> Iterator[Row]:
    return chain.from_iterable(map(make, rows.articles(products)))


def _copy(connection: psycopg.Connection[tuple[object, ...]], table: str, lines: Iterable[Row]) -> None:
    columns = COLUMNS[table].split()
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor:
        with cursor.copy(statement) as copy:
            for line in lines:
                copy.write_row(line)
        if columns[0] == "id":  # given, so the next one has to be told
            highest = sql.SQL("SELECT setval(pg_get_serial_sequence({}, 'id'), max(id)) FROM {}")
            cursor.execute(highest.format(sql.Literal(table), sql.Identifier(table)))
