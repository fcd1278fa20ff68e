"""The user that PostgreSQL runs as where the store is started by root: PostgreSQL refuses root."""

import fcntl
import os
import pwd
import stat
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.local.errors import LaunchError

PATIENCE = 20.0  # seconds: other programs add users too, and hold the lock of /etc/passwd meanwhile
AGAIN = 0.2  # seconds until the next try
ACCOUNTS = Path("/etc")


def admit(name: str, *paths: Path) -> None:
    """Make sure that the system user exists and can pass through to the paths."""
    ensure(name)
    for path in paths:
        path.mkdir(parents=True, exist_ok=True)
        for directory in (path, *path.parents):
            mode = directory.stat().st_mode
            if not mode & stat.S_IXOTH:
                directory.chmod(mode | stat.S_IXOTH)  # to pass through, not to list


def ensure(name: str) -> None:
    """Add the user unless it exists; one process of this machine at a time.

    Two at once would both be told that they added it, and the second would give it another id. Other programs add users
    as well and hold the lock of /etc/passwd meanwhile: a refusal is tried again. Raises LaunchError when it stays.
    """
    deadline = time.monotonic() + PATIENCE
    with _locked(ACCOUNTS):
        while not _exists(name) and (refusal := _add(name)):
            if time.monotonic() > deadline:
                sentence = "PostgreSQL does not run as root, and a user for it could not be added"
                raise LaunchError(f"{sentence}: run this as another user, or give DATABASE_URL.", [refusal])
            time.sleep(AGAIN)


@contextmanager
def _locked(directory: Path) -> Iterator[None]:
    """Hold the lock of the directory itself, so that no file has to be made for it. The kernel gives it back."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _exists(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def group_of(name: str) -> int:
    """Return the number of the user's group, whatever its name."""
    return pwd.getpwnam(name).pw_gid


def _add(name: str) -> str:
    """Return why it was refused, or nothing. Raises LaunchError where users cannot be added at all."""
    command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", name]
    try:
        result = subprocess.run(command, check=False, capture_output=True, text=True)
    except OSError as error:
        sentence = "PostgreSQL does not run as root, and there is no useradd to add a user for it"
        raise LaunchError(f"{sentence}: run this as another user, or give DATABASE_URL.", [str(error)]) from error
    return (result.stderr.strip() or f"useradd ended with {result.returncode}") if result.returncode else ""
