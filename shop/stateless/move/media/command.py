"""`manage.py move media`: what it is asked and what it answers."""

import argparse
from pathlib import Path
from typing import TextIO

from shop.stateless.move.problems import MoveError

ABOUT = (
    "Copy the files of every FileField, and all files beneath MEDIA_ROOT, to another storage under the same names. "
    "Nothing is removed at the source, and no row changes. Each copy is read back and compared. A second run copies "
    "what is missing. Exit code 0: every file is there, the same; 1: some are not, and the list says which and why; "
    "2: nothing was done, and a sentence says why."
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
        help="an alias, a directory, or a field such as shop.Product.photo; default: all",
    )
    parser.add_argument(
        "--workers", type=int, default=8, metavar="N", help="copy that many files at the same time; default: 8"
    )
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--dry-run", action="store_true", help="count files and bytes, write nothing")
    mode.add_argument("--verify", action="store_true", help="write nothing, compare every file with its copy")
    parser.add_argument("--report", type=Path, metavar="FILE", help="write counts and all names to this file as JSON")


def run(options: argparse.Namespace, stream: TextIO) -> int:
    """Return the exit code. Raises MoveError."""
    raise MoveError("This part is not ready.")
