import json
from argparse import ArgumentParser, FileType
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from shop.errors import ShopError
from shop.privacy import restoring
from shop.privacy.erasure import BATCH, Rows
from shop.privacy.models import Erased


class Command(BaseCommand):
    help = (
        "After a dump was restored: erase again what had been erased since it was made. Reads the store's log, or what "
        "--list wrote, and what the restored database knows by itself. Repeating changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", nargs="*", type=FileType(), metavar="FILE", help="JSON, one a line; - reads what is sent"
        )
        parser.add_argument("--list", action="store_true", help="write what was erased instead: ids, nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["list"]:
            self._list()
            return
        try:
            count = restoring.repeat_all()
            for file in options["file"]:
                count += sum(map(restoring.repeat, _told(file)))
        except ShopError as error:
            raise CommandError(str(error.message)) from error
        self.stdout.write(f"Erased again: {count} rows.")

    def _list(self) -> None:
        for one in Erased.objects.order_by("pk").iterator(chunk_size=BATCH):
            self.stdout.write(json.dumps({"erased": {one.what: [one.row]}}))


def _told(lines: Iterable[str]) -> Iterable[Rows]:
    """Yield what lines of the log say was erased; others say nothing of it."""
    for line in lines:
        if '"erased"' not in line:
            continue
        try:
            said = json.loads(line[line.index("{") :])  # a collector may write its own words before it
        except ValueError:
            continue
        erased = said.get("erased")
        if isinstance(erased, dict):
            yield {what: list(map(int, rows)) for what, rows in erased.items() if what in Erased.What.values}
