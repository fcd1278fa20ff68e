"""Counts whose statement is written once: writing it takes longer than PostgreSQL needs to answer it."""

from collections.abc import Callable
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import QuerySet

# Must not depend on the user or the time: its statement is kept as long as the process lives
Rows = Callable[[], "QuerySet[Any]"]


def counted(*sources: Rows, most: int) -> list[int]:
    """Return how many rows each of them gives, each counted up to `most`. One statement."""
    if not sources:
        return []
    with connection.cursor() as cursor:
        cursor.execute(*_statement(sources, most))
        return list(cursor.fetchone())


@cache  # per-pod: texts of statements
def _statement(sources: tuple[Rows, ...], most: int) -> tuple[str, tuple[Any, ...]]:
    written = [rows().order_by().values("pk")[:most].query.sql_with_params() for rows in sources]
    counts = ", ".join(f"(SELECT count(*) FROM ({sql}) AS counted)" for sql, _parameters in written)  # noqa: S608 - by Django
    return f"SELECT {counts}", tuple(value for _sql, parameters in written for value in parameters)
