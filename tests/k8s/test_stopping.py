"""The numbers of a stop fit into each other: manifests, gunicorn, Celery and the queues together."""

import importlib
import re
from typing import Any

import pytest
from django.conf import settings

from config.celery import app
from shop.platform import intake, visibility
from tests.k8s import provision
from tests.k8s.manifests import ROOT, Object, environment, of_kind, one, pod_template

MARGIN = 10  # seconds between the last moment that we plan with and the SIGKILL
SPOT_NOTICE = 120  # seconds of warning before a spot instance is taken away


@pytest.fixture
def gunicorn(monkeypatch: pytest.MonkeyPatch) -> Any:
    """config/gunicorn.py as the web pods read it."""
    (web,) = pod_template(one("base", "Deployment", "web"))["spec"]["containers"]
    plain = {each["name"]: each["value"] for each in web["env"] if "value" in each}
    for name, value in {**environment("base"), **plain}.items():
        monkeypatch.setenv(name, value)
    return importlib.reload(importlib.import_module("config.gunicorn"))


def grace(name: str) -> int:
    seconds: int = pod_template(one("base", "Deployment", name))["spec"]["terminationGracePeriodSeconds"]
    return seconds


def pause() -> int:
    (web,) = pod_template(one("base", "Deployment", "web"))["spec"]["containers"]
    seconds: int = web["lifecycle"]["preStop"]["sleep"]["seconds"]
    return seconds


def alb(kind: str) -> dict[str, str]:
    notes = of_kind("overlays/aws", "Ingress")[0]["metadata"]["annotations"]
    return dict(pair.split("=") for pair in notes[f"alb.ingress.kubernetes.io/{kind}-attributes"].split(","))


def test_web_has_time_for_its_pause_its_drain_and_its_longest_request(gunicorn: Any) -> None:
    assert gunicorn.graceful_timeout == gunicorn.DRAIN_SECONDS + gunicorn.REQUEST_SECONDS
    assert pause() + gunicorn.graceful_timeout + MARGIN <= grace("web")
    assert pause() < grace("web"), "an API server refuses it otherwise"
    assert gunicorn.DRAIN_SECONDS > 0, "readiness has to be off before the door closes"


def test_web_outlasts_the_lag_of_those_who_send_it_requests(gunicorn: Any) -> None:
    web: Object = pod_template(one("base", "Deployment", "web"))["spec"]["containers"][0]
    probe = web["readinessProbe"]
    assert pause() >= 5, "endpoint lists were seen to lag some seconds"
    assert pause() + gunicorn.DRAIN_SECONDS >= probe["periodSeconds"] * probe["failureThreshold"]


def test_only_the_balancer_closes_idle_connections(gunicorn: Any) -> None:
    assert gunicorn.keepalive > int(alb("load-balancer")["idle_timeout.timeout_seconds"])


def test_balancer_waits_for_requests_under_way_and_sticks_to_no_pod(gunicorn: Any) -> None:
    attributes = alb("target-group")
    assert int(attributes["deregistration_delay.timeout_seconds"]) >= gunicorn.REQUEST_SECONDS
    assert attributes["stickiness.enabled"] == "false"
    for folder in ("base", "overlays/local", "overlays/aws"):
        assert not [
            each for each in of_kind(folder, "Service") if each["spec"].get("sessionAffinity", "None") != "None"
        ]


@pytest.mark.parametrize("name", ["worker", "worker-media"])
def test_workers_stop_softly_before_they_are_killed(name: str) -> None:
    assert app.conf.worker_soft_shutdown_timeout + MARGIN <= grace(name) <= SPOT_NOTICE
    assert app.conf.task_acks_late and app.conf.worker_prefetch_multiplier == 1, "what is cut must come again"


def test_messages_stay_hidden_while_their_worker_shows_that_it_lives() -> None:
    assert app.conf.task_soft_time_limit < app.conf.task_time_limit
    assert set(provision.QUEUES.values()) == {settings.SQS_VISIBILITY}, "workers extend by this"
    assert visibility.TURNS >= 3, "one sign of life may be lost"
    assert set(provision.QUEUES) == set(app.conf.broker_transport_options["predefined_queues"])


def test_every_queue_is_worked_by_exactly_one_workload() -> None:
    queues = [
        queue
        for deployment in of_kind("base", "Deployment")
        for variable in pod_template(deployment)["spec"]["containers"][0]["env"]
        if variable["name"] == "WORKER_QUEUES"
        for queue in variable["value"].split(",")
    ]
    assert sorted(queues) == sorted(provision.QUEUES)


def test_a_workload_of_quick_and_slow_work_has_a_process_for_each() -> None:
    for deployment in of_kind("base", "Deployment"):
        (container,) = pod_template(deployment)["spec"]["containers"]
        own = {each["name"]: each.get("value") for each in container.get("env", [])}
        queues = set((own.get("WORKER_QUEUES") or "").split(",")) - {""}
        if queues & set(settings.QUICK_QUEUES) and queues - set(settings.QUICK_QUEUES):
            assert intake.places(queues, int(own["WORKER_CONCURRENCY"])) < int(own["WORKER_CONCURRENCY"])


def test_connections_at_the_autoscalers_maximum_fit_a_small_database(gunicorn: Any) -> None:
    scaler = of_kind("overlays/aws", "HorizontalPodAutoscaler")[0]["spec"]
    per_pod = gunicorn.workers * gunicorn.threads
    web = scaler["maxReplicas"] * 1.25 * per_pod
    assert web <= 100
    said = re.search(r"4 threads each: (\d+) connections", (ROOT / "k8s/components/autoscale-web/hpa.yaml").read_text())
    assert said and int(said[1]) == web, "the comment beside the maximum says something else"
