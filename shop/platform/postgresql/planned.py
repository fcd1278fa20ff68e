"""Statements of the busiest requests: PostgreSQL plans each once for a connection, and not for every request.

Planning a join of seven tables costs more than running it. The results' types have to be those that the text names
(`title::text`, `price::numeric`): a migration that widens a column while pods keep their connections would else break
each with "cached plan must not change result type".
"""

from collections.abc import Mapping
from typing import Any, Self

import psycopg
from django.db import connection


class PlannedCursor(psycopg.Cursor[Any]):
    """Keeps the plan of whatever it runs; for texts that are the same in every request."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Self:
        return super().execute(query, params, **{**options, "prepare": True})


def rows(statement: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Run a statement, inside the caller's transaction if there is one, and return what it returns.

    Seen by all that watches Django's cursors: tests that count, logs, traces. Raises Django's database errors.
    """
    django: Any = connection
    django.ensure_connection()
    with django.wrap_database_errors:
        cursor = PlannedCursor(django.connection)
    with django._prepare_cursor(cursor) as watched:
        watched.execute(statement, parameters)
        found: list[tuple[Any, ...]] = watched.fetchall()
    return found
