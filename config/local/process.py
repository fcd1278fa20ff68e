"""One child process: started in a session of its own, with a PID file and a log file, and stopped in bounded time."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from config.local.errors import LaunchError
from config.local.system_user import group_of

PROJECT = Path(__file__).resolve().parent.parent.parent
MARK = "SHOP_RUN"  # environment of every child: which run it belongs to (config.local.orphans)
PART = "SHOP_PART"  # and its name there
LOG_LIMIT = 20 * 1024 * 1024  # bytes; a longer log is set aside when its process starts


@dataclass(frozen=True)
class Place:
    """Where a run keeps its files; `mark` names the run in the environment of its processes."""

    data: Path
    mark: str

    @property
    def run(self) -> Path:
        return self.data / "run"

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    def make(self) -> "Place":
        for directory in (self.data, self.run, self.logs):
            directory.mkdir(parents=True, exist_ok=True)
        return self


@dataclass(frozen=True)
class Program:
    """What to start, and in which directory.

    `patience`: seconds from `stop_signal` to SIGKILL. `user`: another user to run as (root only).
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    stop_signal: signal.Signals = signal.SIGTERM
    patience: float = 10
    user: str | None = None
    directory: Path = PROJECT


class Process:
    """A program that is run, again and again if need be."""

    def __init__(self, program: Program, place: Place) -> None:
        self.program = program
        self.name = program.name
        self.place = place
        self.log = place.logs / f"{program.name}.log"
        self.pid_file = place.run / f"{program.name}.pid"
        self.started_at = 0.0  # time.monotonic()
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process id of the last start. Raises LaunchError before the first."""
        if self._child is None:
            raise LaunchError(f"{self.name} was never started.")
        return self._child.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs; below zero: the signal that ended it."""
        return self._child.poll() if self._child else None

    @property
    def running(self) -> bool:
        return self._child is not None and self._child.poll() is None

    def start(self) -> None:
        self.bury()
        _rotate(self.log)
        user = self.program.user
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(
                list(self.program.command),
                env={**self.program.environment, MARK: self.place.mark, PART: self.name},
                cwd=self.program.directory,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches the supervisor only, which then stops all in order
                user=user,
                group=group_of(user) if user else None,
                extra_groups=[] if user else None,
            )
        self.started_at = time.monotonic()
        self.pid_file.write_text(f"{self._child.pid}\n")

    def ask_to_stop(self) -> None:
        self._signal(self.program.stop_signal)

    def kill(self) -> None:
        """End it and its children at once, as a pod's node that dies would."""
        self._signal_group(signal.SIGKILL)
        self.bury()

    def stop(self, *, patience: float | None = None) -> None:
        self.ask_to_stop()
        self.finish(patience=patience)

    def finish(self, *, patience: float | None = None) -> None:
        """Wait for the end of a process that was asked to stop; kill it when its patience is over."""
        if self._child is not None:
            try:
                self._child.wait(self.program.patience if patience is None else patience)
            except subprocess.TimeoutExpired:
                self._signal_group(signal.SIGKILL)
        self.bury()

    def bury(self) -> None:
        """Remove what an ended process left: children that hold its port, and the PID file."""
        if self._child is not None:
            self._signal_group(signal.SIGKILL)
            self._child.wait()
        self.pid_file.unlink(missing_ok=True)

    def tail(self, lines: int = 12) -> list[str]:
        """Return the last lines of the log that say something."""
        try:
            text = self.log.read_text(errors="replace")
        except OSError:
            return []
        return [line.rstrip() for line in text.splitlines() if line.strip()][-lines:]

    def wait_until(self, ready: Callable[[], bool], *, seconds: float, what: str) -> None:
        """Return once ready() is true. Raises LaunchError when the process ends before, or the time is up."""
        deadline = time.monotonic() + seconds
        while not ready():
            if not self.running:
                raise LaunchError(f"{what} did not start: it ended with exit code {self.exit_code}.", self.tail())
            if time.monotonic() > deadline:
                raise LaunchError(f"{what} did not start within {seconds:.0f} seconds.", self.tail())
            time.sleep(0.05)

    def _signal(self, number: signal.Signals) -> None:
        if self._child is not None:
            self._child.send_signal(number)  # does nothing once the child has ended

    def _signal_group(self, number: signal.Signals) -> None:
        if self._child is None:
            return
        try:
            os.killpg(self._child.pid, number)  # its session leader's id is the group's id
        except (ProcessLookupError, PermissionError):  # macOS answers EPERM for a group of zombies
            return


def python(*arguments: str) -> list[str]:
    """The command that runs this project's Python with the arguments."""
    return [sys.executable, *arguments]


def _rotate(log: Path) -> None:
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))
