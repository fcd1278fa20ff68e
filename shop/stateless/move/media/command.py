"""`manage.py move media`: what it is asked and what it does."""

import argparse
from pathlib import Path
from typing import TextIO

from django.core.exceptions import SuspiciousOperation
from django.core.files.storage import Storage

from shop.stateless.move import report
from shop.stateless.move.media import answer, places, probe, s3
from shop.stateless.move.media.carrying import Outcome, Survey, each, refuse, survey
from shop.stateless.move.media.copying import Copier
from shop.stateless.move.problems import MoveError
from shop.stateless.move.progress import progress

ABOUT = (
    "Copy the files of every FileField, and all files beneath MEDIA_ROOT, to another storage under the same names. "
    "Nothing is removed at the source and no row changes. Each copy is compared with its file byte for byte. A second "
    "run copies what is missing. Exit code 0: every file is at the target, the same; 1: some are not, and a sentence "
    "says for each why; 2: nothing was done, and a sentence says why. Files without a row (orphans) are copied too; "
    "they and files that rows name but that are nowhere (missing) are listed and do not change the exit code."
)


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--to",
        dest="target",
        metavar="STORAGE",
        help="an alias of STORAGES, such as s3, or the dotted path of a storage class; "
        "default: the new one of the bridging storage",
    )
    parser.add_argument(
        "--from",
        dest="source",
        metavar="STORAGE",
        help="an alias of STORAGES, a directory, or a field such as shop.Product.photo, which stands for its storage; "
        "default: the default storage and those of all fields",
    )
    parser.add_argument(
        "--workers", type=int, default=8, metavar="N", help="files that are copied at the same time; default: 8"
    )
    parser.add_argument(
        "--overwrite", action="store_true", help="also replace files that are newer at the target and different"
    )
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--dry-run", action="store_true", help="count files and bytes, write nothing")
    mode.add_argument("--verify", action="store_true", help="write nothing, compare every file with its copy")
    parser.add_argument("--report", type=Path, metavar="FILE", help="write counts and names to this file as JSON")


def run(options: argparse.Namespace, stream: TextIO) -> int:
    """Return the exit code. Raises MoveError."""
    if options.workers < 1:
        raise MoveError(f"--workers {options.workers}: name at least one.")
    target, origins = places.target(options.target), places.origins(options.source)
    for storage in (target, *(origin.storage for origin in origins)):
        s3.spare_memory(storage)
        s3.share_connection(storage, options.workers)
    for origin in origins:
        places.check(origin, target)
    report.check(options.report)
    left = _probed(options, target)
    surveys = [survey(origin, lambda name: _is_at(target, name)) for origin in origins]
    outcomes = [_worked(options, found, target, stream) for found in surveys]
    lines = answer.lines(options, target, surveys, outcomes)
    stream.write("\n".join([*lines, left] if left else lines) + "\n")
    report.write(options.report, answer.content(options, target, surveys, outcomes))
    return answer.code(outcomes)


def _probed(options: argparse.Namespace, target: Storage) -> str:
    if options.dry_run or options.verify:
        probe.can_be_read(target)
        return ""
    return probe.can_be_written(target)


def _is_at(target: Storage, name: str) -> bool:
    """A name that leads out of every storage is nowhere."""
    try:
        return target.exists(name)
    except SuspiciousOperation:
        return False


def _worked(options: argparse.Namespace, found: Survey, target: Storage, stream: TextIO) -> Outcome:
    copier, outcome = Copier(found.origin.storage, target, options.overwrite), Outcome()
    work = copier.count if options.dry_run else copier.compare if options.verify else copier.copy
    refuse(outcome, found.problems)
    with progress(f"Files of {found.origin.title}", len(found.names), stream) as shown:
        each(found.names, work, options.workers, outcome, shown.advance)
    return outcome
