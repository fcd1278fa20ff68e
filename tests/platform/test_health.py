"""Probes say what Kubernetes asks, and nothing that would take every pod out at once."""

import json
import math
import threading
import time

import pytest
from django.test import RequestFactory

from shop.platform import asking, contract, health, patience
from shop.platform.contract import OK
from tests.platform.test_contract import dependency

pytestmark = pytest.mark.django_db(transaction=True)


def ask(path: str, query: str = "") -> tuple[int, dict[str, object]]:
    answer: list[str] = []
    application = health.with_probes(lambda _environ, _start: [b"{}"])
    environ = RequestFactory().get(path).environ | {"QUERY_STRING": query, "HTTP_HOST": "10.0.0.1"}
    body = b"".join(application(environ, lambda status, _headers: answer.append(status)))
    return int(answer[0].split()[0]) if answer else 200, json.loads(body)


@pytest.fixture(autouse=True)
def _new_pod(monkeypatch):
    monkeypatch.setattr(health._Pod, "draining", False)
    monkeypatch.setattr(health._Pod, "schema_seen", False)
    monkeypatch.setattr(health._Pod, "checked_at", 0.0)
    monkeypatch.setattr(asking._Last, "moment", -math.inf)
    monkeypatch.setattr(patience, "PROBE", 60.0)  # a busy machine takes its time


def test_a_living_process_answers_without_asking_anybody(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert ask("/livez") == (200, {"status": "alive"})


def test_ready_once_the_schema_was_seen():
    assert ask("/readyz") == (200, {"status": "ready"})


def test_the_schema_is_looked_for_once(django_assert_num_queries):
    ask("/readyz")
    with django_assert_num_queries(0):
        assert ask("/readyz")[0] == 200


def test_a_process_has_answered_its_first_pages_before_it_is_ready(settings):
    asked = []

    def store(environ, start_response):
        asked.append((environ["PATH_INFO"], environ["HTTP_HOST"]))
        start_response("200 OK", [])
        raise OSError("this must not keep it from being ready")

    probe = RequestFactory().get("/readyz").environ
    health.with_probes(store)(probe, lambda status, _headers: asked.append(status))
    assert asked == [*((path, "testserver") for path in settings.WARM_UP), "200 OK"]
    assert "/" in settings.WARM_UP


def test_the_addresses_that_warm_a_process_up_are_the_store_s(client, settings):
    assert [client.get(path).status_code for path in settings.WARM_UP] == [200] * len(settings.WARM_UP)


def test_not_ready_while_draining(monkeypatch):
    monkeypatch.setattr(health._Pod, "draining", True)
    assert ask("/readyz") == (503, {"status": "draining"})


def test_the_verbose_answer_says_what_is_seen_without_each_dependency_and_how_it_does():
    asking.report()  # the first question makes clients
    status, body = ask("/readyz", "verbose")
    assert status == 200
    row = body["dependencies"]["redis-sessions"]
    assert row["state"] == "ok"
    assert "signed in" in row["shopper"]
    assert row["seconds"] == 0.5


def test_strangers_who_ask_again_and_again_open_no_connections(monkeypatch):
    asked = []
    row = dependency("busy", lambda: asked.append(1) or OK)
    monkeypatch.setattr(contract, "rows", lambda: [row])
    assert [ask("/readyz", "verbose")[1]["dependencies"]["busy"]["state"] for _ in range(9)] == [OK] * 9
    assert len(asked) == 1


def test_while_somebody_waits_for_what_is_silent_others_do_not(monkeypatch):
    silence, heard = threading.Event(), threading.Event()

    def silent() -> str:
        heard.set()
        silence.wait(60)
        return OK

    ask("/readyz", "verbose")
    monkeypatch.setattr(contract, "rows", lambda: [dependency("silent", silent)])
    monkeypatch.setattr(asking._Last, "moment", time.monotonic() - asking.RECENT - 1)
    first = threading.Thread(target=ask, args=("/readyz", "verbose"))
    first.start()
    assert heard.wait(60)
    assert "redis-sessions" in ask("/readyz", "verbose")[1]["dependencies"]
    assert first.is_alive()
    silence.set()
    first.join()
