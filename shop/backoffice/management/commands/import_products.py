import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from shop.backoffice.importer import reader
from shop.backoffice.importer.fetch import Web
from shop.backoffice.importer.pictures import Directory, Source
from shop.backoffice.importer.report import Report
from shop.backoffice.importer.run import Import, Options

REJECTED = 1  # some rows were not imported
UNREADABLE = 2  # nothing was


class Command(BaseCommand):
    help = (
        "Import products from a Shopify product CSV. Products are known by handle, variants by SKU: importing a file "
        "again brings them up to date. Exit code 0: every row was imported; 1: some were rejected, the rest was "
        "imported; 2: the file cannot be read, nothing was imported. A picture that cannot be had is no rejection."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the CSV file, in UTF-8")
        parser.add_argument("--images", type=Path, metavar="DIR", help="take the pictures from here, by file name")
        parser.add_argument("--no-fetch", action="store_true", help="leave the pictures as they are; fetch none")
        parser.add_argument("--dry-run", action="store_true", help="change nothing, report the same")
        parser.add_argument(
            "--set-stock", action="store_true", help="also set the stock of variants that are here already"
        )
        parser.add_argument(
            "--rename-skus", action="store_true", help="give variants that share a SKU one each, instead of rejecting"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        flags = {name: options[name] for name in ("dry_run", "set_stock", "rename_skus")}
        wanted = Options(_source(options), **flags)
        try:
            report = _with_progress(options["file"], wanted)
        except reader.UnreadableFile as error:
            raise CommandError(str(error), returncode=UNREADABLE) from error
        except OperationalError as error:
            raise CommandError(f"The database went away: {error} What was imported stays; run this again.") from error
        report.write(self.stdout, dry_run=wanted.dry_run)
        if report.rejected:
            sys.exit(REJECTED)


def _source(options: dict[str, Any]) -> Source | None:
    directory = options["images"]
    if directory is not None:
        if not directory.is_dir():
            raise CommandError(f"{directory} is not a directory.", returncode=UNREADABLE)
        return Directory(directory)
    return None if options["no_fetch"] else Web()


def _with_progress(path: Path, options: Options) -> Report:
    found = reader.overview(path)
    bar = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*bar, console=Console(stderr=True), disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task(path.name, total=found.rows)
        return Import(path, options, lambda rows: progress.update(task, advance=rows)).run(found)
