"""The audit hook. Python calls it for every audited operation of the process, so it begins with one look-up.

It cannot be removed, and is not installed before something is to be watched. Not seen: what is written through a file
that was opened before, what libraries in C open by themselves, what other processes do.
"""

import functools
import logging
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from shop.stateless.guard import report, services
from shop.stateless.guard.origin import place
from shop.stateless.guard.policy import Mode, is_within
from shop.stateless.guard.report import StateWritten, Write
from shop.stateless.guard.touches import CONNECTS, FILES, Args, Touch
from shop.stateless.guard.work import TaskWork, Work, current

logger = logging.getLogger("stateless.guard")
WATCHED = frozenset({*FILES, CONNECTS})

_installing = threading.Lock()
_installed = False


def install() -> None:
    """Begin to watch this process and those that it forks. Calling it again does nothing."""
    global _installed  # noqa: PLW0603 - a process has its hooks for ever
    with _installing:
        if not _installed:
            _follow_threads()
            sys.addaudithook(_hook)
            _installed = True


def _hook(
    event: str, args: Args, watched: frozenset[str] = WATCHED, get: Callable[[], Work | None] = current.get
) -> None:
    """The defaults are local names: faster, and still there while the interpreter shuts down."""
    if event in watched and (work := get()) is not None:
        _look(work, event, args)


def _look(work: Work, event: str, args: Args) -> None:
    token = current.set(None)  # what the guard itself opens is not the request's doing
    try:
        if event == CONNECTS:
            _judge_service(work, args[1])
        else:
            for touch in FILES[event](args):
                judge(work, touch)
    except StateWritten:
        raise
    except Exception:
        if work.policy.mode is Mode.RAISE:
            raise
        logger.exception("The guard failed at %s; the request goes on.", event)
    finally:
        current.reset(token)


def judge(work: Work, touch: Touch) -> None:
    """Report it, unless it is allowed, or a temporary file that is gone by the end of the request."""
    if touch.moved_to:
        _judge_move(work, touch)
    elif not _is_known(work, touch.target):
        _judge_new(work, touch, touch.target)


def _judge_move(work: Work, touch: Touch) -> None:
    if not _is_known(work, touch.target):
        found(work, touch.action, f"{touch.target} to {touch.moved_to}")
    elif not _is_known(work, touch.moved_to):
        _judge_new(work, touch, touch.moved_to)


def _judge_new(work: Work, touch: Touch, path: str) -> None:
    if touch.creates and not work.is_over and work.policy.is_temporary(real(path)):
        work.made[real(path)] = write(work, "left behind the temporary file", path)
    else:
        found(work, touch.action, path)


def _is_known(work: Work, path: str) -> bool:
    """Return whether it is allowed, or was made by this request or task itself."""
    return work.policy.allows(path) or work.policy.allows(real(path)) or is_within(real(path), tuple(work.made))


def real(path: str) -> str:
    """Return the path with the links of its directories followed, not its own."""
    directory, name = os.path.split(path)
    return os.path.join(os.path.realpath(directory), name)  # noqa: PTH118


def _judge_service(work: Work, address: Any) -> None:
    service = services.unknown_service(address)
    if service and not work.policy.allows(service):
        found(work, report.LOCAL_SERVICE, service)


def found(work: Work, action: str, target: str) -> None:
    """Raises StateWritten in mode "raise"."""
    told(work, write(work, action, target))


def told(work: Work, written: Write) -> None:
    """Raises StateWritten in mode "raise"."""
    if work.policy.mode is Mode.RAISE:
        work.refused.append(StateWritten(written))
        raise work.refused[-1]
    report.count(written)


def write(work: Work, action: str, target: str) -> Write:
    return Write(action, target, place(), work.name, work.title, work.policy.pod)


def finish(work: Work) -> None:
    """Tell of temporary files that stayed. Raises StateWritten in mode "raise" for the first of them."""
    for written in work.stayed():
        told(work, written)


@contextmanager
def step(name: str) -> Iterator[None]:
    """Name one step of a running task, so that a report says which one wrote. Does nothing outside a task.

    Raises StateWritten in mode "raise" for the first temporary file that it left.
    """
    task = current.get()
    if not isinstance(task, TaskWork):
        yield
        return
    part = TaskWork(task.policy, name, task.key, task)
    current.set(part)
    try:
        yield
    finally:
        current.set(task)
    finish(part)


def _follow_threads() -> None:
    """Attribute what a thread does to the request that started it: new threads begin without a context."""
    start = threading.Thread.start

    @functools.wraps(start)
    def started(thread: threading.Thread) -> None:
        work = current.get()
        if work is not None:
            thread.run = functools.partial(_run, work, thread.run)  # type: ignore[method-assign]
        start(thread)

    threading.Thread.start = started  # type: ignore[method-assign, assignment]


def _run(work: Work, run: Callable[[], None]) -> None:
    current.set(work)
    run()
