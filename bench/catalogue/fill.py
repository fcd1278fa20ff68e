"""Fill a migrated, empty database with a catalogue and orders of any size."""

import psycopg

from bench.catalogue.load import load
from bench.catalogue.multiply import multiply
from bench.catalogue.orders import load_orders
from bench.catalogue.rows import BASE

DONE = "bench_filled"  # a table that is there once all of it is


def fill(url: str, admin_url: str, *, products: int) -> None:
    """Write `products` products and as many orders. `url`: the store's own address, `admin_url`: a superuser's."""
    with psycopg.connect(url) as connection:
        load(connection, min(products, BASE))
    if products > BASE:
        multiply(admin_url, products)
    load_orders(admin_url, products, products=products)
    with psycopg.connect(admin_url) as connection:
        connection.execute(f"CREATE TABLE {DONE} ()")


def is_filled(admin_url: str) -> bool:
    with psycopg.connect(admin_url) as connection:
        row = connection.execute("SELECT to_regclass(%s)", [DONE]).fetchone()
    return row is not None and row[0] is not None
