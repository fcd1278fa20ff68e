"""A real API server takes all that is applied, its admission lets every pod come, and k8s/release works on it.

Without nodes: `tests.k8s.control_plane` says what is real. Kinds of operators are known there by their names only.
"""

import copy
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from config.local.process import Place
from tests import services
from tests.k8s import custom_resources
from tests.k8s.control_plane import ControlPlane, Node
from tests.k8s.manifests import ROOT, Object, containers, of_kind, pod_template
from tests.waiting import patience

IMAGES = [f"registry.example/shop@sha256:{digit * 64}" for digit in "123"]
SWITCHED_OFF = ("gateway", "monitoring", "traces", "pgbouncer", "backup", "secrets-manager")
until = patience(60)


@pytest.fixture(scope="module")
def control_plane() -> Iterator[ControlPlane]:
    found = ControlPlane(Place(services.directory / "control-plane", services.place.mark))
    try:
        found.start()
        known = found.kubectl("apply", "-f", "-", text=yaml.safe_dump_all(custom_resources.definitions()))
        assert known.returncode == 0, known.stderr
        yield found
    finally:
        found.kill()


@pytest.fixture
def cluster(control_plane: ControlPlane) -> Iterator[ControlPlane]:
    """Empty before, and after."""
    yield control_plane
    control_plane.kubectl("delete", "namespace", "shop", "--ignore-not-found")


@pytest.fixture
def node(cluster: ControlPlane) -> Iterator[Node]:
    found = Node(cluster)
    found.start()
    yield found
    found.ended.set()
    found.join()


@pytest.fixture
def everything(tmp_path: Path) -> Path:
    """A copy of k8s/ whose overlay for AWS has each component switched on."""
    folder = Path(shutil.copytree(ROOT / "k8s", tmp_path / "k8s"))
    file = folder / "overlays/aws/kustomization.yaml"
    overlay = yaml.safe_load(file.read_text())
    overlay["components"] += [f"../../components/{name}" for name in SWITCHED_OFF]
    assert len({path for path in overlay["components"] if "components/" in path}) == len(
        list((folder / "components").iterdir())
    )
    file.write_text(yaml.safe_dump(overlay))
    return folder


def apply(cluster: ControlPlane, folder: Path) -> list[str]:
    """Return a line for each object. Fails where one was refused, or taken with a warning."""
    run = cluster.kubectl("apply", "-k", folder)
    assert (run.returncode, run.stderr) == (0, "")
    return run.stdout.splitlines()


def objects(cluster: ControlPlane, kind: str) -> list[Object]:
    run = cluster.kubectl("--namespace=shop", "get", kind, "--output=json")
    found: list[Object] = json.loads(run.stdout)["items"]
    return found


def pods_are_there(cluster: ControlPlane) -> bool:
    """Every Deployment has made all its pods, and every Job one."""
    deployments = [
        each.get("status", {}).get("replicas") == each["spec"]["replicas"] for each in objects(cluster, "deployments")
    ]
    jobs = [
        "active" in each.get("status", {}) or "succeeded" in each.get("status", {}) for each in objects(cluster, "jobs")
    ]
    return all([*deployments, *jobs])


def refusals(cluster: ControlPlane) -> list[str]:
    """What controllers could not make. Not the metrics that an autoscaler misses: they come from nodes."""
    return [each["message"] for each in objects(cluster, "events") if each["reason"] == "FailedCreate"]


def run_now(cluster: ControlPlane) -> None:
    """Start a Job of each CronJob."""
    for each in objects(cluster, "cronjobs"):
        name = each["metadata"]["name"]
        run = cluster.kubectl("--namespace=shop", "create", "job", f"{name}-now", f"--from=cronjob/{name}")
        assert (run.returncode, run.stderr) == (0, "")


def release(cluster: ControlPlane, *arguments: str | Path, seconds: int = 120) -> subprocess.CompletedProcess[str]:
    """Run that script, which waits so long for a roll-out."""
    times = {"POLL_SECONDS": "0.5", "ROLL_OUT_SECONDS": str(seconds)}
    return subprocess.run(
        arguments, env=cluster.environment | times, capture_output=True, text=True, timeout=300, check=False
    )


def images_of_web(cluster: ControlPlane) -> set[str]:
    (web,) = [each for each in objects(cluster, "deployments") if each["metadata"]["name"] == "web"]
    return {container["image"] for container in containers(web["spec"]["template"]["spec"])}


def test_the_local_overlay_is_taken_and_all_its_pods_may_come(cluster: ControlPlane) -> None:
    local = ROOT / "k8s/overlays/local"
    assert {line.split()[-1] for line in apply(cluster, local)} == {"created"}
    run_now(cluster)
    until(lambda: pods_are_there(cluster))
    assert refusals(cluster) == []
    apply(cluster, local)
    again = cluster.kubectl("diff", "-k", local)
    assert (again.returncode, again.stdout) == (0, ""), "it can be applied again and again"
    operate(cluster)


def operate(cluster: ControlPlane) -> None:
    """Type what the pages of operators say: borrow a shell, and stop what writes."""
    web = next(
        each["metadata"]["name"] for each in objects(cluster, "pods") if each["metadata"]["name"].startswith("web-")
    )
    shell = ["debug", web, "--image=busybox", "--target=web"]
    assert "violates PodSecurity" in cluster.kubectl("--namespace=shop", *shell).stderr
    stopped = ["scale", "deployment", "web", "relay", "worker", "worker-media", "--replicas", "0"]
    suspended = ["patch", "cronjob", "cron", "--patch", '{"spec": {"suspend": true}}']
    for command in ([*shell, "--profile=restricted"], stopped, suspended):
        run = cluster.kubectl("--namespace=shop", *command)
        assert run.returncode == 0, run.stderr


def test_a_pod_that_is_not_restricted_is_refused(cluster: ControlPlane) -> None:
    apply(cluster, ROOT / "k8s/overlays/local")
    pod = copy.deepcopy(pod_template(of_kind("base", "Deployment")[0])["spec"])
    for container in containers(pod):
        container["securityContext"] = {"privileged": True}
    privileged = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "privileged", "namespace": "shop"},
        "spec": pod,
    }
    run = cluster.kubectl("apply", "-f", "-", text=yaml.safe_dump(privileged))
    assert run.returncode == 1 and "violates PodSecurity" in run.stderr


def test_a_release_of_everything_comes_out_and_the_next_is_taken_back_when_it_does_not_work(
    cluster: ControlPlane, node: Node, everything: Path, shop: str
) -> None:
    script = [everything / "release", "--smoke", shop]
    first = release(cluster, *script, "--image", IMAGES[0], "--name", "v1")
    assert (first.returncode, first.stderr) == (0, "")
    run_now(cluster)
    until(lambda: pods_are_there(cluster))
    assert refusals(cluster) == []
    second = release(cluster, *script, "--image", IMAGES[1], "--name", "v2")
    assert (second.returncode, second.stderr) == (0, "")
    assert images_of_web(cluster) == {IMAGES[1]}
    node.broken.add(IMAGES[2])
    third = release(cluster, *script, "--image", IMAGES[2], "--name", "v3", seconds=10)
    assert third.returncode == 1 and "taking it back" in third.stderr
    assert images_of_web(cluster) == {IMAGES[1]}
