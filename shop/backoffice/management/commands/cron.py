from typing import Any

from django.core.management.base import BaseCommand, CommandError

from shop.backoffice.cron import run_all


class Command(BaseCommand):
    help = "Run the housekeeping once. Meant for each minute; any number of pods may do so."

    def handle(self, *args: Any, **options: Any) -> None:
        failed = run_all()
        if failed:
            raise CommandError(f"Housekeeping failed: {', '.join(failed)}. The log says why.")
