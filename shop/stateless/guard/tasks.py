"""What the middleware does, for Celery: say which task is running. Imported by the application that calls `watch()`."""

from typing import Any

from celery.signals import task_postrun, task_prerun

from shop.stateless.guard.hook import finish, install
from shop.stateless.guard.policy import Mode, Policy, policy
from shop.stateless.guard.work import TaskWork, current

_policies: list[Policy] = []


def watch() -> None:
    """Watch the tasks of this process and those that it forks, unless STATELESS_GUARD is "off"."""
    chosen = policy()
    if chosen.mode is Mode.OFF:
        return
    _policies[:] = [chosen]
    task_prerun.connect(_begins, weak=False, dispatch_uid="shop.stateless.guard")
    task_postrun.connect(_ends, weak=False, dispatch_uid="shop.stateless.guard")
    install()


def _begins(task_id: str, task: Any, **_signal: object) -> None:
    current.set(TaskWork(_policies[0], task.name, task_id, current.get()))


def _ends(task_id: str, **_signal: object) -> None:
    """Raises StateWritten in mode "raise" for what stayed; Celery logs what a signal raises."""
    work = current.get()
    if isinstance(work, TaskWork) and work.key == task_id:
        current.set(work.outer)
        finish(work)
