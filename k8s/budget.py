"""How many connections the store opens when every autoscaler stands at its maximum: python k8s/budget.py overlays/aws

A connection to PostgreSQL is opened by each thread of a web process and each process of a worker; during a rollout a
quarter more pods run. Each of these pods also answers the roll twice a minute, over one that is open for that moment;
a tenth of them is counted as doing so at once. The same ask Redis: the cache, the sessions, and a web thread the kept
pages over a line of its own. With components/pgbouncer web pods open none to PostgreSQL, and pgbouncer what it may.
Exit code 1 if PostgreSQL's share would be more than 80 % of --max-connections, or that of one Redis more than 80 % of
--max-clients.
"""

import argparse
import math
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

SHARE = 0.8  # the rest is for people, backups and the database's own processes
LISTENER = 1  # a relay holds a second connection to be woken by NOTIFY
AT_ONCE = 0.1  # share of the pods that answers the roll at one moment (shop/platform/roll_call.py); far more than will
ROLL_CALL, POOLER = "roll-call", "pgbouncer"
# Connections of each thread or process to the cache's Redis, and to that of the sessions
CACHE = {"web": 2, "worker": 1, "worker-media": 1, "cron": 1}
SESSIONS = {"web": 1, "worker": 1, "worker-media": 1, "cron": 1}
SCALERS = {"HorizontalPodAutoscaler", "ScaledObject"}
MAX_CLIENTS = 65_000  # of every node of ElastiCache; it cannot be changed there
Object = dict[str, Any]


@dataclass(frozen=True)
class Part:
    """The most that one workload opens. `pooled`: what it asks of PostgreSQL goes through another part."""

    name: str
    pods: int
    each: int
    pooled: bool = False

    @property
    def postgresql(self) -> int:
        return 0 if self.pooled else self.pods * self.each

    @property
    def cache(self) -> int:
        return self.pods * self.each * CACHE.get(self.name, 0)

    @property
    def sessions(self) -> int:
        return self.pods * self.each * SESSIONS.get(self.name, 0)


def parts(objects: list[Object]) -> list[Part]:
    """Return what each workload opens. Raises LookupError for a Deployment whose number of pods nobody says."""
    scalers = [each["spec"] for each in objects if each["kind"] in SCALERS]
    limits = {scaler["scaleTargetRef"]["name"]: _most(scaler) for scaler in scalers}
    settings = [each["data"] for each in objects if each["kind"] == "ConfigMap"]
    found = [_deployment(each, limits, settings) for each in objects if _counts(each)]
    jobs = [each["metadata"]["name"] for each in objects if each["kind"] in {"Job", "CronJob"}]
    return [*found, _roll_call(found), *(Part(name.partition("-")[0], 1, 1) for name in jobs)]


def _roll_call(found: list[Part]) -> Part:
    pods = sum(part.pods for part in found if not part.pooled and part.name != POOLER)
    return Part(ROLL_CALL, math.ceil(pods * AT_ONCE), 1)


def _counts(each: Object) -> bool:
    """All of ours wait for their schema first; of the others only a pooler has connections to PostgreSQL."""
    if each["kind"] != "Deployment":
        return False
    return "initContainers" in each["spec"]["template"]["spec"] or each["metadata"]["name"] == POOLER


def _most(spec: Object) -> int:
    return int(spec.get("maxReplicas") or spec["maxReplicaCount"])


def _deployment(each: Object, limits: dict[str, int], settings: list[dict[str, str]]) -> Part:
    name = each["metadata"]["name"]
    pods = limits.get(name) or each["spec"].get("replicas")
    if not pods:
        raise LookupError(f"Nobody says how many pods {name} has: give `replicas` or an autoscaler.")
    (container,) = each["spec"]["template"]["spec"]["containers"]
    own = {each["name"]: each["value"] for each in container.get("env", []) if "value" in each}
    pooled = "POOLED" in own.get("DATABASE_URL_FILE", "")
    surge = str(each["spec"]["strategy"]["rollingUpdate"]["maxSurge"])
    more = math.ceil(pods * int(surge.rstrip("%")) / 100) if "%" in surge else int(surge)
    return Part(name, pods + more, _connections(name, own, settings), pooled)


def _connections(name: str, own: dict[str, str], settings: list[dict[str, str]]) -> int:
    if name == POOLER:
        text = next(each["pgbouncer.ini"] for each in settings if "pgbouncer.ini" in each)
        return int(re.findall(r"^max_db_connections = (\d+)", text, re.MULTILINE)[0])
    values = {**next(each for each in settings if "WEB_THREADS" in each), **own}
    if name == "web":
        return int(values["WEB_WORKERS"]) * int(values["WEB_THREADS"])
    return 1 + LISTENER if name == "relay" else int(values["WORKER_CONCURRENCY"])


def fits(found: list[Part], connections: int, clients: int) -> bool:
    return (
        sum(part.postgresql for part in found) <= SHARE * connections
        and max(sum(part.cache for part in found), sum(part.sessions for part in found)) <= SHARE * clients
    )


def table(found: list[Part], connections: int, clients: int) -> str:
    head = [
        "| workload | pods at most | connections each | PostgreSQL | cache | sessions |",
        "|---|---|---|---|---|---|",
    ]
    needs = [(each.postgresql, each.cache, each.sessions) for each in found]
    rows = [_row(each.name, each.pods, each.each, *need) for each, need in zip(found, needs, strict=True)]
    limits = (connections, clients, clients)
    sums = [f"{sum(each)} of {limit}" for each, limit in zip(zip(*needs, strict=True), limits, strict=True)]
    return "\n".join([*head, *rows, _row("all", "", "", *sums)])


def _row(*cells: object) -> str:
    return "| " + " | ".join(map(str, cells)) + " |"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", help="below k8s/, such as overlays/aws")
    parser.add_argument("--max-connections", type=int, default=200, help="PostgreSQL's setting (default: %(default)s)")
    parser.add_argument("--max-clients", type=int, default=MAX_CLIENTS, help="of one Redis (default: %(default)s)")
    options = parser.parse_args(arguments)
    command = ["kubectl", "kustomize", str(Path(__file__).parent / options.folder)]
    try:
        text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except FileNotFoundError:
        sys.exit("kubectl is not installed; it is what renders the manifests.")
    except subprocess.CalledProcessError as error:
        sys.exit(f"{options.folder} cannot be rendered: {error.stderr.strip()}")
    found = parts([each for each in yaml.safe_load_all(text) if each])
    print(table(found, options.max_connections, options.max_clients))
    return int(not fits(found, options.max_connections, options.max_clients))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
