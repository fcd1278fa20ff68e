import contextlib
from collections.abc import Iterator
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection

from shop.platform import patience
from shop.stateless.startup import refuse_pod_local_state

LOCK = 4_207_000_001  # any number that only migrations use


class Command(BaseCommand):
    help = "Migrate under an advisory lock, so that two releases never migrate at once, and with a short lock time-out."

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_pod_local_state()
        with _alone():
            call_command("migrate", interactive=False, verbosity=options["verbosity"])


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    connection.wait_without_end()  # type: ignore[attr-defined]  # our backend's
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = 0; SET statement_timeout = 0")
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        cursor.execute(f"SET lock_timeout = '{patience.MIGRATION_LOCK:.0f}s'")
    try:
        yield
    finally:
        if connection.is_usable():  # with a lost connection the lock is gone too, and its error is to be seen
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
