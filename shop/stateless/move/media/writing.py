"""Writing a file to a storage under exactly one name, whole or not at all."""

import os
import posixpath
import secrets
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.files.storage import FileSystemStorage, Storage


class Renamed(Exception):
    """The storage has chosen another name, which no row refers to."""


def refused(name: str) -> str:
    """Return why no storage can keep this name as it is; "" if one can."""
    if "\\" in name or posixpath.normpath(name) != name or name.startswith(("/", "../")) or name == "..":
        return "has a name that storages write in another way; rename it, also in its row"
    return ""


def write(storage: Storage, name: str, content: "File[Any]") -> None:
    """Write the file, over one of the same name if there is one. Raises Renamed, and what the storage raises.

    Storage.save() would look for a free name first; _save(), which every storage writes, takes the name it gets.
    """
    if isinstance(storage, FileSystemStorage):
        _write_file(storage, name, content)
        return
    given = _save(storage, name, content)
    if given != name:
        raise Renamed(f"the target has written it as {given}; let that storage keep names, and remove that file there")


def _write_file(storage: FileSystemStorage, name: str, content: "File[Any]") -> None:
    """Write under another name first: a process that dies meanwhile leaves no half file that looks like a whole one."""
    beside = f"{name}.{secrets.token_hex(6)}.part"
    try:
        written = _save(storage, beside, content)
        Path(storage.path(written)).replace(storage.path(name))
    except BaseException:
        if os.path.lexists(storage.path(beside)):
            storage.delete(beside)
        raise


def _save(storage: Any, name: str, content: "File[Any]") -> str:
    given: str = storage._save(name, content)
    return given
