"""What code leaves in variables of its process is named."""

import gc
import itertools

import pytest

from shop.stateless.guard import snapshot
from shop.stateless.guard.snapshot import StateChanged
from tests.stateless.guard import memory

HERE = memory.__name__
counter = itertools.count()


def new() -> str:
    return f"new {next(counter)}"


def assign_global() -> None:
    memory.LAST += 1


CHANGES = {
    "SEEN": lambda: memory.SEEN.update({new(): []}),
    "SEEN['a']": lambda: memory.SEEN["a"].append(1),
    "NAMES": lambda: memory.NAMES.append(new()),
    "KINDS": lambda: memory.KINDS.add(new()),
    "LAST": assign_global,
    "Shelf.goods": lambda: memory.Shelf.goods.append(new()),
    "Shelf.owner": lambda: setattr(memory.Shelf, "owner", new()),
    "SHELF.note": lambda: setattr(memory.SHELF, "note", new()),
    "twice": lambda: memory.twice(next(counter)),
    "defaulted(default 0)": lambda: memory.defaulted(new()),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_grew_or_changed_is_named(name):
    memory.SEEN.setdefault("a", [])
    with pytest.raises(StateChanged) as caught:
        snapshot.check(CHANGES[name], packages=[HERE])
    assert [change.name for change in caught.value.changes] == [f"{HERE}.{name}"]
    assert f"{HERE}.{name}: " in str(caught.value)


@pytest.mark.parametrize(
    "action",
    [
        lambda: memory.twice(1),
        lambda: memory.SEEN.update(b=[]),
        lambda: memory.note_breaker(new()),
        new,
    ],
    ids=["the same answer", "the same key", "accepted in its source", "nothing"],
)
def test_what_is_no_change(action, leaves_no_state):
    leaves_no_state(action, packages=[HERE])


@pytest.mark.parametrize("is_frozen", [False, True])
def test_a_middleware_that_changes_is_named_also_where_the_process_has_frozen_what_it_loaded(settings, is_frozen):
    settings.MIDDLEWARE = [f"{HERE}.Asked"]
    middleware = memory.Asked(None)
    if is_frozen:
        gc.freeze()
    try:
        with pytest.raises(StateChanged) as caught:
            snapshot.check(middleware, packages=[HERE])
    finally:
        gc.unfreeze()
    assert [change.name for change in caught.value.changes] == [f"{HERE}.Asked({id(middleware):x}).times"]


def test_the_caller_may_accept_names(leaves_no_state):
    leaves_no_state(CHANGES["SHELF.note"], packages=[HERE], accepted=[f"{HERE}.*.note"])


def test_a_module_that_is_loaded_meanwhile_is_no_change():
    before = snapshot.Snapshot()
    assert before.changes(snapshot.take([HERE])) == []
