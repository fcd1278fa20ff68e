"""Two changes of the same rows at the same moment: the second begins before the first is committed, and has to wait.

The first holds its rows while the second begins, so that what the second saw then is outdated when its turn comes.
tests/fleet does the same with processes.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
from django.db import connection, transaction

from tests.waiting import patience

until = patience(60)
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"


def other_connection(**facts: Any) -> psycopg.Connection[Any]:
    """Connect to the tests' database as another process would; `facts` instead of this connection's own."""
    known = connection.get_connection_params()
    own = {name: known[name] for name in ("dbname", "user", "password", "host", "port") if known.get(name)}
    return psycopg.connect(**{**own, **facts})


def someone_waits() -> bool:
    """For this transaction. Not asked of pg_stat_activity, whose answer is the same during a transaction."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        return bool(cursor.fetchone()[0])


def nothing_more() -> None:
    return


def second(
    first: Callable[[], object],
    service: Callable[..., Any],
    *,
    then: Callable[[], object] = nothing_more,
    **wanted: Any,
) -> Any:
    """Return what `service` says that began before `first` was committed, and had to wait for it.

    `then`: what the first does besides, while the second waits.
    """

    def change() -> Any:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = 0")  # it waits as long as the first takes on a busy machine
            return service(**wanted)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        with transaction.atomic():
            first()
            waiting = thread.submit(change)
            until(someone_waits)
            then()
        return waiting.result(60)
