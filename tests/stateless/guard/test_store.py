"""The store itself is watched: its requests, its worker, and each test."""

from pathlib import Path

import pytest
from django.conf import settings as store_settings
from django.test import Client

from config.celery import app
from shop.platform import outbox, worker
from shop.platform.metrics import local_writes_total
from shop.stateless.guard import tasks


def keep(path: str) -> None:
    Path(path).write_text("x")


def test_every_test_runs_in_mode_raise():
    assert store_settings.STATELESS_GUARD == "raise"
    assert store_settings.MIDDLEWARE[0] == "shop.stateless.guard.middleware.GuardMiddleware"


def test_prometheus_counts_by_route(site):
    path = site("count") / "new"
    counter = local_writes_total.labels("opened for writing", "opens/")
    before = counter._value.get()
    for _ in range(2):
        Client().get(f"/opens/?at={path}")
    assert counter._value.get() == before + 2


@pytest.mark.django_db(transaction=True)  # Celery closes the connection after a task
def test_a_handler_of_the_outbox_that_writes_fails_under_its_topic(settings, disk, monkeypatch):
    monkeypatch.setattr(tasks, "_policies", [])
    tasks.watch()  # again, with the directories of this test
    settings.OUTBOX_TOPICS = {"tests.keep": ("default", f"{__name__}.keep")}
    assert worker.handle.app == app
    message = outbox.put(topic="tests.keep", payload={"path": str(disk / "new")})
    worker.handle.apply([message.pk])
    message.refresh_from_db()
    assert message.last_error.startswith("StateWritten: Task tests.keep on ")
    assert "tests/stateless/guard/test_store.py:" in message.last_error
    assert message.done_at is None
