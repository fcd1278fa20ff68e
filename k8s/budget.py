"""How many connections the store opens when every autoscaler stands at its maximum: python k8s/budget.py overlays/aws

A connection to PostgreSQL is opened by each thread of a web process and each process of a worker; during a rollout a
quarter more pods run. Redis is asked by the same, twice each (cache and sessions). Exit code 1 if PostgreSQL's share
would be more than 80 % of --max-connections.
"""

import argparse
import math
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

SHARE = 0.8  # the rest is for people, backups and the database's own processes
LISTENER = 1  # a relay holds a second connection to be woken by NOTIFY
SCALERS = {"HorizontalPodAutoscaler", "ScaledObject"}
WITHOUT_REDIS = {"relay", "migrate"}
Object = dict[str, Any]


@dataclass(frozen=True)
class Part:
    """The most that one workload opens."""

    name: str
    pods: int
    each: int

    @property
    def postgresql(self) -> int:
        return self.pods * self.each

    @property
    def redis(self) -> int:
        return 0 if self.name in WITHOUT_REDIS else 2 * self.postgresql


def parts(objects: list[Object]) -> list[Part]:
    """Return what each workload opens. Raises LookupError for a Deployment whose number of pods nobody says."""
    scalers = [each["spec"] for each in objects if each["kind"] in SCALERS]
    limits = {scaler["scaleTargetRef"]["name"]: _most(scaler) for scaler in scalers}
    settings = next(each["data"] for each in objects if each["kind"] == "ConfigMap" and "WEB_THREADS" in each["data"])
    found = [_deployment(each, limits, settings) for each in objects if _is_ours(each)]
    jobs = [each["metadata"]["name"] for each in objects if each["kind"] in {"Job", "CronJob"}]
    return found + [Part(name.partition("-")[0], 1, 1) for name in jobs]


def _is_ours(each: Object) -> bool:
    return each["kind"] == "Deployment" and "initContainers" in each["spec"]["template"]["spec"]


def _most(spec: Object) -> int:
    return int(spec.get("maxReplicas") or spec["maxReplicaCount"])


def _deployment(each: Object, limits: dict[str, int], settings: dict[str, str]) -> Part:
    name = each["metadata"]["name"]
    pods = limits.get(name) or each["spec"].get("replicas")
    if not pods:
        raise LookupError(f"Nobody says how many pods {name} has: give `replicas` or an autoscaler.")
    surge = int(each["spec"]["strategy"]["rollingUpdate"]["maxSurge"].rstrip("%")) / 100
    return Part(name, math.ceil(pods * (1 + surge)), _connections(name, each, settings))


def _connections(name: str, deployment: Object, settings: dict[str, str]) -> int:
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    own = {each["name"]: each["value"] for each in container["env"] if "value" in each}
    values = {**settings, **own}
    if name == "web":
        return int(values["WEB_WORKERS"]) * int(values["WEB_THREADS"])
    return 1 + LISTENER if name == "relay" else int(values["WORKER_CONCURRENCY"])


def table(found: list[Part], limit: int) -> str:
    lines = ["| workload | pods at most | connections each | PostgreSQL | Redis |", "|---|---|---|---|---|"]
    lines += [f"| {part.name} | {part.pods} | {part.each} | {part.postgresql} | {part.redis} |" for part in found]
    total = sum(part.postgresql for part in found)
    lines.append(f"| all | | | {total} of {limit} | {sum(part.redis for part in found)} |")
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", help="below k8s/, such as overlays/aws")
    parser.add_argument("--max-connections", type=int, default=200, help="PostgreSQL's setting (default: %(default)s)")
    options = parser.parse_args(arguments)
    command = ["kubectl", "kustomize", str(Path(__file__).parent / options.folder)]
    try:
        text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except FileNotFoundError:
        sys.exit("kubectl is not installed; it is what renders the manifests.")
    except subprocess.CalledProcessError as error:
        sys.exit(f"{options.folder} cannot be rendered: {error.stderr.strip()}")
    found = parts([each for each in yaml.safe_load_all(text) if each])
    print(table(found, options.max_connections))
    return int(sum(part.postgresql for part in found) > SHARE * options.max_connections)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
