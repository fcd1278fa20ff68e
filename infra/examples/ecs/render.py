"""Write ECS task definitions for Fargate out of the manifests of Kubernetes: same image, commands, settings, limits.

    python infra/examples/ecs/render.py --image <registry>/shop@sha256:... --account 123456789012 --out tasks

For `aws ecs register-task-definition --cli-input-json file://tasks/web.json` and so on (docs/deploy/ecs.md). Needs
kubectl, which renders k8s/overlays/aws.
"""

import argparse
import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

MANIFESTS = Path(__file__).resolve().parents[3] / "k8s/overlays/aws"
SECRETS = "/run/secrets/shop/"
WITHOUT_RIGHTS = {"cron"}  # asks nothing of AWS, so there is no role for it (infra/modules/roles)
LONGEST_STOP = 120  # seconds; Fargate allows no more
# Fargate's pairs, as far as the store needs them: CPU units of a 1024th of a core, and MiB
SIZES = [(256, 512), (256, 1024), (256, 2048), (512, 1024), (512, 2048), (1024, 2048)]
UNITS = {"Mi": 1, "Gi": 1024}
Object = dict[str, Any]


class Where:
    """What the manifests do not know: whose account it is, and what is the store's name there."""

    def __init__(self, settings: Object, account: str, image: str, name: str = "shop") -> None:
        self.settings, self.account, self.image, self.name = settings, account, image, name
        self.region = settings["AWS_REGION"]

    def role(self, of: str) -> str:
        return f"arn:aws:iam::{self.account}:role/{self.name}-{of}"

    def secret(self, key: str) -> str:
        """Address of one key of the entry that External Secrets reads on Kubernetes."""
        return f"arn:aws:secretsmanager:{self.region}:{self.account}:secret:{self.name}/production:{key}::"


def tasks(objects: list[Object], account: str, image: str) -> dict[str, Object]:
    """Return a task definition for each workload, by its name."""
    settings = next(each["data"] for each in objects if each["kind"] == "ConfigMap")
    where = Where(settings, account, image)
    workloads = [each for each in objects if each["kind"] in ("Deployment", "Job", "CronJob")]
    found = {_name(each): _task(_name(each), _pod(each), where) for each in workloads}
    return dict(sorted(found.items()))


def _pod(workload: Object) -> Object:
    spec = workload["spec"].get("jobTemplate", workload)["spec"]
    pod: Object = spec["template"]["spec"]
    return pod


def _name(workload: Object) -> str:
    name: str = workload["metadata"]["labels"]["app.kubernetes.io/name"]
    return name


def _task(name: str, pod: Object, where: Where) -> Object:
    (main,) = pod["containers"]
    cpu, memory = _size(main["resources"])
    account = pod["serviceAccountName"]
    role = {} if account in WITHOUT_RIGHTS else {"taskRoleArn": where.role(account)}
    first = [_container(each, pod, where, name) | {"essential": False} for each in pod.get("initContainers", [])]
    after = [{"containerName": each["name"], "condition": "SUCCESS"} for each in first]
    return {
        "family": f"{where.name}-{name}",
        "requiresCompatibilities": ["FARGATE"],
        "networkMode": "awsvpc",
        "runtimePlatform": {"operatingSystemFamily": "LINUX", "cpuArchitecture": "X86_64"},
        "cpu": str(cpu),
        "memory": str(memory),
        "executionRoleArn": where.role("execution"),
        **role,
        "volumes": [{"name": "tmp"}],
        "containerDefinitions": [*first, _container(main, pod, where, name) | {"essential": True, "dependsOn": after}],
    }


def _container(each: Object, pod: Object, where: Where, task: str) -> Object:
    user = pod["securityContext"]
    found = {
        "name": each["name"],
        "image": where.image,
        "command": each["args"],
        "environment": _environment(each, where.settings),
        "secrets": _secrets(where),
        "user": f"{user['runAsUser']}:{user['runAsGroup']}",
        "readonlyRootFilesystem": True,
        "linuxParameters": {"capabilities": {"drop": ["ALL"]}},
        "mountPoints": [{"sourceVolume": "tmp", "containerPath": "/tmp"}],  # noqa: S108 - a volume of the task
        "stopTimeout": min(LONGEST_STOP, pod["terminationGracePeriodSeconds"]),
        "logConfiguration": _logs(where, task),
    }
    ports = [{"containerPort": port["containerPort"], "name": port["name"]} for port in each.get("ports", [])]
    return found | ({"portMappings": ports} if ports else {}) | _health(each)


def _environment(each: Object, settings: Object) -> list[Object]:
    """Settings and the container's own; names of files with secrets are left out, since ECS hands over the values."""
    own = {pair["name"]: pair["value"] for pair in each.get("env", []) if "value" in pair}
    plain = {name: value for name, value in {**settings, **own}.items() if not str(value).startswith(SECRETS)}
    return [{"name": name, "value": value} for name, value in sorted(plain.items())]


def _secrets(where: Where) -> list[Object]:
    files = [value.removeprefix(SECRETS) for value in where.settings.values() if value.startswith(SECRETS)]
    return [{"name": key, "valueFrom": where.secret(key)} for key in sorted(files)]


def _health(each: Object) -> Object:
    """Of web tasks the balancer asks, at /readyz."""
    probe = each.get("livenessProbe", {})
    if "exec" not in probe:
        return {}
    start = each["startupProbe"]
    asked = {
        "command": ["CMD", *probe["exec"]["command"]],
        "interval": probe["periodSeconds"],
        "timeout": probe["timeoutSeconds"],
        "retries": probe["failureThreshold"],
        "startPeriod": start["periodSeconds"] * start["failureThreshold"],
    }
    return {"healthCheck": asked}


def _logs(where: Where, task: str) -> Object:
    """Into the group that Terraform makes for pods; a group that is not there would keep the task from starting."""
    options = {"awslogs-group": f"/{where.name}/pods", "awslogs-region": where.region, "awslogs-stream-prefix": task}
    return {"logDriver": "awslogs", "options": options}


def _size(resources: Object) -> tuple[int, int]:
    """Return the smallest of Fargate's sizes that holds what is requested of CPU and allowed of memory."""
    memory, unit = resources["limits"]["memory"][:-2], resources["limits"]["memory"][-2:]
    least = int(memory) * UNITS[unit], math.ceil(int(resources["requests"]["cpu"].rstrip("m")) * 1.024)
    return next((cpu, mib) for cpu, mib in SIZES if mib >= least[0] and cpu >= least[1])


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--image", required=True, help="by its digest")
    parser.add_argument("--account", required=True, help="number of the AWS account")
    parser.add_argument("--out", type=Path, default=Path("tasks"), help="directory (tasks)")
    options = parser.parse_args(arguments)
    if "@sha256:" not in options.image:
        parser.error("--image has to name the image by its digest (<registry>/shop@sha256:...)")
    run = subprocess.run(["kubectl", "kustomize", MANIFESTS], capture_output=True, text=True, check=False)
    if run.returncode:
        sys.exit(f"k8s/overlays/aws cannot be rendered: {run.stderr.strip()}")
    options.out.mkdir(parents=True, exist_ok=True)
    objects = [each for each in yaml.safe_load_all(run.stdout) if each]
    for name, task in tasks(objects, options.account, options.image).items():
        (options.out / f"{name}.json").write_text(json.dumps(task, indent=2) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
