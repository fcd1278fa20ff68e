"""What the store's processes wrote on their own disks: read from the disks, and from the files they hold open."""

import json
import os
import re
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil  # type: ignore[import-untyped, unused-ignore]

from prove.fleet import ProvedFleet

PAUSE = 0.5  # seconds between two looks at open files
MEMORY = ("/dev/", "/proc/", "/sys/", "/memfd:")  # no disk
# Celery's processes share memory through a file that has no name any more; in a pod it is on the memory volume.
SHARED_MEMORY = re.compile(r"/tmp/pymp-\w+(/pym-[\w-]+( \(deleted\))?)?$")
GUARD = "stateless.guard"  # its logger
WRITES = os.O_WRONLY | os.O_RDWR


@dataclass
class Disk:
    """The disks of a fleet: the copies of the code, each process's home and temporary directory.

    A file that was made and removed again shows in the time of its directory; not so in the temporary ones, where
    Python itself tries at its start whether it may write. `written`: {process: what it wrote}.
    """

    fleet: ProvedFleet
    written: dict[str, set[str]] = field(default_factory=dict)
    files: int = 0  # watched

    def begin(self) -> None:
        self._temporary = {str(self.fleet.disk(name) / "tmp") for name in self.fleet.names}
        self._before = self._state()
        self.files = len(self._before)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="disk", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Compare. Call it before the processes are killed for good."""
        self._ended.set()
        self._thread.join()
        after = self._state()
        for path in self._before.keys() | after.keys():
            if self._before.get(path) != after.get(path):
                self._note(self._owner(path), path)
        for name in self.fleet.names:
            for sentence in told_by_guard(self.fleet.processes[name].log):
                self._note(name, sentence)

    def _is_harmless(self, path: str) -> bool:
        return bool(SHARED_MEMORY.search(path)) or path in self._temporary

    def _state(self) -> dict[str, tuple[int, int]]:
        """Return {path: (time of its last change, bytes)} of all files and directories that are watched."""
        roots = {str(root) for root in self.fleet.code.values()} | {str(self.fleet.place.data / "disk")}
        found: dict[str, tuple[int, int]] = {}
        for root in roots:
            for directory, _names, files in os.walk(root):
                for path in (directory, *(os.path.join(directory, name) for name in files)):  # noqa: PTH118
                    status = os.lstat(path)
                    found[path] = (status.st_mtime_ns, status.st_size)
        return found

    def _owner(self, path: str) -> str:
        for name in self.fleet.names:
            if path.startswith(f"{self.fleet.disk(name)}/"):
                return name
        return "the code"

    def _watch(self) -> None:
        while not self._ended.wait(PAUSE):
            for name in self.fleet.names:
                process = self.fleet.processes[name]
                if process.running:
                    self._look(name, process.pid)

    def _look(self, name: str, pid: int) -> None:
        try:
            family = [pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))]
        except psutil.Error:
            return
        log = str(self.fleet.processes[name].log)
        for path in (path for member in family for path in open_for_writing(member)):
            if path != log and not path.startswith(MEMORY):
                self._note(name, path)

    def _note(self, name: str, path: str) -> None:
        if not self._is_harmless(path):
            self.written.setdefault(name, set()).add(path)


def told_by_guard(log: Path) -> list[str]:
    """Return what the store's own guard saw a request or a task write, as its log says it."""
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    told = []
    for line in lines:
        with suppress(ValueError):  # the last line of a process that was killed may be half of one
            entry = json.loads(line) if GUARD in line and line.startswith("{") else {}
            if entry.get("logger") == GUARD:
                told.append(str(entry["event"]).partition(". ")[0])
    return told


def open_for_writing(pid: int) -> list[str]:
    """Return the files that a process holds open and may write to; none where /proc is not there."""
    found = []
    try:
        for entry in os.scandir(f"/proc/{pid}/fd"):
            target = os.readlink(entry.path)  # noqa: PTH115
            if target.startswith("/") and _flags(pid, entry.name) & WRITES:
                found.append(target)
    except OSError:
        return found  # it has just ended
    return found


def _flags(pid: int, descriptor: str) -> int:
    for line in Path(f"/proc/{pid}/fdinfo/{descriptor}").read_text().splitlines():
        if line.startswith("flags:"):
            return int(line.split()[1], 8)
    return 0
