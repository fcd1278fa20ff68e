from typing import Any

from django.core.management.base import BaseCommand

from shop.platform.relay import Relay


class Command(BaseCommand):
    help = "Send due outbox messages to SQS until told to stop."

    def handle(self, *args: Any, **options: Any) -> None:
        Relay().run()
