"""Whether the target can be used, asked before the first file is touched."""

import secrets
import threading
from collections.abc import Callable
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import Storage

from shop.stateless.move.media import s3
from shop.stateless.move.media.content import digest
from shop.stateless.move.media.refusals import sentence
from shop.stateless.move.media.writing import write
from shop.stateless.move.problems import MoveError

PATIENCE = 30.0  # seconds
SILENT = f"The target does not answer within {PATIENCE:.0f} seconds. Look at its address and the network."


def can_be_read(storage: Storage, patience: float = PATIENCE) -> None:
    """Raises MoveError if the target cannot be asked for a file."""

    def attempt() -> None:
        storage.exists(_name())
        s3.ask_for_bucket(storage)

    _bounded(attempt, patience)


def can_be_written(storage: Storage, patience: float = PATIENCE) -> str:
    """Write a small file, read it back, remove it. Return a sentence if it has to stay. Raises MoveError."""
    name = _name()
    left = ""

    def attempt() -> None:
        nonlocal left
        storage.exists(name)
        write(storage, name, ContentFile(b"written by manage.py move media to see whether it can\n", name))
        try:
            digest(storage, name)
        finally:
            left = _remove(storage, name)

    _bounded(attempt, patience)
    return left


def _name() -> str:
    return f"move-media-probe-{secrets.token_hex(8)}.txt"


def _remove(storage: Storage, name: str) -> str:
    try:
        storage.delete(name)
    except Exception as error:  # noqa: BLE001 - a storage of others
        return f"The target can be written, but deleting {sentence(error)}: the file {name} stays there."
    return ""


def _bounded(work: Callable[[], Any], patience: float) -> None:
    """In a thread that is given up after a while: a storage's own patience may be many minutes."""
    errors: list[Exception] = []

    def guarded() -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 - a storage of others
            errors.append(error)

    thread = threading.Thread(target=guarded, daemon=True)
    thread.start()
    thread.join(patience)
    if thread.is_alive():
        raise MoveError(f"{SILENT} Nothing was copied.")
    if errors:
        raise MoveError(f"The target {sentence(errors[0])}. Nothing was copied.") from errors[0]
