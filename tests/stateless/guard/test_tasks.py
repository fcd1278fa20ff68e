"""The same for tasks, run the way a worker runs them."""

import tempfile
from pathlib import Path

import pytest
from celery import Celery

from shop.stateless.guard import tasks
from shop.stateless.guard.hook import step
from shop.stateless.guard.report import StateWritten
from shop.stateless.guard.work import current

app = Celery("guarded", broker="memory://", set_as_current=False)


@app.task(name="keep")
def keep(path: str) -> None:
    Path(path).write_text("x")


@app.task(name="forget")
def forget() -> None:
    tempfile.mkstemp()


@app.task(name="several")
def several(path: str) -> None:
    with step("notifications.mail"):
        tempfile.mkstemp()
    with step("media.renditions"):
        Path(path).write_text("x")


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
    assert [(write.name, write.work) for write in counted] == [("keep", "Task keep")]
    assert counted[0].place.startswith("tests/stateless/guard/test_tasks.py:")
    assert current.get() is None


def test_a_task_of_several_works_is_called_by_the_one_that_wrote(watched, counted):
    several.apply([str(watched("count") / "new")])
    assert [(write.name, write.action.partition(" ")[0]) for write in counted] == [
        ("notifications.mail", "left"),
        ("media.renditions", "opened"),
    ]
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
