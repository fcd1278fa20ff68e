"""From ten thousand products to a million: copies under names of their own, made by PostgreSQL itself in minutes.

Product n is what rows.Article(n) says. Indexes are taken away and built again afterwards, and foreign keys are not
checked meanwhile: that takes a superuser.
"""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psycopg
from psycopg import sql

from bench.catalogue.rows import BASE, PICTURES, VARIANTS

Connection = psycopg.Connection[tuple[object, ...]]

# {shift}: how many products further on; what is not named is copied as it is
CHANGED = {
    "catalog_product": {
        "id": "id + {shift}",
        "slug": "left(slug, -length(id::text)) || (id + {shift})",
        "keywords": "replace(keywords, 'B' || lpad(id::text, 7, '0'), 'B' || lpad((id + {shift})::text, 7, '0'))",
        "published_at": "published_at - {shift} * interval '1 minute'",
        "created_at": "created_at - {shift} * interval '1 minute'",
        "updated_at": "updated_at - {shift} * interval '1 minute'",
    },
    "catalog_product_categories": {"product_id": "product_id + {shift}"},
    "catalog_variant": {
        "id": "id + {shift} * {variants}",
        "product_id": "product_id + {shift}",
        "sku": "'B' || lpad((product_id + {shift})::text, 7, '0') || right(sku, 2)",
    },
    "inventory_stock": {"variant_id": "variant_id + {shift} * {variants}"},
    "inventory_stockmovement": {"variant_id": "variant_id + {shift} * {variants}"},
    "platform_image": {
        "id": "id + {shift} * {pictures}",
        "sha256": "encode(sha256(('picture ' || (id + {shift} * {pictures}))::bytea), 'hex')",
    },
    "catalog_productimage": {
        "product_id": "product_id + {shift}",
        "image_id": "image_id + {shift} * {pictures}",
    },
}
# Which product a row belongs to, to end at the last that was asked for
OWNER = {
    "catalog_product": "id",
    "catalog_variant": "product_id",
    "platform_image": "(id - 1) / {pictures} + 1",
    "inventory_stock": "(variant_id - 1) / {variants} + 1",
    "inventory_stockmovement": "(variant_id - 1) / {variants} + 1",
}
BULK = "SET session_replication_role = replica; SET synchronous_commit = off; SET maintenance_work_mem = '1GB'"
# What the trigger of catalog_product would have counted: each of the first BASE as often as it was copied
TALLY = """
INSERT INTO catalog_tally (scope, key, n)
SELECT t.scope, t.key, sum((%(products)s - p.id) / %(base)s) FROM catalog_product AS p, LATERAL catalog_tallied(
    p.facets, p.min_price, p.max_price, concat_ws(' ', p.title, p.vendor, p.product_type, array_to_string(p.tags, ' '))
) AS t
WHERE p.id <= %(base)s GROUP BY 1, 2
"""
# What its other trigger would have placed
PLACE = """
INSERT INTO catalog_placement (product_id, category_id, published_at)
SELECT p.id, place.category_id, p.published_at FROM catalog_product AS p, LATERAL catalog_places(p.facets) AS place
WHERE p.id > %(base)s AND p.id <= %(products)s
"""
COLUMNS = """
SELECT array_agg(column_name::text ORDER BY ordinal_position) FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER'
"""
INDEXES = """
SELECT indexname, indexdef FROM pg_indexes
WHERE schemaname = 'public' AND tablename = ANY(%s) AND indexname NOT IN (SELECT conname FROM pg_constraint)
"""


def multiply(admin_url: str, products: int) -> None:
    """Bring the BASE products that are there to `products` in all."""
    tables, derived = list(CHANGED), ["catalog_placement"]
    with (
        psycopg.connect(admin_url, autocommit=True) as connection,
        without_indexes(connection, admin_url, tables + derived),
    ):
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(lambda part: _copy(admin_url, *part, products), _parts(products)))
        for table in tables:
            _count_on(connection, table)
        _derive(connection, products)


def _parts(products: int) -> list[tuple[str, int, int]]:
    """Return (table, first, last) factors of BASE; the products in pieces: their search text takes longest."""
    last = (products - 1) // BASE
    pieces = [("catalog_product", low, min(low + 9, last)) for low in range(1, last + 1, 10)]
    return pieces + [(table, 1, last) for table in CHANGED if table != "catalog_product"]


def _copy(admin_url: str, table: str, first: int, last: int, products: int) -> None:
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute(BULK)
        (columns,) = connection.execute(COLUMNS, [table]).fetchone() or ([],)
        connection.execute(_statement(table, columns, first, last, products))  # type: ignore[call-overload]


def _statement(table: str, columns: list[str], first: int, last: int, products: int) -> str:
    changed = CHANGED[table]
    owner = OWNER.get(table, "product_id")
    kept = [name for name in columns if name != "id" or "id" in changed]
    chosen = ", ".join(changed.get(name, name) for name in kept)
    text = (
        f"INSERT INTO {table} ({', '.join(kept)}) SELECT {chosen} FROM {table}, "
        f"generate_series({first}, {last}) AS factor WHERE {owner} <= {BASE} AND {owner} + {{shift}} <= {products}"
    )
    return text.format(shift=f"(factor * {BASE})", variants=VARIANTS, pictures=PICTURES)


@contextmanager
def without_indexes(connection: Connection, admin_url: str, tables: list[str]) -> Iterator[None]:
    """Take the indexes of tables away, and build them again: one index on each core at a time."""
    found = connection.execute(INDEXES, [tables]).fetchall()
    for name, _definition in found:
        connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(str(name))))
    yield
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(lambda index: _build(admin_url, str(index[1])), found))


def _build(admin_url: str, definition: str) -> None:
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute(BULK)
        connection.execute("SET max_parallel_maintenance_workers = 0")
        connection.execute(definition)  # type: ignore[call-overload]


def _count_on(connection: Connection, table: str) -> None:
    """Let the numbers of new rows follow those that were given."""
    if "id" in CHANGED[table]:
        statement = sql.SQL("SELECT setval(pg_get_serial_sequence({}, 'id'), max(id)) FROM {}")
        connection.execute(statement.format(sql.Literal(table), sql.Identifier(table)))


def _derive(connection: Connection, products: int) -> None:
    """Keep true what triggers keep: counts beside lists, and places in lists; an older commit lacks some of it."""
    for table, statement in (("catalog_tally", TALLY), ("catalog_placement", PLACE)):
        if connection.execute("SELECT to_regclass(%s)", [table]).fetchone() != (None,):
            connection.execute(statement, {"products": products, "base": BASE})
