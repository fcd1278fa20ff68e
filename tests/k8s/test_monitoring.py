"""Alarms and dashboard speak of numbers that some process tells and Prometheus may ask for; each alarm has a page."""

import importlib
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import REGISTRY

from tests.k8s.manifests import ROOT, Object, pod_template, with_component
from tests.k8s.test_schemas import VERSIONS, check

TELLING = [
    "platform.metrics",
    "platform.backlog",
    "platform.breaker",
    "platform.lane",
    "platform.roll_call",
    "platform.inspections",
    "checkout.metrics",
]
TELLING += ["payments.metrics"]
OTHERS = {  # kube-state-metrics
    "kube_job_failed": {"namespace", "job_name", "condition"},
    "kube_deployment_status_replicas_available": {"namespace", "deployment"},
}
FROM_THE_TARGET = {"namespace", "pod", "container", "le"}
METRIC = re.compile(r"\b((?:shop|kube)_[a-z_]+)(?:\{([^}]*)\})?")
GROUPED = re.compile(r"\bby \(([^)]*)\)")
RUNBOOKS = ROOT / "docs/runbooks"


def of_kind(kind: str) -> list[Object]:
    return [each for each in with_component("monitoring") if each["kind"] == kind]


def rules() -> list[Object]:
    (found,) = of_kind("PrometheusRule")
    return [rule for group in found["spec"]["groups"] for rule in group["rules"]]


def dashboard() -> dict[str, Any]:
    (found,) = [each for each in of_kind("ConfigMap") if "shop.json" in each["data"]]
    assert found["metadata"]["labels"]["grafana_dashboard"] == "1"
    read: dict[str, Any] = json.loads(found["data"]["shop.json"])
    return read


def questions() -> dict[str, str]:
    """Return what is asked of Prometheus: {where: expression}."""
    asked = {f"alarm {rule['alert']}": rule["expr"] for rule in rules()}
    for panel in dashboard()["panels"]:
        asked |= {f"panel {panel['title']} {each['refId']}": each["expr"] for each in panel["targets"]}
    return asked


def told() -> dict[str, set[str]]:
    """Return {name of a series: its labels} of all that our processes tell."""
    for name in TELLING:
        importlib.import_module(f"shop.{name}")
    ours = REGISTRY._names_to_collectors
    return {name: set(getattr(each, "_labelnames", ())) for name, each in ours.items() if name.startswith("shop_")}


def labels_in(selector: str) -> set[str]:
    return set(re.findall(r"(\w+)\s*(?:=~|!=|=)", selector))


def test_objects_fit_the_schemas() -> None:
    for each in with_component("monitoring"):
        check(each, VERSIONS[-1])


def test_each_series_and_label_that_is_asked_for_exists() -> None:
    known = told() | OTHERS
    for where, expression in questions().items():
        series = METRIC.findall(expression)
        assert series, where
        for name, selector in series:
            assert name in known, f"{where}: nobody tells {name}"
            assert labels_in(selector) <= known[name] | FROM_THE_TARGET, f"{where}: {name} {selector}"
        grouped = {label.strip() for group in GROUPED.findall(expression) for label in group.split(",")}
        assert grouped <= set.union(*(known[name] for name, _ in series)) | FROM_THE_TARGET, f"{where}: {grouped}"


def test_all_that_is_told_is_shown_or_watched() -> None:
    asked = " ".join(questions().values())
    families = {re.sub(r"_(total|bucket|count|sum|created)$", "", name) for name in told()}
    assert not [name for name in families if name not in asked]


def test_what_every_relay_tells_is_never_added_up() -> None:
    of_relays = re.compile(r"(\w+) by \([^)]*\) \(shop_(?:outbox|dead_letters|queue|backlog|inspection)")
    used = [of_relays.findall(expression) for expression in questions().values()]
    assert {each for found in used for each in found} == {"max", "min"}


def test_each_alarm_has_its_page_and_each_page_its_alarm() -> None:
    names = [rule["alert"] for rule in rules()]
    assert len(names) == len(set(names))
    for rule in rules():
        assert rule["labels"]["severity"] in ("critical", "warning")
        assert rule["annotations"]["runbook"] == f"docs/runbooks/{rule['alert']}.md"
    assert {path.stem for path in RUNBOOKS.glob("*.md")} == {*names, "README"}
    contents = (RUNBOOKS / "README.md").read_text()
    for name in names:
        text = (RUNBOOKS / f"{name}.md").read_text()
        assert text.startswith(f"# {name}\n") and "**Look at**" in text and "**Do**" in text
        assert f"[{name}]({name}.md)" in contents


def test_links_between_pages_lead_somewhere() -> None:
    for path in RUNBOOKS.glob("*.md"):
        for link in re.findall(r"\]\(([^)#]+)\)", path.read_text()):
            assert (path.parent / link).exists(), f"{path.name}: {link}"


def test_prometheus_asks_all_pods_that_tell_something_and_may_reach_them() -> None:
    (monitor,) = of_kind("PodMonitor")
    (policy,) = of_kind("NetworkPolicy")
    (endpoint,) = monitor["spec"]["podMetricsEndpoints"]
    asked = names_of(monitor["spec"]["selector"])
    assert asked == names_of(policy["spec"]["podSelector"])
    (way_in,) = policy["spec"]["ingress"]
    assert way_in["ports"] == [{"port": endpoint["port"]}] and len(way_in["from"]) == 1
    telling = {name for name, container in served().items() if endpoint["port"] in container}
    assert telling == asked == {"web", "relay", "worker", "worker-media"}


def names_of(selector: Object) -> set[str]:
    (expression,) = selector["matchExpressions"]
    assert (expression["key"], expression["operator"]) == ("app.kubernetes.io/name", "In")
    return set(expression["values"])


def served() -> dict[str, set[str]]:
    """Return the names of the ports of each Deployment; the one of metrics is where its process listens."""
    found = {}
    for deployment in of_kind("Deployment"):
        (container,) = pod_template(deployment)["spec"]["containers"]
        ports = {each["name"]: each["containerPort"] for each in container["ports"]}
        environment = {each["name"]: each.get("value") for each in container["env"]}
        assert environment["METRICS_PORT"] == str(ports["metrics"])
        assert len(ports) == len(set(ports.values()))
        found[deployment["metadata"]["name"]] = set(ports)
    return found


@pytest.mark.skipif(not shutil.which("promtool"), reason="no promtool here, so the rules cannot be tried")
def test_rules_fire_when_they_should(tmp_path: Path) -> None:
    (found,) = of_kind("PrometheusRule")
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump(found["spec"]))
    shutil.copy(ROOT / "tests/k8s/alarms.yaml", tmp_path)
    for command in (["check", "rules", "rules.yaml"], ["test", "rules", "alarms.yaml"]):
        run = subprocess.run(["promtool", *command], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stdout + run.stderr
