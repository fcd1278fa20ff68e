"""What asks a pod how it is, and what follows from the answer."""

import pytest

from config.__main__ import main
from config.access_log import PROBES
from tests.k8s.manifests import FOLDERS, Object, of_kind, one, ours, pod_template

BEATING = ("relay", "worker", "worker-media")
BEAT_EVERY = 5  # seconds; shop/platform/heartbeat.py


def container(name: str) -> Object:
    found: Object = pod_template(one("base", "Deployment", name))["spec"]["containers"][0]
    return found


def lasts(probe: Object) -> int:
    """Seconds until this probe gives up."""
    seconds: int = probe["periodSeconds"] * probe["failureThreshold"]
    return seconds


def test_web_is_asked_three_different_questions() -> None:
    web = container("web")
    assert web["startupProbe"]["httpGet"] == {"path": "/livez", "port": "http"}
    assert web["livenessProbe"]["httpGet"] == {"path": "/livez", "port": "http"}
    assert web["readinessProbe"]["httpGet"] == {"path": "/readyz", "port": "http"}
    assert {"/livez", "/readyz"} <= PROBES, "the access log leaves them out"


def test_a_busy_web_pod_leaves_service_long_before_it_is_restarted() -> None:
    live, ready = container("web")["livenessProbe"], container("web")["readinessProbe"]
    assert lasts(live) >= 60 and live["timeoutSeconds"] >= 10
    assert lasts(ready) <= lasts(live) / 4
    assert ready["timeoutSeconds"] >= 2


@pytest.mark.parametrize("name", BEATING)
def test_workers_are_asked_by_the_age_of_their_heartbeat(name: str) -> None:
    for kind in ("startupProbe", "livenessProbe"):
        probe = container(name)[kind]
        assert probe["exec"]["command"][:4] == ["python", "-m", "config", "heartbeat"]
        assert probe["timeoutSeconds"] >= 5, "python has to start"
    assert int(container(name)["livenessProbe"]["exec"]["command"][-1]) >= 6 * BEAT_EVERY
    assert lasts(container(name)["startupProbe"]) >= 60
    assert "readinessProbe" not in container(name), "nobody sends it requests"


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_long_running_container_is_watched(folder: str) -> None:
    for deployment in of_kind(folder, "Deployment"):
        for each in pod_template(deployment)["spec"]["containers"]:
            assert {"livenessProbe", "readinessProbe"} & each.keys(), each["name"]


@pytest.mark.parametrize("folder", FOLDERS)
def test_commands_of_our_containers_exist(folder: str, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    monkeypatch.setattr("sys.argv", ["config"])
    assert main() == 2
    known = capsys.readouterr().err.rpartition(" ")[2].strip().split("|")
    for deployment in of_kind(folder, "Deployment", "Job", "CronJob"):
        pod = pod_template(deployment)["spec"]
        for each in [*pod.get("initContainers", []), *pod["containers"]]:
            if ours(each) and "command" not in each:
                assert each["args"][0] in known, each


def test_pods_wait_for_their_schema_and_only_the_job_migrates() -> None:
    for deployment in of_kind("base", "Deployment", "CronJob"):
        (init,) = pod_template(deployment)["spec"]["initContainers"]
        assert init["args"] == ["wait"]
    assert pod_template(of_kind("base", "Job")[0])["spec"]["containers"][0]["args"] == ["migrate"]


def test_alb_asks_whether_the_pod_is_ready() -> None:
    notes = of_kind("overlays/aws", "Ingress")[0]["metadata"]["annotations"]
    assert notes["alb.ingress.kubernetes.io/healthcheck-path"] == "/readyz"
    labels = one("overlays/aws", "Namespace", "shop")["metadata"]["labels"]
    assert labels["elbv2.k8s.aws/pod-readiness-gate-inject"] == "enabled"
