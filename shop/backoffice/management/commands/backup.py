from argparse import ArgumentParser
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from shop.backoffice.status_line import StatusLine
from shop.platform import dump_bucket, dumps
from shop.platform.dumps import Unusable


class Command(BaseCommand):
    help = "Dump the database with pg_dump, to a file or into the private bucket (BACKUP_BUCKET)."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--file", type=Path, metavar="FILE", help="write it here, and nothing into the bucket")
        parser.add_argument("--directory", type=Path, metavar="DIR", help="room for the dump on its way to the bucket")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["file"] and not settings.BACKUP_BUCKET:
            raise CommandError("Say where to: give --file FILE, or name a bucket in BACKUP_BUCKET.")
        try:
            with StatusLine() as status:
                place = (
                    _to_file(options["file"], status) if options["file"] else _to_bucket(options["directory"], status)
                )
        except Unusable as error:
            raise CommandError(str(error), returncode=2) from error
        self.stdout.write(f"The dump is {place}.")


def _to_file(path: Path, status: StatusLine) -> str:
    return f"{path}, {_dump(path, status)}"


def _to_bucket(directory: Path | None, status: StatusLine) -> str:
    with TemporaryDirectory(dir=directory) as room:
        path = Path(room) / "store.dump"
        size = _dump(path, status)
        status.say(f"Putting {size} into the bucket")
        return f"s3://{settings.BACKUP_BUCKET}/{dump_bucket.keep(path)}, {size}"


def _dump(path: Path, status: StatusLine) -> str:
    """Return how large the dump is, in words."""
    status.say("Dumping the database")
    dumps.dump(path)
    return f"{path.stat().st_size} bytes"
