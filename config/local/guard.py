"""A process that ends what a supervisor leaves behind when it is killed.

It reads a pipe whose other end only the supervisor holds: when that end closes, however the supervisor came to its end,
the processes of that run are stopped. Works from any thread on every Unix, which the kernel's death signal does not.
"""

import shutil
import signal
import subprocess
import sys
from pathlib import Path

from config.local import orphans
from config.local.process import PROJECT, Place, python


class Guard:
    """Started before the first child, dismissed after the last one."""

    def __init__(self, place: Place, *, remove: bool = False) -> None:
        """`remove`: the place is deleted at the end, for runs that keep nothing."""
        place.make()
        (place.run / orphans.CURRENT).write_text(place.mark)
        command = python("-m", "config.local.guard", place.mark, str(place.run), *(["remove"] if remove else []))
        self._process = subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, start_new_session=True)

    @property
    def pid(self) -> int:
        return self._process.pid

    def dismiss(self) -> None:
        """Return when nothing of the run is left."""
        if self._process.stdin:
            self._process.stdin.close()
        try:
            self._process.wait(3 * orphans.PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()


def main(mark: str, run: str, remove: str = "") -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    sys.stdin.buffer.read()
    orphans.end(mark, Path(run))
    if remove:
        shutil.rmtree(Path(run).parent, ignore_errors=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
