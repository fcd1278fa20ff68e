"""How far a move has come: a bar on a terminal, a line now and then in a log."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

EVERY = 10.0  # seconds between two lines in a log


class Progress:
    """Counts steps of something of known size. `advance()` after each; safe to call from several threads."""

    def advance(self, steps: int = 1) -> None:
        raise NotImplementedError


@contextmanager
def progress(what: str, total: int, stream: TextIO) -> Iterator[Progress]:
    """Show the progress of `total` steps on `stream`: a bar if it is a terminal and rich is installed, else lines."""
    try:
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bars
    except ImportError:
        yield Lines(what, total, stream)
        return
    if not stream.isatty():
        yield Lines(what, total, stream)
        return
    from rich.console import Console

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bars(*columns, console=Console(file=stream)) as bars:
        yield Bar(bars, bars.add_task(what, total=total))


class Bar(Progress):
    def __init__(self, bars: object, task: object) -> None:
        self._bars, self._task = bars, task

    def advance(self, steps: int = 1) -> None:
        self._bars.advance(self._task, steps)  # type: ignore[attr-defined]  # rich, which may not be installed


class Lines(Progress):
    def __init__(self, what: str, total: int, stream: TextIO) -> None:
        self._what, self._total, self._stream = what, total, stream
        self._done = 0
        self._next = time.monotonic() + EVERY

    def advance(self, steps: int = 1) -> None:
        self._done += steps
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + EVERY
            self._stream.write(f"{self._what}: {self._done} of {self._total}\n")
