"""The file in which a move says what it has done, for a program or a ticket."""

import json
import os
from functools import partial
from pathlib import Path
from typing import IO, Any

from shop.stateless.move.problems import MoveError


def check(path: Path | None) -> None:
    """Raises MoveError before any work is done if the file could not be written after it."""
    if path is None:
        return
    try:
        private(path, "a").close()
    except OSError as error:
        raise MoveError(f"The report {path} cannot be written: {error.strerror}. Nothing was done.") from error


def write(path: Path | None, content: dict[str, Any]) -> None:
    """Write JSON; names that are no proper text are written with escapes. Raises MoveError if the disk is full."""
    if path is None:
        return
    try:
        with private(path, "w") as file:
            file.write(json.dumps(content, indent=2, ensure_ascii=True) + "\n")
    except OSError as error:
        raise MoveError(f"All the rest is done, but the report {path} cannot be written: {error.strerror}.") from error


def private(path: Path, mode: str) -> IO[Any]:
    """Open a file that only its owner may read if it is new: it names people's files, or holds what rows hold."""
    opened = partial(os.open, mode=0o600)
    return open(path, mode, newline="", encoding="utf-8", errors="backslashreplace", opener=opened)
