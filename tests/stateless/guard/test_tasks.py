"""The same for tasks, run the way a worker runs them."""

import tempfile
from pathlib import Path

import pytest
from celery import Celery

from shop.stateless.guard import tasks
from shop.stateless.guard.report import StateWritten
from shop.stateless.guard.work import current, name_task

app = Celery("guarded", broker="memory://", set_as_current=False)


@app.task(name="keep")
def keep(path: str, topic: str = "") -> None:
    if topic:
        name_task(topic)
    Path(path).write_text("x")


@app.task(name="forget")
def forget() -> None:
    tempfile.mkstemp()


@pytest.fixture
def watched(settings, disk, monkeypatch):
    monkeypatch.setattr(tasks, "_policies", [])

    def in_mode(mode: str):
        settings.STATELESS_GUARD = mode
        tasks.watch()
        return disk

    return in_mode


def test_a_task_that_writes(watched, counted):
    path = watched("count") / "new"
    keep.apply([str(path)])
    keep.apply([str(path), "notifications.mail"])
    assert [(write.name, write.work) for write in counted] == [
        ("keep", "Task keep"),
        ("notifications.mail", "Task notifications.mail"),
    ]
    assert counted[0].place.startswith("tests/stateless/guard/test_tasks.py:")
    assert current.get() is None


def test_a_task_fails_in_mode_raise(watched):
    path = watched("raise") / "new"
    result = keep.apply([str(path)])
    assert isinstance(result.result, StateWritten)
    assert not path.exists()


def test_a_temporary_file_that_a_task_leaves_behind(watched, counted):
    watched("count")
    forget.apply()
    assert [write.action for write in counted] == ["left behind the temporary file"]
