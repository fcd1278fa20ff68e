"""Empties the tables after a test that had transactions of its own.

Django truncates every table and lets each application make its content types and permissions again, which takes longer
than most of these tests. Here only rows that are there are deleted, and what no test changes is kept.
"""

from functools import cache
from typing import Any

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import OperationalError, connection, transaction
from django.test import TransactionTestCase

from shop.catalog import tally

KEPT = {model._meta.db_table for model in (ContentType, Permission)}
LARGE = 512 * 1024  # bytes, from which on a table is truncated: many rows, or the remains of many
HAS_ROWS = "SELECT {name}::regclass::text, pg_relation_size({name}::regclass) WHERE EXISTS (SELECT FROM {table})"
TRIES = 5


def quickly() -> None:
    """Let every test with transactions end with this from now on."""
    TransactionTestCase._fixture_teardown = _empty


def _empty(_case: Any) -> None:
    """Try again if PostgreSQL ends this rather than a worker that is still at work, as each waits for the other.

    Rows that stayed would be an IntegrityError in whichever test comes next.
    """
    for left in reversed(range(TRIES)):
        try:
            _empty_once()
            break
        except OperationalError:
            if not left:
                raise
    tally.count_first()


def _empty_once() -> None:
    """Wait for transactions of other processes, as truncating does: no row may come later. Raises OperationalError."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = 0")  # the store's own is shorter than a worker takes on a busy machine
        cursor.execute(f"LOCK TABLE {', '.join(_tables())} IN EXCLUSIVE MODE")
        cursor.execute(" UNION ALL ".join(HAS_ROWS.format(name=f"'{table}'", table=table) for table in _tables()))
        sizes = dict(cursor.fetchall())
        if any(size > LARGE for size in sizes.values()):
            cursor.execute(f"TRUNCATE {', '.join(sizes)} CASCADE")
        else:  # foreign keys are looked at when all of it is done; the tally comes after the products that it counts
            cursor.execute("".join(f"DELETE FROM {table};" for table in sizes))


@cache
def _tables() -> list[str]:
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return sorted(connection.ops.quote_name(name) for name in set(names) - KEPT)
