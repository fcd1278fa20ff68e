from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection

from shop.platform import patience
from shop.platform.postgresql import advisory
from shop.stateless.startup import refuse_pod_local_state

LOCK = 4_207_000_001  # any number that only migrations use


class Command(BaseCommand):
    help = "Migrate under an advisory lock, so that two releases never migrate at once, and with a short lock time-out."

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_pod_local_state()
        _allow_long_statements()
        with advisory.in_turn(LOCK):
            call_command("migrate", interactive=False, verbosity=options["verbosity"])


def _allow_long_statements() -> None:
    connection.wait_without_end()  # type: ignore[attr-defined]  # our backend's
    with connection.cursor() as cursor:
        cursor.execute(f"SET statement_timeout = 0; SET lock_timeout = '{patience.MIGRATION_LOCK:.0f}s'")
