"""The manifests as `kubectl kustomize` renders them, and ways to look into them."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("base", "overlays/local", "overlays/aws")
SHOPS = "tessel/shop", "localhost/shop", "dkr.ecr"  # our image, before and after an overlay names it
Object = dict[str, Any]


@cache
def rendered(folder: str) -> list[Object]:
    """Return all objects of k8s/<folder>. Skips the test where there is no kubectl."""
    return _render(ROOT / "k8s" / folder)


@cache
def with_component(name: str) -> list[Object]:
    """Return all objects of the base together with k8s/components/<name>."""
    with tempfile.TemporaryDirectory() as directory:
        shutil.copytree(ROOT / "k8s", f"{directory}/k8s")
        file = Path(directory, "k8s", "kustomization.yaml")
        file.write_text(
            yaml.safe_dump({"resources": ["base"], "components": [f"components/{name}"], "namespace": "shop"})
        )
        return _render(file.parent)


def _render(directory: Path) -> list[Object]:
    kubectl = shutil.which("kubectl")
    if not kubectl:
        pytest.skip("no kubectl here, so the manifests cannot be rendered")
    run = subprocess.run([kubectl, "kustomize", directory], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert "deprecated" not in run.stderr, run.stderr
    return [each for each in yaml.safe_load_all(run.stdout) if each]


def of_kind(folder: str, *kinds: str) -> list[Object]:
    return [each for each in rendered(folder) if each["kind"] in kinds]


def one(folder: str, kind: str, name: str) -> Object:
    (found,) = [each for each in of_kind(folder, kind) if each["metadata"]["name"] == name]
    return found


def pod_template(workload: Object) -> Object:
    if workload["kind"] == "CronJob":
        workload = {"spec": workload["spec"]["jobTemplate"]["spec"]}
    template: Object = workload["spec"]["template"]
    return template


def workloads(folder: str) -> list[Object]:
    return of_kind(folder, "Deployment", "Job", "CronJob")


def containers(pod: Object) -> list[Object]:
    return [*pod.get("initContainers", []), *pod["containers"]]


def ours(container: Object) -> bool:
    return any(name in container["image"] for name in SHOPS)


def each_container() -> Iterator[tuple[str, Object, Object]]:
    """Yield (where, pod spec, container) of every folder."""
    for folder in FOLDERS:
        for workload in workloads(folder):
            pod = pod_template(workload)["spec"]
            for container in containers(pod):
                yield f"{folder} {workload['metadata']['name']}/{container['name']}", pod, container


def environment(folder: str) -> dict[str, str]:
    """Return the configuration that every process of ours gets."""
    (found,) = [each for each in of_kind(folder, "ConfigMap") if each["metadata"]["name"].startswith("shop-")]
    data: dict[str, str] = found["data"]
    return data


def quantity(text: str | int) -> float:
    """Return bytes or cores: "64Mi" is 67108864, "250m" is 0.25."""
    text = str(text)
    for suffix, factor in {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "m": 1e-3}.items():
        if text.endswith(suffix):
            return float(text.removesuffix(suffix)) * factor
    return float(text)
