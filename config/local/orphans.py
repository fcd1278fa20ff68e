"""Processes that a run left behind, found by the mark in their environment.

PID files alone would not do: after a crash a number may belong to somebody else's process, and the children of a killed
process have no file.
"""

import signal
import time
from collections.abc import Iterable

import psutil  # type: ignore[import-untyped]

from config.local.process import MARK, PART

SERVICES = {"postgres", "redis", "s3", "sqs"}  # stopped after those who use them
FAST_SHUTDOWN = {"postgres": signal.SIGINT}  # PostgreSQL's TERM would wait for its clients
PATIENCE = 15.0  # seconds for the programs, and again for the services


def end(prefix: str, *, patience: float = PATIENCE) -> int:
    """Stop every process whose run's mark begins with `prefix`, users before services. Returns how many there were."""
    found = list(_marked(prefix))
    for is_service in (False, True):
        _end_all([(process, part) for process, part in found if (part in SERVICES) is is_service], patience)
    _end_all(list(_marked(prefix)), 0)  # what was started meanwhile
    return len(found)


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
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _send(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)  # psutil makes sure that the id was not given to another process
    except psutil.Error:
        return
