"""Work that one process at a time may do, on whichever pod, by PostgreSQL's advisory locks.

A lock belongs to the connection of whoever took it and ends with that, so a process that is killed leaves none behind.
A key is one number of 64 bits, or two of 32.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import connection

PAUSE = 1.0  # seconds between two attempts to take a lock that is held elsewhere


@contextmanager
def unless_held(*key: int) -> Iterator[bool]:
    """Hold a lock, or yield False if somebody else holds it."""
    taken = _call("pg_try_advisory_lock", key)
    try:
        yield taken
    finally:
        if taken:
            _release(key)


@contextmanager
def in_turn(*key: int) -> Iterator[None]:
    """Hold a lock, once nobody else does.

    Asked for again and again: a statement that waits is ended by its time-out. Nor could whoever holds the lock build
    an index CONCURRENTLY meanwhile: that waits for the end of every statement, so PostgreSQL would find a deadlock.
    """
    while not _call("pg_try_advisory_lock", key):
        time.sleep(PAUSE)
    try:
        yield
    finally:
        _release(key)


def _release(key: Sequence[int]) -> None:
    if connection.is_usable():  # otherwise the lock has ended with it, and the error of that is to be seen
        _call("pg_advisory_unlock", key)


def _call(function: str, key: Sequence[int]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}({', '.join(['%s'] * len(key))})", key)
        return bool(cursor.fetchone()[0])
