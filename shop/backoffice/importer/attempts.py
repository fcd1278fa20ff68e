"""Doing a transaction again: two imports, or an import and shoppers, may get in each other's way for a moment."""

import time
from collections.abc import Callable
from typing import TypeVar

from django.db import DatabaseError, DataError, connection

PAUSES = (0.2, 1.0, 3.0)  # seconds between two attempts
Result = TypeVar("Result")


def persist(do: Callable[[], Result], *refusals: type[Exception]) -> Result:
    """Return what `do` returns; after an error of the database, or one of `refusals`, try again a few times."""
    errors: tuple[type[Exception], ...] = (DatabaseError, *refusals)
    for pause in PAUSES:
        try:
            return do()
        except DataError:  # a value that the database will never take
            raise
        except errors:
            if not connection.in_atomic_block:
                connection.close_if_unusable_or_obsolete()
            time.sleep(pause)
    return do()
