import argparse
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from shop.stateless import command


class Command(BaseCommand):
    help = command.ABOUT
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        command.add_options(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            code = command.run(argparse.Namespace(**options), self.stdout)  # type: ignore[arg-type]  # write() is all
        except OSError as error:
            raise CommandError(f"The report cannot be written: {error}", returncode=command.UNUSABLE) from error
        if code:
            sys.exit(code)
