"""Reads that see one moment of the database, however many queries they are."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from psycopg import IsolationLevel


@contextmanager
def snapshot() -> Iterator[None]:
    """Read within: a page is made of what was there before a commit or after it, never of both. Writing is refused.

    In a transaction of the caller's it is that transaction which decides what is seen. Raises OperationalError when
    the database is away.
    """
    if connection.in_atomic_block:
        yield
        return
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    server = connection.connection
    server.isolation_level, server.read_only = IsolationLevel.REPEATABLE_READ, True  # said with BEGIN
    try:
        with transaction.atomic():
            yield
    finally:
        if not server.closed:
            server.isolation_level, server.read_only = None, None
