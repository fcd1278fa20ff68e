import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from shop.backoffice import fsck
from shop.platform.storage import StorageAway

BROKEN, NOT_CHECKED = 1, 2


class Command(BaseCommand):
    help = (
        "Check that the stored data agree: stock with its movements, orders with their lines, money, mails and carts. "
        "Reads only, at one moment of the database, while the shop is open. Exit code 0: every rule holds; 1: some "
        "are broken, each row is named; 2: it could not be checked."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="write JSON")
        parser.add_argument("--keep", action="store_true", help="show this result in the admin and to Prometheus")
        parser.add_argument("--storage", action="store_true", help="also ask S3 for the objects of each picture")
        parser.add_argument(
            "--repair", action="store_true", help="compute anew what is derived; anything else is for a person"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = _check(pictures=options["storage"], repair=options["repair"])
            if options["keep"]:
                fsck.keep(report)
        except DatabaseError as error:
            raise CommandError(f"The database could not be checked: {error}", returncode=NOT_CHECKED) from error
        except StorageAway as error:
            sentence = f"The bucket could not be checked: {error} Run it without --storage, or later."
            raise CommandError(sentence, returncode=NOT_CHECKED) from error
        if options["json"]:
            self.stdout.write(fsck.as_text(report))
        else:
            fsck.write_table(report, self.stdout)
        if report.broken:
            sys.exit(BROKEN)


def _check(*, pictures: bool, repair: bool) -> fsck.Report:
    """Show on a terminal how far each rule is."""
    bar = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    tasks: dict[str, TaskID] = {}
    with Progress(*bar, console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True) as progress:

        def tell(rule: str, done: int, total: int) -> None:
            if rule not in tasks:
                tasks[rule] = progress.add_task(rule, total=total)
            progress.update(tasks[rule], completed=done)

        return fsck.check(pictures=pictures, repair=repair, tell=tell)
