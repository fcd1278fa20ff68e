"""The files that rows name."""

import posixpath
from collections.abc import Iterator
from typing import Any

from django.db import DatabaseError, router

from shop.stateless.move.problems import MoveError


def names(fields: list[Any]) -> dict[str, str]:
    """Return each name with the first row that has it. Raises MoveError if the rows cannot be read."""
    found: dict[str, str] = {}
    for field in fields:
        label = f"{field.model._meta.label}.{field.name}"
        try:
            for key, name in _rows(field):
                found.setdefault(posixpath.normpath(name), f"{label} of row {key}")
        except Exception as error:
            raise MoveError(f"The rows of {label} cannot be read: {_reason(error)}. Nothing was copied.") from error
    return found


def _reason(error: Exception) -> str:
    """Return what the database said, in a line: psycopg2 complains of the cursor that it closes after that."""
    said = error.__context__ if isinstance(error.__context__, DatabaseError) else error
    return str(said).partition("\n")[0].rstrip(".") or repr(said)


def _rows(field: Any) -> Iterator[tuple[Any, str]]:
    """Also rows that the model's usual manager hides."""
    manager = field.model._base_manager.using(router.db_for_read(field.model))
    rows = manager.exclude(**{field.name: ""}).exclude(**{f"{field.name}__isnull": True})
    yield from rows.values_list("pk", field.name).iterator(chunk_size=2000)
