"""All files of a storage."""

import os
from collections.abc import Iterator
from pathlib import Path

from django.core.files.storage import FileSystemStorage, Storage

LEADS_OUT = "is a symbolic link that leads out of the directory; put the file itself there, or remove the link"
LEADS_NOWHERE = "is a symbolic link to something that is not there; remove it"
NO_FILE = "is no regular file"

Entry = tuple[str, str]  # (name, why it cannot be carried; "" if it can)


def entries(storage: Storage) -> Iterator[Entry]:
    """Yield the names of all files, and of all that looks like one and cannot be carried."""
    if isinstance(storage, FileSystemStorage):
        root = Path(storage.location).resolve()
        yield from _beneath(root, root, "", (root,))
    else:
        yield from _listed(storage, "")


def _beneath(root: Path, directory: Path, prefix: str, way: tuple[Path, ...]) -> Iterator[Entry]:
    """`way`: the directories that led here, so that a link to one of them is not followed for ever."""
    try:
        found = sorted(os.scandir(directory), key=lambda entry: entry.name)
    except OSError as error:
        yield prefix.rstrip("/") or ".", f"cannot be listed: {error.strerror}"
        return
    for entry in found:
        real = Path(os.path.realpath(entry.path))
        problem = _problem(root, real, entry)
        if problem or not entry.is_dir():
            yield prefix + entry.name, problem
        elif real not in way:
            yield from _beneath(root, real, f"{prefix}{entry.name}/", (*way, real))


def _problem(root: Path, real: Path, entry: os.DirEntry[str]) -> str:
    if not real.is_relative_to(root):
        return LEADS_OUT
    if not real.exists():
        return LEADS_NOWHERE
    return "" if entry.is_dir() or entry.is_file() else NO_FILE


def _listed(storage: Storage, directory: str) -> Iterator[Entry]:
    directories, files = storage.listdir(directory)
    prefix = f"{directory}/" if directory else ""
    yield from ((prefix + name, "") for name in sorted(files))
    for name in sorted(directories):
        if name not in ("", "."):
            yield from _listed(storage, prefix + name)
