"""One run per data directory: a lock that the kernel gives back however its holder ends."""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.local.errors import LaunchError


@contextmanager
def claimed(data: Path) -> Iterator[None]:
    """Hold the data directory. Raises LaunchError if another run does, or if nothing can be written there."""
    _make(data)
    path = data / "run" / "lock"
    with path.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.seek(0)
            holder = lock.read().strip() or "unknown"
            advice = "Stop it first, or run this one elsewhere: SHOP_DATA=.data2 PORT=8001 make run."
            raise LaunchError(f"A store already runs on {data} (process {holder}). {advice}") from error
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


def _make(data: Path) -> None:
    try:
        (data / "run").mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=data) as probe:
            probe.write(b"written")
    except OSError as error:
        reason = (error.strerror or "unknown").lower()
        raise LaunchError(
            f"The data directory {data} cannot be used: {reason}. Choose another: SHOP_DATA=/a/directory make run."
        ) from error
