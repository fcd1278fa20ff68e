"""What an audit event means for the pod: names of files that come, change or go, and addresses."""

import fcntl
import mmap
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Args = tuple[Any, ...]
WRITING = os.O_WRONLY | os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_TRUNC
OPEN_FILES = "/proc/self/fd"


@dataclass(frozen=True, slots=True)
class Touch:
    """`target`: an absolute path, or an address. `creates`: the path names nothing yet.

    `moved_to`: where a renamed file goes.
    """

    action: str
    target: str
    creates: bool = False
    moved_to: str = ""


def _opened(args: Args) -> Iterator[Touch]:
    name, _mode, flags = args
    if isinstance(name, int) or not isinstance(flags, int) or not flags & WRITING:
        return
    path = absolute(name)
    exists = os.path.lexists(path)
    if (exists and _is_file(path)) or (not exists and flags & os.O_CREAT):
        yield Touch("opened for writing", path, creates=not exists)


def _is_file(path: str) -> bool:
    """Return False also for devices and pipes, which keep nothing, and for directories.

    These are opened for writing to make a file in them that never has a name (O_TMPFILE), gone when it is closed.
    """
    try:
        return stat.S_ISREG(os.stat(path).st_mode)  # noqa: PTH116 - pathlib would make an object for each event
    except OSError:
        return True  # a link that leads nowhere yet


def _made(args: Args) -> Iterator[Touch]:
    path = absolute(args[0], args[-1])
    if not os.path.lexists(path):
        yield Touch("made the directory", path, creates=True)


def _linked(args: Args) -> Iterator[Touch]:
    path = absolute(args[1], args[-1])
    if not os.path.lexists(path):
        yield Touch("made the link", path, creates=True)


def _renamed(args: Args) -> Iterator[Touch]:
    source, target, source_directory, target_directory = args
    path, moved_to = absolute(source, source_directory), absolute(target, target_directory)
    if os.path.lexists(path):
        yield Touch("renamed", path, creates=not os.path.lexists(moved_to), moved_to=moved_to)


def _removed(args: Args) -> Iterator[Touch]:
    path = absolute(args[0], args[1])
    if os.path.lexists(path):
        yield Touch("removed", path)


def _removed_directory(args: Args) -> Iterator[Touch]:
    path = absolute(args[0], args[1])
    if os.path.isdir(path) and not os.listdir(path):  # noqa: PTH112, PTH208 - otherwise it fails
        yield Touch("removed the directory", path)


def _changed(action: str) -> Callable[[Args], Iterator[Touch]]:
    def changed(args: Args) -> Iterator[Touch]:
        path = opened_path(args[0]) if isinstance(args[0], int) else absolute(args[0])
        if path and os.path.lexists(path):
            yield Touch(action, path)

    return changed


def _mapped(args: Args) -> Iterator[Touch]:
    number, _length, access, _offset = args
    if number < 0 or access in (mmap.ACCESS_READ, mmap.ACCESS_COPY):
        return
    path = opened_path(number)
    if path and fcntl.fcntl(number, fcntl.F_GETFL) & os.O_ACCMODE != os.O_RDONLY:
        yield Touch("mapped into memory for writing", path)


def _sqlite(args: Args) -> Iterator[Touch]:
    name = os.fsdecode(args[0])
    if name in ("", ":memory:") or (name.startswith("file:") and ("mode=memory" in name or "mode=ro" in name)):
        return
    path = absolute(name.removeprefix("file:").partition("?")[0] if name.startswith("file:") else name)
    yield Touch("opened the SQLite database", path, creates=not os.path.lexists(path))


def absolute(name: Any, directory: Any = -1) -> str:
    """Return the absolute path of an argument of an audit event; `directory`: an open one's number, or -1."""
    path = os.fsdecode(name)
    if isinstance(directory, int) and directory >= 0:
        path = os.path.join(opened_path(directory), path)  # noqa: PTH118
    return os.path.abspath(path)  # noqa: PTH100 - Path.absolute() keeps ".."


def opened_path(number: int) -> str:
    """Return the path of an open file; "" if it has none any more, or never had one."""
    try:
        path = os.readlink(f"{OPEN_FILES}/{number}")  # noqa: PTH115
    except OSError:
        return ""
    return path if path.startswith("/") and not path.endswith(" (deleted)") else ""


CONNECTS = "socket.connect"
FILES: dict[str, Callable[[Args], Iterator[Touch]]] = {
    "open": _opened,
    "os.mkdir": _made,
    "os.link": _linked,
    "os.symlink": _linked,
    "os.rename": _renamed,
    "os.remove": _removed,
    "os.rmdir": _removed_directory,
    "os.truncate": _changed("truncated"),
    "os.utime": _changed("changed the time of"),
    "mmap.__new__": _mapped,
    "sqlite3.connect": _sqlite,
}
