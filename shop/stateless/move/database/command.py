"""`manage.py move database`: its options, and its steps in their order."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from django.db import Error

from shop.stateless.move.database.connecting import first_line, offline_target, source_of, target_at
from shop.stateless.move.database.moving import Move
from shop.stateless.move.database.report import Output
from shop.stateless.move.problems import MoveError

ABOUT = (
    "Carry all rows of a SQLite or MySQL database to PostgreSQL. The source is only read. First everything is checked, "
    "then the target is migrated, filled table by table and compared. If it is cut off, run it again. "
    "Exit code 0: all rows are equal; 1: there are differences; 2: refused, a sentence says why."
)


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--to",
        default="",
        metavar="URL",
        help="postgresql://user@host:5432/name, or an alias of DATABASES; PGPASSWORD and ~/.pgpass work",
    )
    parser.add_argument("--from", dest="source", default="default", metavar="ALIAS", help="the source (default)")
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--dry-run", action="store_true", help="say how much there is and how long it takes")
    only.add_argument("--check", action="store_true", help="read every row and say what PostgreSQL would refuse")
    only.add_argument("--verify", action="store_true", help="compare all rows of source and target as they are now")
    parser.add_argument(
        "--on-bad-row",
        choices=["stop", "report"],
        default="stop",
        help="stop: move nothing while there are bad rows; report: name them, leave them out and move the others",
    )
    parser.add_argument("--bad-rows", type=Path, metavar="FILE", help="write all bad rows to this file, as CSV")
    parser.add_argument("--empty", action="store_true", help="delete all rows of this project at the target first")


def run(options: argparse.Namespace, stream: TextIO) -> int:
    """Return the exit code. Raises MoveError."""
    if not options.to and not (options.check or options.dry_run):
        raise MoveError("Say where the rows go: --to postgresql://user@host:5432/name.")
    try:
        with source_of(options.source) as source, _target(options) as target:
            return _chosen(
                Move(source, target, target.alias if options.to else options.source, Output(stream, options.bad_rows)),
                options,
            )
    except Error as error:
        raise MoveError(f"A database gave up: {first_line(error)}. Run the same command again to go on.") from error


@contextmanager
def _target(options: argparse.Namespace) -> Iterator[Any]:
    if options.to:
        with target_at(options.to, options.source) as target:
            yield target
    else:
        with offline_target() as target:
            yield target


def _chosen(move: Move, options: argparse.Namespace) -> int:
    move.require_source()
    if options.verify:
        return move.verify()
    if options.to:
        move.require_target(empty=options.empty)
    if options.dry_run:
        return move.estimate()
    if options.check:
        return move.check()
    move.estimate()
    return move.carry(leave_out=options.on_bad_row == "report", empty=options.empty)
