import argparse
import sys
from importlib import import_module
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError, CommandParser

from shop.stateless.move.problems import MoveError

PARTS = {
    "sessions": "carry live sessions to another engine, so that nobody is logged out",
    "media": "carry uploaded files to another storage, such as S3",
    "database": "carry all rows of a database to PostgreSQL",
    "tasks": "show what has to change before Celery's work can go through SQS",
}
STOPPED = "Stopped. What is copied stays; run the same command again, and it goes on with the rest."


class Command(BaseCommand):
    """Each part is shop.stateless.move.<part>.command with ABOUT, add_options() and run(), which returns an exit code.

    Raises CommandError for a MoveError, and for Ctrl-C.
    """

    help = "Carry the state of this project to places that all pods share. The source is never changed."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parts = parser.add_subparsers(dest="part", required=True, metavar="PART")
        for name, text in PARTS.items():
            part = parts.add_parser(name, help=text, description=_command(name).ABOUT)
            _command(name).add_options(part)
            _add_djangos_options(part)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            code = _command(options["part"]).run(argparse.Namespace(**options), _plain(self.stdout))
        except MoveError as error:
            raise CommandError(str(error), returncode=2) from error
        except KeyboardInterrupt as error:
            raise CommandError(STOPPED, returncode=130) from error
        if code:
            sys.exit(code)


def _add_djangos_options(part: argparse.ArgumentParser) -> None:
    """Also take them after the name of the part, where people write them; argparse expects them before it."""
    unsaid = argparse.SUPPRESS  # what stands before the name is kept
    for option in ("--settings", "--pythonpath"):
        part.add_argument(option, default=unsaid, help=unsaid)
    for option in ("--traceback", "--no-color", "--force-color"):
        part.add_argument(option, action="store_true", default=unsaid, help=unsaid)
    part.add_argument("-v", "--verbosity", type=int, choices=range(4), default=unsaid, help=unsaid)


def _plain(stream: Any) -> TextIO:
    """Return what is below Django's wrapper, which would end each piece of a progress bar with a new line."""
    plain: TextIO = getattr(stream, "_out", stream)
    return plain


def _command(part: str) -> Any:
    return import_module(f"shop.stateless.move.{part}.command")
