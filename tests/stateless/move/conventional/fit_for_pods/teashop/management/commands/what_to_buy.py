from typing import Any

from django.core.management.base import BaseCommand

from teashop import tasks


class Command(BaseCommand):
    help = "What the beat did each night; now a cron job of the platform calls it."

    def handle(self, *args: Any, **options: Any) -> None:
        tasks.what_to_buy()
