import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from shop.platform import asking, contract, outages_page


class Command(BaseCommand):
    help = "Show what everybody sees while a dependency is away, and how each one does now."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        forms = parser.add_mutually_exclusive_group()
        forms.add_argument("--json", action="store_true", help="as /readyz?verbose shows it")
        forms.add_argument("--markdown", action="store_true", help="the page docs/outages.md; asks nobody")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["markdown"]:
            self.stdout.write(outages_page.markdown(), ending="")
        elif options["json"]:
            self.stdout.write(json.dumps(asking.report(), indent=2, ensure_ascii=False))
        else:
            self._print_table()

    def _print_table(self) -> None:
        from rich.console import Console
        from rich.table import Table

        rows = contract.rows()
        states = asking.states(rows)
        table = Table("dependency", "now", "shopper", "phone", "longest wait", show_lines=True)
        for row in rows:
            table.add_row(row.title, states[row.name], row.shopper, row.phone, row.bound)
        Console(file=self.stdout).print(table)  # type: ignore[arg-type]  # write() is all
