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
        except DatabaseError as error:
            reason = str(error).partition("\n")[0].rstrip(".")
            raise MoveError(f"The rows of {label} cannot be read: {reason}. Nothing was copied.") from error
    return found


def _rows(field: Any) -> Iterator[tuple[Any, str]]:
    """Also rows that the model's usual manager hides."""
    manager = field.model._base_manager.using(router.db_for_read(field.model))
    rows = manager.exclude(**{field.name: ""}).exclude(**{f"{field.name}__isnull": True})
    yield from rows.values_list("pk", field.name).iterator(chunk_size=2000)
