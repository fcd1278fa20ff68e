"""The state of all dependencies now: asked side by side, in bounded time, whatever they do."""

import math
import threading
from collections.abc import Iterable
from time import monotonic
from typing import Any

from django.db import connection

from shop.platform import contract, patience
from shop.platform.contract import Dependency

RECENT = 1.0  # seconds for which an answer is good enough for the next one who asks
OLD = 10.0  # seconds after which it is worth waiting for a new one


class _Question:
    """One dependency is asked, in a thread of its own: a name server that is silent cannot be given a time-out."""

    def __init__(self, row: Dependency) -> None:
        self.row = row
        self.answer = f"no answer in {patience.PROBE:g} s"
        self.thread = threading.Thread(target=self._ask, daemon=True)  # per-pod: what it hears is for who waits now
        self.thread.start()

    def _ask(self) -> None:
        try:
            self.answer = self.row.ask()
        except Exception as error:  # noqa: BLE001 - any failure is the answer
            self.answer = type(error).__name__  # its text may name accounts and addresses
        finally:
            connection.close()


_open: dict[str, _Question] = {}
_lock = threading.Lock()


def states(rows: Iterable[Dependency]) -> dict[str, str]:
    """Return "ok" or what is wrong for each name, within patience.PROBE seconds."""
    deadline = monotonic() + patience.PROBE
    questions = [_question(row) for row in rows]
    for question in questions:
        question.thread.join(max(0.0, deadline - monotonic()))
    return {question.row.name: question.answer for question in questions}


def _question(row: Dependency) -> _Question:
    """Ask, or wait with those who already do, so that a dependency that hangs holds one thread only."""
    with _lock:
        if row.name not in _open or not _open[row.name].thread.is_alive():
            _open[row.name] = _Question(row)  # per-pod: what this process is asking right now
        return _open[row.name]


class _Last:
    """What was heard last, and when."""

    report: dict[str, dict[str, Any]] = {}  # per-pod: what this process has heard
    moment = -math.inf  # per-pod: a monotonic clock's
    lock = threading.Lock()


def recent() -> dict[str, dict[str, Any]]:
    """Return report() as it was a moment ago: anybody may ask, and each report() opens connections.

    Who comes while somebody asks is told what was heard before, unless that is old: it must not cost all threads.
    """
    if _Last.lock.acquire(blocking=monotonic() > _Last.moment + OLD):
        try:
            if monotonic() > _Last.moment + RECENT:
                _Last.report, _Last.moment = report(), monotonic()  # per-pod: see above
        finally:
            _Last.lock.release()
    return _Last.report


def report() -> dict[str, dict[str, Any]]:
    """Return the contract with each dependency's state, by its name, ready for JSON."""
    rows = contract.rows()
    found = states(rows)
    return {row.name: {"state": found[row.name], **row.as_json()} for row in rows}
