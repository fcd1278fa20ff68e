"""The file in which a move says what it has done, for a program or a ticket."""

import json
from pathlib import Path
from typing import Any

from shop.stateless.move.problems import MoveError


def check(path: Path | None) -> None:
    """Raises MoveError before any work is done if the file could not be written after it."""
    if path is None:
        return
    try:
        path.open("a").close()
    except OSError as error:
        raise MoveError(f"The report {path} cannot be written: {error.strerror}. Nothing was done.") from error


def write(path: Path | None, content: dict[str, Any]) -> None:
    """Write JSON; names that are no proper text are written with escapes. Raises MoveError if the disk is full."""
    if path is None:
        return
    try:
        path.write_text(json.dumps(content, indent=2, ensure_ascii=True) + "\n")
    except OSError as error:
        raise MoveError(f"All the rest is done, but the report {path} cannot be written: {error.strerror}.") from error
