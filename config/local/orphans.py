"""Processes that a run left behind.

Found by the mark in their environment, as the children of a killed process have no PID file; and by the PID files, as a
server that writes its title into its own memory (redis) loses the mark. A PID file counts only for a process that is as
old as the file: after a crash the number may belong to somebody else's.
"""

import signal
import time
from collections.abc import Iterable
from pathlib import Path

import psutil  # type: ignore[import-untyped, unused-ignore]

from config.local.process import MARK, PART

SERVICES = {"postgres", "redis", "s3", "sqs", "testpay"}  # stopped after those who use them
FAST_SHUTDOWN = {"postgres": signal.SIGINT}  # PostgreSQL's TERM would wait for its clients
NOT_SWEPT = {"supervisor", "guard"}  # they end by themselves
CURRENT = "current"  # a file beside the PID files: the mark of the run that wrote them
SAME_AGE = 5.0  # seconds
PATIENCE = 15.0  # seconds for the programs, and again for the services


def end(prefix: str, run: Path, *, patience: float = PATIENCE) -> None:
    """Stop every process whose mark begins with `prefix`, users before services. `run`: the PID files' directory."""
    found = _found(prefix, run)
    for is_service in (False, True):
        _end_all([(process, part) for process, part in found if (part in SERVICES) is is_service], patience)
    _end_all(_found(prefix, run), 0)  # what was started meanwhile
    if _is_current(prefix, run):
        for path in run.glob("*.pid"):
            path.unlink(missing_ok=True)


def _found(prefix: str, run: Path) -> list[tuple[psutil.Process, str]]:
    return [*_marked(prefix), *(_filed(run) if _is_current(prefix, run) else ())]


def _is_current(prefix: str, run: Path) -> bool:
    """Whether the PID files are those of this run, and not of one that was started since."""
    try:
        return (run / CURRENT).read_text().startswith(prefix)
    except OSError:
        return False


def _filed(run: Path) -> Iterable[tuple[psutil.Process, str]]:
    for path in run.glob("*.pid"):
        try:
            process = psutil.Process(int(path.read_text()))
            same_age = abs(process.create_time() - path.stat().st_mtime) < SAME_AGE
        except (psutil.Error, OSError, ValueError):
            continue
        if same_age and path.stem not in NOT_SWEPT:
            yield process, path.stem


def _marked(prefix: str) -> Iterable[tuple[psutil.Process, str]]:
    for process in psutil.process_iter():
        try:
            environment = process.environ()
        except (psutil.Error, OSError):  # somebody else's, or gone
            continue
        if environment.get(MARK, "").startswith(prefix):
            yield process, environment.get(PART, "")


def _end_all(found: list[tuple[psutil.Process, str]], patience: float) -> None:
    for process, part in found:
        _send(process, FAST_SHUTDOWN.get(part, signal.SIGTERM) if patience else signal.SIGKILL)
    deadline = time.monotonic() + patience
    while any(_lives(process) for process, _ in found) and time.monotonic() < deadline:
        time.sleep(0.05)
    for process, _ in found:
        _send(process, signal.SIGKILL)


def _lives(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def _send(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)  # psutil makes sure that the id was not given to another process
    except psutil.Error:
        return
