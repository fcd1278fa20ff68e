"""`manage.py move media`: what it is asked and what it does."""

import argparse
from functools import partial
from pathlib import Path
from typing import TextIO

from django.core.exceptions import SuspiciousOperation
from django.core.files.storage import Storage

from shop.stateless.move import report
from shop.stateless.move.media import answer, places, probe, s3
from shop.stateless.move.media.carrying import Outcome, Survey, Way, each, refuse, survey
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
        "default: for each bridging storage its new one",
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
    ways = _ways(options)
    report.check(options.report)
    left = [_probed(options, target) for target in {places.identity(way.target): way.target for way in ways}.values()]
    surveys = [survey(way, partial(_is_at, way.target)) for way in ways]
    outcomes = [_worked(options, found, stream) for found in surveys]
    lines = [*answer.lines(options, surveys, outcomes), *filter(None, left)]
    stream.write("\n".join(lines) + "\n")
    report.write(options.report, answer.content(options, surveys, outcomes))
    return answer.code(outcomes)


def _ways(options: argparse.Namespace) -> list[Way]:
    named = places.target(options.target) if options.target else None
    alone = bool(options.source)
    ways = [Way(origin, places.goal(origin, named, alone=alone)) for origin in places.origins(options.source)]
    if len(ways) > 1:
        ways = [way for way in ways if not places.needs_nothing(way.origin, way.target)] or ways[:1]
    for way in ways:
        places.check(way.origin, way.target)
    if not alone:
        places.require_apart([(way.origin, way.target) for way in ways])
    for way in ways:
        for storage in (way.origin.storage, way.target):
            s3.spare_memory(storage)
            s3.share_connection(storage, options.workers)
    return ways


def _probed(options: argparse.Namespace, target: Storage) -> str:
    if options.dry_run or options.verify:
        probe.can_be_read(target)
        return ""
    return probe.can_be_written(target)


def _is_at(target: Storage, name: str) -> bool:
    """Tell whether the storage has it. A name that leads out of every storage is nowhere."""
    try:
        return target.exists(name)
    except SuspiciousOperation:
        return False


def _worked(options: argparse.Namespace, found: Survey, stream: TextIO) -> Outcome:
    copier, outcome = Copier(found.way.origin.storage, found.way.target, options.overwrite), Outcome()
    work = copier.count if options.dry_run else copier.compare if options.verify else copier.copy
    refuse(outcome, found.problems)
    with progress(f"Files of {found.way.origin.title}", len(found.names), stream) as shown:
        each(found.names, work, options.workers, outcome, shown.advance)
    return outcome
