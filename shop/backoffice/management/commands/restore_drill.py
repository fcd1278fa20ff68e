import json
import signal
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType
from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection

from shop.backoffice import drill
from shop.backoffice.drill import Drill
from shop.backoffice.status_line import StatusLine
from shop.platform import dump_bucket, dumps, inspections
from shop.platform.dumps import Unusable

BROKEN, UNUSABLE = 1, 2


class Command(BaseCommand):
    help = (
        "Restore a dump into a scratch database, check it with fsck, and drop it: the latest of BACKUP_BUCKET, --file, "
        "or else one made now. Tells how much would be lost (RPO) and how long it takes (RTO). Exit code 0: it is a "
        "store; 1: it breaks rules, each is named; 2: it cannot be restored or checked."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--file", type=Path, metavar="FILE", help="restore this dump")
        parser.add_argument("--directory", type=Path, metavar="DIR", help="room for a dump from the bucket")
        parser.add_argument("--storage", action="store_true", help="also ask S3 for the objects of its pictures")
        parser.add_argument("--json", action="store_true", help="write JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            inspections.begin(inspections.DRILL)
            with _ended_by_term(), TemporaryDirectory(dir=options["directory"]) as room, StatusLine() as status:
                path = options["file"] or _a_dump(Path(room), status)
                result = drill.run(path, pictures=options["storage"], say=status.say)
        except Unusable as error:
            raise _failed(str(error)) from error
        except psycopg.Error as error:
            raise _failed(f"The server for drills went away: {str(error).strip()}") from error
        except DatabaseError as error:
            raise _failed(f"The database went away during the drill: {str(error).strip()}") from error
        inspections.end(inspections.DRILL, summary=_verdict(result), broken=result.broken, report=result.json())
        self.stdout.write(json.dumps(result.json(), indent=2) if options["json"] else _sentences(result))
        if result.broken:
            sys.exit(BROKEN)


def _failed(sentence: str) -> CommandError:
    """Return what tells the operator; keep it for the others, unless the store's own database is what is away."""
    connection.close_if_unusable_or_obsolete()
    with suppress(DatabaseError):
        inspections.end(inspections.DRILL, summary=sentence, failed=True, report={})
    return CommandError(sentence, returncode=UNUSABLE)


def _a_dump(room: Path, status: StatusLine) -> Path:
    """The one that would be restored in earnest; without a bucket, a new one."""
    if settings.BACKUP_BUCKET:
        status.say("Fetching the latest dump from the bucket")
        return dump_bucket.fetch_latest(room)
    status.say("Dumping the database")
    path = room / "store.dump"
    dumps.dump(path)
    return path


@contextmanager
def _ended_by_term() -> Iterator[None]:
    """A pod that is stopped drops its scratch database before it goes."""

    def end(_signal: int, _frame: FrameType | None) -> None:
        raise SystemExit(128 + signal.SIGTERM)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _sentences(result: Drill) -> str:
    counts = ", ".join(f"{count} in {table}" for table, count in result.rows.items())
    lines = [
        f"Restored: {counts}.",
        f"RPO: the newest row is of {result.newest}, {result.rpo:.0f} s before this drill.",
        f"RTO: {result.rto:.1f} s to restore, migrate and check.",
        f"Outbox: sent and not done, so due again: {result.replayed} messages; due in all: {result.due}.",
    ]
    for rule in result.rules:
        lines += [f"Broken: {rule['rule']}"]
        lines += [f"  {row['subject']}: {row['text']}" for row in rule["violations"]]
    return "\n".join([*lines, _verdict(result)])


def _verdict(result: Drill) -> str:
    return f"Rows that break rules: {result.broken}." if result.broken else "The restored store keeps all rules."
