import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from shop.platform.health import schema_is_here


class Command(BaseCommand):
    help = "Wait until the database has every migration of this release. Pods never migrate; they wait."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seconds", type=int, default=300, help="how long to wait at most (300)")

    def handle(self, *args: Any, **options: Any) -> None:
        deadline = time.monotonic() + options["seconds"]
        while not schema_is_here():
            if time.monotonic() > deadline:
                raise CommandError("The schema of this release is not there. Has the migrate Job run?")
            time.sleep(1)
