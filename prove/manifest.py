"""The pods of k8s/base as a rolling restart meets them: their settings, and how long they may take to leave."""

import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from config.local.errors import LaunchError

FOLDER = Path(__file__).resolve().parent.parent / "k8s/base"
HERE = ("HEARTBEAT_FILE", "MEDIA_BUCKET", "SQS_QUEUE_PREFIX", "AWS_REGION", "LOG_LEVEL")  # of this machine instead


@dataclass(frozen=True)
class Pod:
    """`pause`: seconds between being told to go and TERM. `grace`: from being told to SIGKILL. `ready`: a pod has to be
    ready for so long before the next one goes.
    """

    environment: Mapping[str, str]
    pause: float
    grace: float
    ready: float


def pods() -> dict[str, Pod]:
    """Return each Deployment's pod. Raises LaunchError where the manifests cannot be rendered."""
    kubectl = shutil.which("kubectl")
    if not kubectl:
        raise LaunchError("kubectl is not installed; it is what renders the manifests.")
    run = subprocess.run([kubectl, "kustomize", FOLDER], capture_output=True, text=True, check=False)
    if run.returncode:
        raise LaunchError("k8s/base cannot be rendered.", run.stderr.splitlines())
    objects = [each for each in yaml.safe_load_all(run.stdout) if each]
    (settings,) = [each["data"] for each in objects if each["kind"] == "ConfigMap"]
    return {each["metadata"]["name"]: _pod(each["spec"], settings) for each in objects if each["kind"] == "Deployment"}


def role_of(name: str) -> str:
    """Return the Deployment that a process stands for: half of the workers make pictures."""
    role, _, number = name.partition("-")
    return "worker-media" if role == "worker" and int(number) % 2 == 0 else role


def _pod(spec: dict[str, Any], settings: Mapping[str, str]) -> Pod:
    pod = spec["template"]["spec"]
    (container,) = pod["containers"]
    own = {each["name"]: each["value"] for each in container["env"] if "value" in each}
    plain = {name: value for name, value in {**settings, **own}.items() if not name.endswith("_FILE")}
    pause = container.get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
    return Pod(
        {name: value for name, value in plain.items() if name not in HERE},
        pause,
        pod["terminationGracePeriodSeconds"],
        spec["minReadySeconds"],
    )
