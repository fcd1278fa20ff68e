"""Starts again what ends, with a growing pause, and runs the housekeeping every minute."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from config.local.errors import LaunchError
from config.local.process import Process

FIRST_PAUSE = 0.2  # seconds; doubled with each failure
LONGEST_PAUSE = 10.0
STEADY = 30.0  # seconds after which a process counts as healthy again


@dataclass
class Kept:
    """A process that is to run. `restore` brings back what it lost by ending; tried again if it raises LaunchError."""

    process: Process
    ready: Callable[[], bool] = lambda: True
    restore: Callable[[], None] = lambda: None
    failures: int = 0
    due_at: float | None = None  # time.monotonic() of the next start
    to_restore: bool = False

    def tick(self, tell: Callable[[str], None]) -> None:
        now = time.monotonic()
        if self.process.running:
            self._restore()
        elif self.due_at is None:
            self._plan(now, tell)
        elif now >= self.due_at:
            self.due_at = None
            self.process.start()
            self.to_restore = True

    def _plan(self, now: float, tell: Callable[[str], None]) -> None:
        steady = now - self.process.started_at > STEADY
        self.failures = 0 if steady else self.failures + 1
        pause = min(FIRST_PAUSE * 2**self.failures, LONGEST_PAUSE)
        self.due_at = now + pause
        tell(f"{self.process.name} ended ({_how(self.process.exit_code)}); it is started again in {pause:.1f} s")

    def _restore(self) -> None:
        if not (self.to_restore and self.ready()):
            return
        try:
            self.restore()
            self.to_restore = False
        except LaunchError:
            return


@dataclass
class Periodic:
    """A process that is started every `seconds`, unless the one before still runs."""

    process: Process
    seconds: float
    due_at: float = 0.0  # time.monotonic()

    def tick(self, tell: Callable[[str], None]) -> None:
        now = time.monotonic()
        if self.process.running:
            return
        if self.process.exit_code is not None and self.process.pid_file.exists():
            if self.process.exit_code:
                tell(f"{self.process.name} failed ({_how(self.process.exit_code)}); see {self.process.log}")
            self.process.bury()
        if now >= self.due_at:
            self.due_at = now + self.seconds
            self.process.start()


class Supervisor:
    """Looks after all of them, a few times a second."""

    def __init__(self, kept: list[Kept], periodic: list[Periodic], tell: Callable[[str], None]) -> None:
        self.jobs: list[Kept | Periodic] = [*kept, *periodic]
        self.tell = tell

    def tick(self) -> None:
        for job in self.jobs:
            job.tick(self.tell)

    def serve(self) -> None:
        """Until a signal handler raises."""
        while True:
            self.tick()
            time.sleep(0.2)


def _how(exit_code: int | None) -> str:
    return f"signal {-exit_code}" if exit_code is not None and exit_code < 0 else f"exit code {exit_code}"
